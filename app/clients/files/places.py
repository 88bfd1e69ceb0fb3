"""Each business's own place for files: nothing of one is ever found by another."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from app.clients.files.bucket import Bucket
from app.clients.files.drafts import Drafts
from app.clients.files.store import FileStore, Folder


def store_of(config: Mapping[str, Any], slug: str) -> FileStore:
    if config["FILES_URL"]:
        return Bucket(config["FILES_URL"], config["FILES_SETTINGS"], slug)
    return Folder(Path(config["INSTANCE"]) / "files" / slug)


def drafts_of(config: Mapping[str, Any], slug: str) -> Drafts:
    return Drafts(Path(config["INSTANCE"]) / "drafts" / slug)
