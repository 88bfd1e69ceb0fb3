"""What customers are told of their orders: by e-mail, SMS or WhatsApp, in their language, and not at night.

Floor: above everything that has news. What does not belong here: letters somebody has just asked for (``notifications``) and how a message
gets there (``clients``).
"""
