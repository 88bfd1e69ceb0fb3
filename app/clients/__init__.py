"""The outside world: mail, messages, payment, file storage. Each client has a twin that works on this machine alone.

What does not belong here: deciding what to send or to whom (the domains). Floor: above core, below every domain.
"""
