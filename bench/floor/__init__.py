"""The floor: the same answers from the same tables through the bare driver and orjson, in a bare WSGI callable under the same gunicorn.

It checks nobody's right to anything, keeps no audit and validates nothing: nothing in Python can be much faster with these statements.
"""
