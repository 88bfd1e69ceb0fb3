"""Uploads through the door: what is let in, what is kept, and who sees it."""

import io
import resource

import httpx
import pytest
from PIL import Image

from app.logistics.models import StoredFile
from tests.logistics.pictures import HOSTILE, SECRET_PLACE, SVG, TOO_LARGE, picture, with_exif
from tests.logistics.stops import WARD, audited, count, hire
from tests.support import people
from tests.support.people import MONA, WANDA

FILES = "/worker/api/files"
NAMES = [
    "../../../../etc/passwd", "..\\..\\windows\\win.ini", "/etc/cron.d/x", "photo.png.html", "photo.php", "a\0b.png", "CON", "nul.jpg",
    ".htaccess", "x" * 3000, "a\r\nSet-Cookie: session=1.png", "%2e%2e%2fx", "\u202egnp.exe", "", " ", "\U0001f4a5.png", "<script>.png",
    "$(touch x).png", "../" * 40 + "etc/passwd", "C:\\photo.jpg", "file:///etc/passwd", "-rf", "~/.ssh/authorized_keys", "a;b.png",
]  # fmt: skip


def raw(client, content: bytes, kind: str = "image/jpeg", **options):
    return client.post(FILES, data=content, content_type=kind, **options)


def as_form(client, content: bytes, name: str = "photo.jpg"):
    return client.post(FILES, data={"file": (io.BytesIO(content), name)})


def kept_files(tmp_path):
    return [path for path in (tmp_path / "files").rglob("*") if path.is_file()]


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
@pytest.mark.parametrize("send", [raw, as_form])
def test_keeps_a_picture_and_gives_it_back(app, worker, admin, tmp_path, kind, send):
    response = send(worker, picture(kind))
    assert response.status_code == 201, response.text
    assert set(response.json) == {"id", "mediaType", "size", "createdAt"}
    assert response.json["mediaType"] == f"image/{kind.lower()}"
    for shown in (worker.get(response.headers["Location"]), admin.get(f"/admin/api/files/{response.json['id']}")):
        assert (shown.status_code, shown.mimetype) == (200, f"image/{kind.lower()}")
        assert Image.open(io.BytesIO(shown.data)).size == (40, 30)
        assert shown.headers["Content-Disposition"].startswith("attachment; filename=")
        assert shown.headers["X-Content-Type-Options"] == "nosniff"
        assert shown.headers["Content-Security-Policy"] == "sandbox; default-src 'none'"
        assert "public" not in shown.headers["Cache-Control"]
    (file,) = kept_files(tmp_path)
    assert file.relative_to(tmp_path).parts[:2] == ("files", "main")
    assert len(audited(app, "file.stored", f"file:{response.json['id']}")) == 1


def test_where_a_photo_was_taken_does_not_reach_the_disk(worker, tmp_path):
    assert raw(worker, with_exif()).status_code == 201
    (file,) = kept_files(tmp_path)
    assert SECRET_PLACE.encode() not in file.read_bytes()
    with Image.open(file) as image:
        assert (dict(image.getexif()), image.size) == ({}, (30, 40))


@pytest.mark.parametrize("send", [raw, as_form])
@pytest.mark.slow
def test_refuses_strange_files_and_keeps_nothing(app, worker, tmp_path, send):
    for what, content in HOSTILE.items():
        response = send(worker, content)
        assert (response.status_code, response.json["code"]) == (400, "not_an_image"), what
    assert (kept_files(tmp_path), count(app, StoredFile)) == ([], 0)


@pytest.mark.slow
def test_no_name_of_the_senders_is_ever_used(worker, tmp_path):
    before = set(tmp_path.rglob("*"))
    answers = {name: as_form(worker, picture(), name) for name in NAMES}
    # Without a name a part of a form is no file, and the form's own syntax has no room for a line break in one.
    assert {name for name, answer in answers.items() if answer.status_code != 201} <= {"", "a\r\nSet-Cookie: session=1.png"}
    (file,) = kept_files(tmp_path)
    assert len(file.name) == 64
    assert set(tmp_path.rglob("*")) - before == {file, *file.parents[:3]}
    location, file_id = answers["CON"].headers["Location"], answers["CON"].json["id"]
    assert worker.get(location).headers["Content-Disposition"] == f"attachment; filename={file_id}.jpg"


def test_what_calls_itself_png_is_judged_by_its_content(worker):
    assert raw(worker, SVG, "image/png").status_code == 400
    assert as_form(worker, SVG, "logo.png").status_code == 400
    assert raw(worker, picture("PNG"), "image/jpeg").json["mediaType"] == "image/png"


@pytest.mark.parametrize("send", [raw, as_form])
def test_refuses_more_than_ten_megabytes(app, worker, tmp_path, send):
    response = send(worker, TOO_LARGE)
    assert (response.status_code, response.json["code"]) == (413, "file_too_large")
    assert (kept_files(tmp_path), count(app, StoredFile)) == ([], 0)


@pytest.mark.parametrize("send", [raw, as_form])
def test_takes_ten_megabytes_and_not_a_byte_more(worker, send):
    """Bytes behind a picture are no part of it, so they make a file of any size that is still one."""
    exactly = picture() + b"\0" * (10 * 1024 * 1024 - len(picture()))
    assert send(worker, exactly).status_code == 201
    assert send(worker, exactly + b"\0").status_code == 413


def test_a_stream_that_hides_its_length_is_counted(worker):
    response = worker.post(
        FILES, input_stream=io.BytesIO(TOO_LARGE), content_type="image/jpeg", environ_overrides={"wsgi.input_terminated": True}
    )
    assert response.status_code == 413


def test_other_doors_still_take_little(worker, admin):
    """The larger limit is this door's and this request's alone."""
    assert raw(worker, picture()).status_code == 201
    form = {"content_type": "application/json", "data": b" " * (2 * 1024 * 1024)}
    assert worker.post("/worker/api/sync", **form).status_code == 413
    assert admin.post("/admin/api/deliveries", **form).status_code == 413


def test_memory_hardly_grows_over_many_uploads(worker):
    large = picture(size=(2000, 1500)) + b"\0" * 9_000_000
    raw(worker, large)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    for content in (large, HOSTILE["a bomb of 169 megapixels"], HOSTILE["a bomb in a note"]) * 2:
        raw(worker, content)
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 150_000  # kB


@pytest.mark.parametrize("kind", ["application/json", "text/html", "image/svg+xml", "image/gif", "application/octet-stream", ""])
def test_takes_pictures_and_forms_only(worker, kind):
    response = raw(worker, picture(), kind)
    assert (response.status_code, response.json["code"]) == (400, "expected_image")


def test_a_form_has_one_file(worker):
    two = {"a": (io.BytesIO(picture()), "a.jpg"), "b": (io.BytesIO(picture()), "b.jpg")}
    for form in (two, {"file": "no file"}, {}):
        response = worker.post(FILES, data=form, content_type="multipart/form-data")
        assert (response.status_code, response.json["code"]) == (400, "expected_image")


def test_the_same_picture_again_is_the_same_file(app, worker, tmp_path):
    first, second = raw(worker, picture()), as_form(worker, picture(), "again.jpg")
    assert (second.status_code, second.json) == (201, first.json)
    keyed = raw(worker, picture(), headers={"Idempotency-Key": "k1"})
    assert (keyed.status_code, keyed.json) == (201, first.json)
    assert (len(kept_files(tmp_path)), count(app, StoredFile)) == (1, 1)
    assert len(audited(app, "file.stored", f"file:{first.json['id']}")) == 1


def test_a_large_one_with_a_key_is_taken_too(worker):
    large = picture() + b"\0" * (2 * 1024 * 1024)
    assert raw(worker, large, headers={"Idempotency-Key": "k2"}).status_code == 201


def test_a_stranger_sees_nothing_of_it(app, client, worker, admin, tmp_path):
    ward, mona = hire(app, WARD), people.client_of(app, MONA)
    location = raw(worker, picture()).headers["Location"]
    for stranger, status in ((ward, 403), (admin, 403), (client, 401)):  # at the driver's door the office has its own uploads too
        refused = stranger.get(location)
        assert (refused.status_code, refused.mimetype) == (status, "application/json")
    assert mona.get(location.replace("/worker/", "/admin/")).status_code == 200
    own = raw(ward, picture())
    assert own.headers["Location"] != location
    assert ward.get(own.headers["Location"]).status_code == 200
    assert (len(kept_files(tmp_path)), count(app, StoredFile)) == (1, 2)  # the same bytes lie there once


def test_unknown_files_and_lost_ones_are_404(worker, tmp_path):
    for name in ("0" * 32, "..%2f..%2fsecrets.json", "a%00b"):
        assert worker.get(f"{FILES}/{name}").status_code == 404
    location = raw(worker, picture()).headers["Location"]
    kept_files(tmp_path)[0].unlink()
    lost = worker.get(location)
    assert (lost.status_code, lost.json["code"]) == (404, "file_gone")


@pytest.mark.parametrize("how", ["with its length", "as a stream", "in a form"])
def test_a_phone_with_a_good_camera_is_told_what_is_wrong(live_server, how):
    """Over a real connection: who is cut off while sending sees a broken line, not the answer."""
    headers, path = live_server.bearer(WANDA), f"{live_server.url}{FILES}"
    large = TOO_LARGE + b"\0" * 10_000_000
    pieces = (large[begin : begin + 100_000] for begin in range(0, len(large), 100_000))
    body = {"files": {"file": ("photo.jpg", large)}} if how == "in a form" else {"content": pieces if how == "as a stream" else large}
    if how != "in a form":
        headers["Content-Type"] = "image/jpeg"
    response = httpx.post(path, headers=headers, timeout=30, **body)
    assert (response.status_code, response.json()["code"]) == (413, "file_too_large")
