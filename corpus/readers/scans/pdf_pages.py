"""Pages of a PDF that are pictures: which they are, and how they are drawn for recognition."""

import logging
import re
from collections.abc import Iterator, Sequence
from threading import Lock
from typing import Any

_LOG = logging.getLogger(__name__)

_DPI, _COARSEST, _FINEST = 300, 250, 400
"""Dots per inch of the picture that text recognition sees: usually, at least and at most."""
_LONGEST_SIDE = 9000
"""Pixels; a page may say that it is a mile high."""
_SCAN = 10
"""Letters below which a page with pictures is a scan."""
_GARBAGE_FROM = 60
"""Characters from which a text layer can be judged."""
_ODD_WORD = re.compile(
    r"[a-zäöüß][A-Z0-9]{2}|\w[%&()*+:;<=>?@\[\\\]^_`{|}~#$\"]\w|[\ue000-\uf8ff\ufffd]"
)


def is_scan(page: Any, text: str) -> bool:
    """Say whether a page of pypdfium2 is a picture: without text, or with text that is none."""
    letters = sum(1 for char in text if char.isalpha())
    return (letters < _SCAN or is_garbage(text)) and _has_pictures(page)


def is_garbage(text: str) -> bool:
    """Say whether a text layer is none: characters of no alphabet, or signs all over its words.

    >>> is_garbage("'LH %U\uf0fcFNH ]ZLVFKHQ 5RGHQ XQG .DOWHQPRRU " * 3)
    True
    >>> is_garbage("Die Brücke zwischen Roden und Kaltenmoor (4,2 Mio. €) " * 3)
    False
    """
    shown = [char for char in text if not char.isspace()]
    if len(shown) < _GARBAGE_FROM:
        return False
    private = sum(1 for char in shown if "\ue000" <= char <= "\uf8ff" or char == "\ufffd")
    words = [word for word in text.split() if len(word) > 1]
    odd = sum(1 for word in words if _ODD_WORD.search(word))
    return private * 50 > len(shown) or odd * 3 > len(words)


def _has_pictures(page: Any) -> bool:
    import pypdfium2.raw

    kinds = (pypdfium2.raw.FPDF_PAGEOBJ_IMAGE,)
    return next(iter(page.get_objects(filter=kinds, max_depth=3)), None) is not None


def _scale(page: Any) -> float:
    """Return pixels a point: those that the page's largest picture has, drawn as it was scanned."""
    import pypdfium2.raw

    best, largest = _DPI / 72, 0.0
    kinds = (pypdfium2.raw.FPDF_PAGEOBJ_IMAGE,)
    for item in page.get_objects(filter=kinds, max_depth=3):
        left, bottom, right, top = item.get_bounds()
        area = (right - left) * (top - bottom)
        if area > largest and right - left > 1:
            largest = area
            best = item.get_px_size()[0] / (right - left)
    return max(min(best, _FINEST / 72), _COARSEST / 72)


def draw_pages(data: bytes, numbers: Sequence[int], lock: Lock) -> Iterator[tuple[int, Any]]:
    """Yield pages as pictures that text recognition reads; `lock` is PDFium's."""
    import pypdfium2

    for number in numbers:
        with lock:
            document = pypdfium2.PdfDocument(data)
            try:
                page = document[number - 1]
                scale = min(_scale(page), _LONGEST_SIDE / max(1.0, *page.get_size()))
                picture = page.render(scale=scale, grayscale=True).to_pil()
                page.close()
            except (pypdfium2.PdfiumError, ValueError, MemoryError) as exc:
                _LOG.warning("page %d cannot be drawn: %s", number, exc)
                continue
            finally:
                document.close()
        yield number, picture
