"""How long to look. ``make test THOROUGH=10`` tries ten times as much where more finds more: labels, kills, made-up requests."""

import os

FACTOR = int(os.environ.get("THOROUGH", "1"))
