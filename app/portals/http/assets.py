"""Style sheets, scripts and icons: ours and the packages', all from this origin, none from a network of others'."""

import gzip
import hashlib
import importlib.util
from functools import cache, lru_cache
from pathlib import Path

from flask import Blueprint, Flask, Response, current_app, request


def init_app(app: Flask) -> None:
    app.register_blueprint(_package("openapi_assets", "offapi", "", "/assets/openapi"))


def _package(name: str, package: str, folder: str, url: str) -> Blueprint:
    """A package's files without importing it: offapi alone would load 58 MB of scripts as text."""
    spec = importlib.util.find_spec(package)
    if spec is None or not spec.submodule_search_locations:
        raise RuntimeError(f"the package {package} is not installed: run make setup")
    return Blueprint(name, __name__, static_folder=str(Path(spec.submodule_search_locations[0]) / folder), static_url_path=url)


def version_of(endpoint: str, filename: str) -> str:
    owner = endpoint.rpartition(".")[0]
    folder = current_app.blueprints[owner].static_folder if owner else current_app.static_folder
    return _digest(str(Path(str(folder)) / filename))


@cache
def _digest(path: str) -> str:
    file = Path(path)
    return hashlib.sha256(file.read_bytes()).hexdigest()[:10] if file.is_file() else "0"


TEXTS = ("text/css", "text/javascript", "application/javascript", "image/svg+xml", "application/json")
NOT_WORTH_IT = 1024


def squeezed(response: Response) -> Response:
    """Our files travel compressed, once made. Pages do not: what an attacker can make a page repeat must not tell what else is in it."""
    response.vary.add("Accept-Encoding")
    whole = response.status_code == 200 and request.method == "GET" and response.mimetype in TEXTS
    if not whole or (response.content_length or 0) < NOT_WORTH_IT or not request.accept_encodings.quality("gzip"):
        return response
    etag, _ = response.get_etag()
    response.direct_passthrough = False
    response.set_data(_squeeze(response.get_data()))
    response.headers["Content-Encoding"] = "gzip"
    response.headers.pop("Accept-Ranges", None)
    if etag is not None:
        response.set_etag(etag, weak=True)  # the same file in other bytes
    return response


@lru_cache(maxsize=128)
def _squeeze(content: bytes) -> bytes:
    return gzip.compress(content, 6, mtime=0)
