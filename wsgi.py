"""What a server starts: ``gunicorn wsgi:app``."""

import sys

from app import create_app
from app.config import ConfigError

try:
    app = create_app()
except ConfigError as error:
    print(f"FabClean does not start: {error}.", file=sys.stderr)
    raise SystemExit(3) from None  # the code on which gunicorn gives up at once instead of trying for ever
