"""What is wrong with an installation, in plain words, and how to mend it.

What does not belong here: mending it. It looks, and changes nothing. Floor: above backups, below support.
"""
