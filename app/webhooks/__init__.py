"""Webhooks: other programs told what happens here, in the Standard Webhooks format.

Floor: above everything that has news. What does not belong here: carrying messages at all (``notifications``) and what people are told.
"""
