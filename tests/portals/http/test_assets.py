"""Our own files travel compressed, and are the same files."""

import gzip

CSS = "/static/fabclean.css"


def test_a_style_sheet_travels_compressed_to_whoever_reads_that(client):
    plain, squeezed = client.get(CSS), client.get(CSS, headers={"Accept-Encoding": "gzip"})
    assert squeezed.headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(squeezed.data) == plain.data
    assert len(squeezed.data) < len(plain.data) / 3
    assert "Content-Encoding" not in plain.headers
    assert "Accept-Encoding" in plain.headers["Vary"]


def test_a_copy_that_is_good_is_not_sent_again(client):
    first = client.get(CSS, headers={"Accept-Encoding": "gzip"})
    again = client.get(CSS, headers={"Accept-Encoding": "gzip", "If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")


def test_pages_and_pictures_do_not(client):
    for path in ("/", "/static/van-512.png"):
        assert "Content-Encoding" not in client.get(path, headers={"Accept-Encoding": "gzip"}).headers
