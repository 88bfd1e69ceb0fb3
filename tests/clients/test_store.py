import hashlib
import io
import stat
from concurrent.futures import ThreadPoolExecutor

import pytest

from app.clients.files.errors import FileGone
from app.clients.files.store import Folder

CONTENT = b"a photo" * 1000
NAME = hashlib.sha256(CONTENT).hexdigest()


@pytest.fixture
def store(tmp_path):
    return Folder(tmp_path / "files" / "main")


def test_gives_back_what_it_was_given(store):
    store.put(NAME, io.BytesIO(CONTENT))
    with store.open(NAME) as file:
        assert file.read() == CONTENT


def test_is_readable_to_its_owner_only(store, tmp_path):
    store.put(NAME, io.BytesIO(CONTENT))
    modes = {path.relative_to(tmp_path).as_posix(): stat.S_IMODE(path.stat().st_mode) for path in (tmp_path / "files").rglob("*")}
    assert modes == {"files/main": 0o700, f"files/main/{NAME[:2]}": 0o700, f"files/main/{NAME[:2]}/{NAME}": 0o600}


@pytest.mark.parametrize("name", ["", "..", "../../etc/passwd", "a" * 63, "A" * 64, f"{NAME}\n", f"../{NAME[3:]}", f"{NAME}\0", "/" * 64])
def test_no_name_leads_out_of_it(store, name):
    with pytest.raises(ValueError, match="hash"):
        store.put(name, io.BytesIO(CONTENT))
    with pytest.raises(ValueError, match="hash"):
        store.open(name)


def test_what_is_not_there_is_gone(store):
    with pytest.raises(FileGone):
        store.open(NAME)


def test_what_failed_half_way_leaves_nothing(store, tmp_path):
    class Broken(io.BytesIO):
        def read(self, *_: object) -> bytes:
            raise OSError("the disk went away")

    with pytest.raises(OSError, match="went away"):
        store.put(NAME, Broken())
    assert [path for path in (tmp_path / "files").rglob("*") if path.is_file()] == []


def test_of_many_who_put_the_same_each_succeeds(store, tmp_path):
    def put(_: int) -> bytes:
        store.put(NAME, io.BytesIO(CONTENT))
        with store.open(NAME) as file:
            return file.read()

    with ThreadPoolExecutor(8) as pool:
        assert set(pool.map(put, range(40))) == {CONTENT}
    assert [path.name for path in (tmp_path / "files").rglob("*") if path.is_file()] == [NAME]


def test_it_is_on_the_disk_before_it_has_its_name(store, tmp_path):
    """What the kernel is asked, in this order: the content to the disk, the name, the folder to the disk."""
    import subprocess
    import sys

    program = (
        "import io, sys; from pathlib import Path; from app.clients.files.store import Folder\n"
        f"Folder(Path(sys.argv[1])).put({NAME!r}, io.BytesIO(b'x'))"
    )
    spy = (
        "import os, sys\nfor name in ('fsync', 'rename', 'replace'):\n"
        "    def told(*a, _n=name, _f=getattr(os, name), **k):\n        print(_n, flush=True); return _f(*a, **k)\n"
        "    setattr(os, name, told)\n"
    )
    run = subprocess.run([sys.executable, "-c", spy + program, str(tmp_path / "spied")], capture_output=True, text=True, check=True)
    assert run.stdout.split() == ["fsync"] * 2 + ["fsync", "replace", "fsync"]
