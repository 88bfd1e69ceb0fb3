"""Photos and signatures: whose they are, and who may see them."""

import hashlib
from datetime import datetime
from typing import IO

from sqlalchemy import delete, select
from sqlalchemy.exc import IntegrityError

from app.audit import audit_service
from app.clients.files import images
from app.clients.files.images import Image
from app.clients.files.store import FileStore
from app.core import clock
from app.core.unit_of_work import savepoint, stop_reading, unit_of_work
from app.extensions import db
from app.identity.principal import Principal
from app.logistics import queries
from app.logistics.errors import NotYourFile
from app.logistics.models import StoredFile


def keep(upload: IO[bytes], *, store: FileStore, by: Principal) -> StoredFile:
    """The picture, encoded anew. First the bytes are safe on the disk, then a row says so: no row ever points at nothing."""
    stop_reading()  # decoding takes a second, and a file waits for the disk
    with images.encoded_anew(upload) as image, store.held():
        store.put(image.sha256, image.content)
        return _note(image, by=by)


def sweep(before: datetime, *, store: FileStore) -> int:
    """Forget uploads older than this that no proof needs, row first and bytes after it, and only what nobody else's row names.

    While the store is held alone, no upload lies between its bytes and its row; and a row that is locked is a proof in a moment.
    """
    candidates = [file.id for file in queries.unused_files(before=before)]
    if not candidates:
        return 0
    stop_reading()
    with store.held(alone=True):
        with unit_of_work() as session:
            free = select(StoredFile.id).where(StoredFile.id.in_(candidates)).with_for_update(skip_locked=True)
            unused = queries.unused_files(session.scalars(free).all(), before=before)
            session.execute(delete(StoredFile).where(StoredFile.id.in_([file.id for file in unused])))
            hashes = {file.sha256 for file in unused}
            orphans = hashes - queries.kept_contents(hashes)
        for name in orphans:
            store.remove(name)
    return len(unused)


def all_contents() -> list[str]:
    """The names under which a store has them."""
    return list(db.session.scalars(select(StoredFile.sha256).distinct().order_by(StoredFile.sha256)))


def get_own(file_id: str, *, by: Principal) -> StoredFile:
    """A driver sees what they uploaded. The proofs of their own stops are among it: a proof is its driver's own upload."""
    file = queries.get_file(file_id)
    if file.account_id is None or file.account_id != by.account_id:
        raise NotYourFile
    return file


def _note(image: Image, *, by: Principal) -> StoredFile:
    """The same picture from the same person is the same file, so sending it again (a lost answer, a second tap) adds nothing."""
    file_id = hashlib.sha256(f"{by.account_id}:{image.sha256}".encode()).hexdigest()[:32]
    with unit_of_work() as session:
        file = StoredFile(id=file_id, sha256=image.sha256, media_type=image.media_type, size=image.size, account_id=by.account_id)
        file.created_at = clock.now()
        try:
            with savepoint():
                session.add(file)
        except IntegrityError:
            return session.get_one(StoredFile, file_id)
        audit_service.record("file.stored", f"file:{file_id}", by=by, after=file.to_dict())
    return file
