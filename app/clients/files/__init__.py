"""Files people upload: looked at in a process that can do no harm, encoded anew, and kept under the hash of what they hold.

What does not belong here: whose file it is and who may see it (``logistics``), and how it comes in and goes out (``portals.http``).
"""
