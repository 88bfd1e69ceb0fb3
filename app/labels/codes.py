"""What machines read: the modules of the bars and of the QR code, without a thought of where they are placed."""

from collections.abc import Sequence

from app.labels.errors import UnprintableCode

LONGEST_CODE = 48


_DIGITS = bytes.maketrans(b"\0\1", b"01")


def bars(code: str) -> str:
    """Code 128 as a text of 1 for a dark module and 0 for a light one, without the quiet zones."""
    from barcode.codex import Code128

    if not (0 < len(code) <= LONGEST_CODE and code.isascii() and code.isprintable()):
        raise UnprintableCode
    return str(Code128(code).build()[0])


def matrix(link: str) -> Sequence[str]:
    """The QR code's rows in the same way; none when the link is too long for any.

    One mask always instead of the best of eight: choosing takes four times as long as making, and every reader undoes all eight alike.
    """
    import segno

    try:
        code = segno.make(link, error="m", micro=False, mask=3, boost_error=False)
    except segno.DataOverflowError:
        return ()
    return [row.translate(_DIGITS).decode() for row in code.matrix]
