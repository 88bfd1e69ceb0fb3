"""Where backups lie: a folder, or a bucket. They are sealed before they come here.

What does not belong here: what is in an archive and how long it is kept (``backups``). Floor: above core.
"""
