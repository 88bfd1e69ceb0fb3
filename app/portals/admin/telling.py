from flask import flash, redirect, url_for
from flask.typing import ResponseReturnValue


def told(sentence: str, endpoint: str, **values: object) -> ResponseReturnValue:
    """On to another page, which says once what was just done."""
    flash(sentence, "done")
    return redirect(url_for(endpoint, **values), 303)  # type: ignore[arg-type]
