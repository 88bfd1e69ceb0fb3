"""What machines read: the modules of the bars and of the QR code, without a thought of where they are placed."""

from collections.abc import Sequence

from app.labels.errors import UnprintableCode

LONGEST_CODE = 48
_DIGITS = bytes.maketrans(b"\0\1", b"01")


def bars(code: str) -> str:
    """Code 128 as a text of 1 for a dark module and 0 for a light one, without the quiet zones.

    In character set B throughout, so that equally long codes are equally wide. And python-barcode 0.16.1, when it changes sets by itself,
    loses a leading 99 (its issue 251), which one order in a thousand has; its tables are right.
    """
    from barcode.charsets import code128

    if not (0 < len(code) <= LONGEST_CODE and all(character in code128.B and character.isprintable() for character in code)):
        raise UnprintableCode
    values = [code128.START_CODES["B"], *(code128.B[character] for character in code)]
    check = sum(value * max(place, 1) for place, value in enumerate(values)) % 103
    return "".join([*(code128.CODES[value] for value in [*values, check]), code128.STOP, "11"])


def symbols() -> list[int]:
    """What ``bars`` is put together from, for whoever draws them elsewhere: a symbol is a number of eleven binary digits."""
    from barcode.charsets import code128

    return [int(symbol, 2) for symbol in (*code128.CODES, code128.STOP)]


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
