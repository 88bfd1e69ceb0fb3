"""Letters by e-mail: over SMTP where there is a server for it, else as files in a folder of this machine.

What does not belong here: what a letter says (``notifications``) and who gets one (the domains).
"""
