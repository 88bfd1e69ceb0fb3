"""A whole business in one file: its database, its files, and a page that says what is in it."""

import hashlib
import json
import os
import tarfile
import tempfile
from io import BytesIO
from pathlib import Path
from typing import IO

from app import __version__
from app.clients.files.errors import FileGone
from app.clients.files.store import FileStore, place_of
from app.core import clock, migrations
from app.logistics import file_service
from app.tenancy import home_service
from app.tenancy.tenant_service import Business


def write_archive(business: Business, store: FileStore, target: Path) -> int:
    """Under its name only once it is whole. Returns how many files are in it.

    While the store is held nothing is taken out of it, so whatever the copy of the database names is there. A file that was
    missing before is named in the manifest, and keeps nobody from taking along the rest.
    """
    draft = target.with_name(f".{target.name}.{os.getpid()}")
    with tempfile.TemporaryDirectory(dir=target.absolute().parent, prefix=".export-") as folder, store.held():
        database = home_service.copy(business.home.url, Path(folder))
        names, missing = file_service.all_contents(), []
        try:
            with (
                os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as out,
                tarfile.open(fileobj=out, mode="w:gz") as archive,
            ):
                archive.add(database, database.name)
                for name in names:
                    try:
                        with store.open(name) as content:
                            _add(archive, f"files/{place_of(name)}", content)
                    except FileGone:
                        missing.append(name)
                page = json.dumps(_manifest(business, database, names, missing), indent=2).encode()
                _add(archive, "manifest.json", BytesIO(page))
            draft.rename(target)
        finally:
            draft.unlink(missing_ok=True)
    return len(names) - len(missing)


def _manifest(business: Business, database: Path, names: list[str], missing: list[str]) -> dict[str, object]:
    with database.open("rb") as content:
        digest = hashlib.file_digest(content, "sha256").hexdigest()
    said = {"slug": business.slug, "name": business.name, "plan": business.plan, "currency": business.currency}
    said |= {"timezone": business.timezone, "language": business.language or "", "publicUrl": business.public_url or ""}
    made = {"madeAt": clock.wire(clock.now()), "version": __version__, "revision": migrations.head("tenant")}
    return {**said, **made, "database": database.name, "sha256": digest, "files": len(names) - len(missing), "missing": missing}


def _add(archive: tarfile.TarFile, name: str, content: IO[bytes]) -> None:
    content.seek(0, os.SEEK_END)
    entry = tarfile.TarInfo(name)
    entry.size, entry.mode = content.tell(), 0o600
    content.seek(0)
    archive.addfile(entry, content)
