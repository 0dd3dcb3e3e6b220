"""A page of a PDF, or of a picture, as a small picture on which a quote is marked.

It is drawn anew from the original file. Where the page has text, the quote is looked for in it;
a scan is recognised once more, which tells where its words stand.
"""

import base64
import ctypes
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING, Any

from corpus.errors import InputError
from corpus.readers.office.pdf import PDFIUM
from corpus.readers.scans.pdf_pages import draw_pages, is_scan
from corpus.readers.scans.pictures import is_picture, read_pictures
from corpus.readers.scans.recognition import Box, locate_words

if TYPE_CHECKING:
    from PIL.Image import Image

_LONGEST_SIDE = 1400
"""Pixels of the picture that is given."""
_QUALITY = 70
_MARK = (251, 226, 130)
"""Red, green and blue by which what is marked is multiplied: ink stays black."""
_MARGIN = 3
"""Pixels around the words that are marked."""
_MOST_CHARACTERS = 50_000
"""Of a page, among which the quote is looked for."""
_ENOUGH = 16
"""Letters of a quote's beginning and end that tell where it stands, if it is not found whole."""

_Place = tuple[str, Box]
"""A word, or a character, and where it stands on the page's picture."""


@dataclass(frozen=True, slots=True)
class PagePicture:
    """A page as a picture."""

    jpeg: str
    """In base64."""
    is_marked: bool
    """Whether the quote was found on it."""


def draw_page(data: bytes, number: int, quote: str = "") -> PagePicture:
    """Return a page's picture with a quote marked.

    Args:
        data: a PDF's bytes, or those of a picture.
        number: of the page, from 1; of a TIFF's picture.
        quote: as it stands in the article; "" marks nothing.

    Raises:
        InputError: it is damaged, there is no such page, or it is a scan and text recognition is
            not installed.
    """
    if number < 1:
        raise InputError("there is no page {number}", number=number)
    picture: Image | None
    places: list[_Place] | None = None
    if is_picture(data[:64]):
        picture = next(islice(read_pictures(data), number - 1, None), None)
    else:
        picture, places = _draw_of_pdf(data, number)
    if picture is None:
        raise InputError("there is no page {number}", number=number)
    if places is None and quote:
        picture, places = locate_words(picture)
    boxes = find_quote(places or (), quote)
    return PagePicture(_write(picture, boxes), bool(boxes))


def find_quote(places: Sequence[_Place], quote: str) -> list[Box]:
    """Return where a quote stands, a box for each of its lines; none where it is not found.

    Args:
        places: the words of a page, in reading order.
        quote: its letters and digits count, not its signs and blanks: at the end of a line a
            word may be divided.

    >>> find_quote([("Der", (0, 0, 9, 5)), ("Fluss-", (10, 0, 20, 5)), ("bau.", (0, 6, 9, 11))],
    ...     "Flussbau")
    [(10, 0, 20, 5), (0, 6, 9, 11)]
    """
    owners = [place for place, (text, _) in enumerate(places) for _ in _letters(text)]
    page, wanted = "".join(_letters(text) for text, _ in places), _letters(quote)
    start, end = _find(page, wanted)
    named = range(owners[start], owners[end - 1] + 1) if end > start else range(0)
    lines: list[Box] = []
    for _, box in (places[place] for place in named):
        if lines and _is_beside(lines[-1], box):
            last = lines.pop()
            box = (last[0], min(last[1], box[1]), box[2], max(last[3], box[3]))
        lines.append(box)
    return lines


def _find(page: str, wanted: str) -> tuple[int, int]:
    """Return where some letters begin and end, (0, 0) where they are not there."""
    at = page.find(wanted) if wanted else -1
    if at >= 0:
        return at, at + len(wanted)
    if len(wanted) < 3 * _ENOUGH:
        return 0, 0
    first = page.find(wanted[:_ENOUGH])
    last = page.find(wanted[-_ENOUGH:], max(first, 0))
    far = last + _ENOUGH - first > 2 * len(wanted)
    return (0, 0) if first < 0 or last < 0 or far else (first, last + _ENOUGH)


def _letters(text: str) -> str:
    return "".join(char for char in text.casefold() if char.isalnum())


def _is_beside(left: Box, right: Box) -> bool:
    """Tell whether a box goes on in the line of another."""
    overlap = min(left[3], right[3]) - max(left[1], right[1])
    height = max(1.0, min(left[3] - left[1], right[3] - right[1]))
    return overlap > height / 2 and left[2] <= right[2] and right[0] - left[2] < 3 * height


def _draw_of_pdf(data: bytes, number: int) -> tuple["Image | None", list[_Place] | None]:
    """Return a page's picture and its characters; None in place of those of a scan."""
    import pypdfium2

    with PDFIUM:
        try:
            document = pypdfium2.PdfDocument(data)
        except pypdfium2.PdfiumError as exc:
            raise InputError("the PDF is damaged: {reason}", reason=str(exc)[:150]) from exc
        try:
            if not 1 <= number <= len(document):
                return None, None
            page = document[number - 1]
            text = page.get_textpage()
            if not is_scan(page, text.get_text_range()):
                scale = _LONGEST_SIDE / max(1.0, *page.get_size())
                picture = page.render(scale=scale, grayscale=True).to_pil()
                return picture, list(_characters(page, text, picture.size))
        except (pypdfium2.PdfiumError, ValueError, MemoryError) as exc:
            raise InputError("the PDF is damaged: {reason}", reason=str(exc)[:150]) from exc
        finally:
            document.close()
    return next((picture for _, picture in draw_pages(data, [number], PDFIUM)), None), None


def _characters(page: Any, text: Any, size: tuple[int, int]) -> Iterator[_Place]:
    """Yield a page's characters with their places on its picture."""
    import pypdfium2.raw

    place = [ctypes.c_int(), ctypes.c_int()]

    def on_picture(x: float, y: float) -> tuple[int, int]:
        # By PDFium, which knows how the page is turned and cut.
        pypdfium2.raw.FPDF_PageToDevice(page, 0, 0, *size, 0, x, y, *map(ctypes.byref, place))
        return place[0].value, place[1].value

    for index in range(min(text.count_chars(), _MOST_CHARACTERS)):
        char = chr(pypdfium2.raw.FPDFText_GetUnicode(text, index))
        if char.isalnum():
            left, bottom, right, top = text.get_charbox(index)
            (x1, y1), (x2, y2) = on_picture(left, bottom), on_picture(right, top)
            yield char, (min(x1, x2), min(y1, y2), max(x1, x2), max(y1, y2))


def _write(picture: "Image", boxes: Sequence[Box]) -> str:
    """Return a picture, no larger than is given, with places marked."""
    from PIL import Image, ImageChops

    scale = min(1.0, _LONGEST_SIDE / max(picture.size))
    size = (max(1, round(picture.width * scale)), max(1, round(picture.height * scale)))
    shown = picture.convert("L").resize(size).convert("RGB")
    for box in boxes:
        left, top, right, bottom = (round(value * scale) for value in box)
        area = (
            max(0, left - _MARGIN),
            max(0, top - _MARGIN),
            min(size[0], right + _MARGIN),
            min(size[1], bottom + _MARGIN),
        )
        if area[0] < area[2] and area[1] < area[3]:
            part = shown.crop(area)
            shown.paste(ImageChops.multiply(part, Image.new("RGB", part.size, _MARK)), area)
    written = io.BytesIO()
    shown.save(written, "JPEG", quality=_QUALITY)
    return base64.b64encode(written.getvalue()).decode()
