"""Strange files meet a process that can do no harm, and only pixels come back."""

import io
import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import pytest
from PIL import Image

from app.clients.files import encode_anew, images
from app.clients.files.errors import ImagesBusy, NotAnImage
from tests.logistics.pictures import GPS, HOSTILE, ORIENTATION, SCRIPT, SECRET_PLACE, bomb, picture, with_exif


def encoded(content: bytes) -> tuple[str, bytes]:
    with tempfile.TemporaryFile() as upload:
        upload.write(content)
        upload.flush()
        with images.encoded_anew(upload) as image:
            image.content.seek(0)
            clean = image.content.read()
            assert image.size == len(clean)
            return image.media_type, clean


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_the_picture_survives_in_its_format(kind):
    media_type, clean = encoded(picture(kind))
    assert media_type == f"image/{kind.lower()}"
    with Image.open(io.BytesIO(clean)) as image:
        assert (image.format, image.size) == (kind, (40, 30))
        red, green, blue = image.convert("RGB").getpixel((20, 15))
    assert red > 245
    assert green < 15
    assert blue < 15


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_where_it_was_taken_is_gone_and_it_stands_upright(kind):
    before = with_exif(kind)
    with Image.open(io.BytesIO(before)) as image:
        assert image.getexif().get_ifd(GPS)[1] == "N"
    clean = encoded(before)[1]
    with Image.open(io.BytesIO(clean)) as image:
        assert dict(image.getexif()) == {}
        assert not {"exif", "comment", "xmp", "icc_profile"} & set(image.info)
        assert image.size == (30, 40)  # turned by a quarter: what was above is at the right
        assert image.convert("RGB").getpixel((25, 20))[2] > 200
        assert image.convert("RGB").getpixel((5, 20))[0] > 200
    assert SECRET_PLACE.encode() not in clean
    assert ORIENTATION not in dict(image.getexif())


def test_what_is_hidden_behind_or_inside_a_picture_is_gone():
    for content in (picture() + SCRIPT, picture("PNG") + b"PK\x03\x04" + SCRIPT, picture(comment=SCRIPT)):
        assert SCRIPT in content
        assert SCRIPT not in encoded(content)[1]


def test_a_signature_stays_see_through():
    file = io.BytesIO()
    Image.new("RGBA", (20, 10), (0, 0, 0, 0)).save(file, "PNG")
    with Image.open(io.BytesIO(encoded(file.getvalue())[1])) as image:
        assert (image.mode, image.getpixel((0, 0))[3]) == ("RGBA", 0)


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGB", "RGBA", "I;16", "CMYK"])
def test_every_way_to_store_pixels_is_read(mode):
    file = io.BytesIO()
    Image.new(mode, (8, 8)).save(file, "JPEG" if mode == "CMYK" else "PNG")
    assert Image.open(io.BytesIO(encoded(file.getvalue())[1])).size == (8, 8)


def test_the_first_of_several_pictures_counts():
    file = io.BytesIO()
    frames = [Image.new("RGB", (8, 8), color) for color in ("red", "blue")]
    frames[0].save(file, "MPO", save_all=True, append_images=frames[1:])
    with Image.open(io.BytesIO(encoded(file.getvalue())[1])) as image:
        assert (image.format, getattr(image, "n_frames", 1)) == ("JPEG", 1)
        assert image.getpixel((4, 4))[0] > 200


@pytest.mark.parametrize("content", HOSTILE.values(), ids=HOSTILE)
def test_refuses(content):
    with pytest.raises(NotAnImage):
        encoded(content)


FOREIGN = ("GIF", "TIFF", "BMP", "PDF", "JPEG2000")


def run_changed(tmp_path, content: bytes, *changes: tuple[str, str]) -> int:
    """What the program says to this content, with some of its own lines changed."""
    source = Path(encode_anew.__file__).read_text()
    for before, after in changes:
        assert before in source
        source = source.replace(before, after)
    (tmp_path / "changed.py").write_text(source)
    return subprocess.run([sys.executable, "-I", str(tmp_path / "changed.py")], input=content, capture_output=True, check=False).returncode


def test_no_other_decoder_ever_sees_a_file(tmp_path):
    """Pillow knows forty formats and tries them all. The list of three holds alone, and without it (the control) a GIF is decoded."""
    writes_all = ("**OPTIONS[kind]", "**OPTIONS.get(kind, {})")
    for kind in FOREIGN:
        assert run_changed(tmp_path, picture(kind), writes_all) == encode_anew.REFUSED
    assert run_changed(tmp_path, picture("GIF"), writes_all, (", formats=FORMATS", "")) == 0


def test_what_begins_like_nothing_we_take_does_not_even_start_the_program(monkeypatch, tmp_path):
    (tmp_path / "generous.py").write_text("import sys; sys.stdout.buffer.write(b'\\xff\\xd8\\xff')")
    monkeypatch.setattr(images, "_PROGRAM", str(tmp_path / "generous.py"))
    assert encoded(picture())[0] == "image/jpeg"
    for content in (*map(picture, FOREIGN), b"", b"%PDF-1.7", b"<svg/>"):
        with pytest.raises(NotAnImage):
            encoded(content)


def test_the_largest_picture_allowed_fits_into_its_process():
    media_type, clean = encoded(picture(size=(5000, 5000), progressive=True))
    assert (media_type, Image.open(io.BytesIO(clean)).size) == ("image/jpeg", (5000, 5000))


def test_a_bomb_costs_this_process_nothing():
    before, began = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, time.monotonic()
    with pytest.raises(NotAnImage):
        encoded(bomb())
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 50_000  # kB
    assert time.monotonic() - began < 5


def test_without_the_limits_the_bomb_goes_off(tmp_path):
    """The control: the same decoder, unguarded, makes 500 MB and more of these kilobytes."""
    (tmp_path / "bomb.png").write_bytes(bomb())
    program = (
        "import sys, resource, warnings; from PIL import Image; warnings.simplefilter('ignore'); Image.MAX_IMAGE_PIXELS = None\n"
        "Image.open(sys.argv[1]).convert('RGB'); print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)"
    )
    printed = subprocess.run([sys.executable, "-c", program, str(tmp_path / "bomb.png")], capture_output=True, text=True, check=True)
    assert len(bomb()) < 100_000
    assert int(printed.stdout) > 500_000


@pytest.mark.slow
def test_the_process_has_no_more_memory_than_it_was_given(tmp_path):
    """Were the size check wrong, the limit would still stand; and without both (the control) 800 MB are taken."""
    unchecked = ("MOST_PIXELS = 25_000_000", "MOST_PIXELS = 10**12")
    assert run_changed(tmp_path, bomb(20_000, 20_000), unchecked) == encode_anew.REFUSED
    assert run_changed(tmp_path, bomb(20_000, 20_000), unchecked, ("resource.RLIMIT_AS: 640", "resource.RLIMIT_AS: 6400")) == 0


def test_the_process_knows_nothing_of_our_secrets(monkeypatch, tmp_path):
    monkeypatch.setenv("SECRET_KEY", "nobody else's")
    spy = tmp_path / "spy.py"
    spy.write_text("import os, sys; sys.stdout.buffer.write(b'\\xff\\xd8\\xff' + repr(dict(os.environ)).encode())")
    monkeypatch.setattr(images, "_PROGRAM", str(spy))
    assert b"nobody else" not in encoded(picture())[1]


def test_a_process_that_hangs_or_dies_is_a_refusal(monkeypatch, tmp_path):
    monkeypatch.setattr(images, "PATIENCE_SECONDS", 1.0)
    for program in ("import time; time.sleep(60)", "import os; os.abort()", "raise SystemExit(0)"):
        (tmp_path / "bad.py").write_text(program)
        monkeypatch.setattr(images, "_PROGRAM", str(tmp_path / "bad.py"))
        with pytest.raises(NotAnImage):
            encoded(picture())


def test_only_so_many_are_looked_at_at_once(monkeypatch):
    monkeypatch.setattr(images, "TURN_SECONDS", 0.05)
    for _ in range(images.AT_ONCE):
        images._turns.acquire()
    try:
        with pytest.raises(ImagesBusy):
            encoded(picture())
    finally:
        images._turns.release(images.AT_ONCE)
    assert encoded(picture())[0] == "image/jpeg"  # every turn was given back, refusals included


def test_leaves_nothing_open():
    descriptors = len(os.listdir("/proc/self/fd"))
    for content in (picture(), b"", HOSTILE["a header that lies"]):
        try:
            encoded(content)
        except NotAnImage:
            continue
    assert len(os.listdir("/proc/self/fd")) == descriptors
