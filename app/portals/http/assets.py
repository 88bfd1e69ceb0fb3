"""Style sheets, scripts and icons: ours and the packages', all from this origin, none from a network of others'."""

import hashlib
import importlib.util
from functools import cache
from pathlib import Path

from flask import Blueprint, Flask, current_app


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
