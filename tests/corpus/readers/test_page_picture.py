"""Pages drawn anew from their file, with a quote marked where it stands."""

import base64
import io
from pathlib import Path
from typing import Any

import pytest

from corpus.errors import InputError
from corpus.ingest.sandbox import draw_page_apart
from corpus.readers import read
from corpus.readers.scans.page_picture import draw_page, find_quote

FORMATS = Path(__file__).parents[2] / "data" / "formats"
PDF = FORMATS / "good" / "ferry-chromium.pdf"
SCAN = FORMATS / "scans" / "bruecke-columns.png"


def drawn(jpeg: str) -> Any:
    from PIL import Image

    return Image.open(io.BytesIO(base64.b64decode(jpeg)))


def marked_box(picture: Any) -> tuple[int, int, int, int]:
    """Return where a picture is yellow, found without the code that is tested."""
    red, _, blue = picture.split()
    from PIL import ImageChops

    found = ImageChops.subtract(red, blue).point(lambda value: 255 * (value > 80)).getbbox()
    assert found is not None
    return found


def test_a_quote_is_marked_on_its_page() -> None:
    (article,) = read(PDF.read_bytes(), PDF.name, uri="file:///ferry.pdf")
    paragraphs = [each for each in article.paragraphs if each.role == "body"]
    with PDF.open("rb") as stream:
        found = [
            draw_page_apart(stream, each.page or 0, article.paragraph_text(each))
            for each in paragraphs[:2]
        ]
    pictures = [drawn(each.jpeg) for each in found]
    assert all(each.is_marked for each in found)
    assert max(pictures[0].size) <= 1400
    first, second = (marked_box(picture) for picture in pictures)
    assert first[3] <= second[1] + 8  # one below the other, as in the article


def test_a_scan_is_recognised_once_more() -> None:
    pytest.importorskip("tesserocr")
    found = draw_page(SCAN.read_bytes(), 1, "Fußgänger können die Brücke auf der Südseite")
    picture = drawn(found.jpeg)
    left, top, right, _ = marked_box(picture)
    assert found.is_marked
    assert left > picture.width / 2  # in the second column
    assert top > picture.height * 0.4
    assert right <= picture.width


def test_what_is_not_there_is_not_marked() -> None:
    found = draw_page(PDF.read_bytes(), 1, "Davon steht auf dieser Seite kein Wort.")
    assert not found.is_marked
    assert not draw_page(PDF.read_bytes(), 1).is_marked


@pytest.mark.parametrize(
    ("data", "page", "reason"),
    [
        (PDF.read_bytes(), 99, "there is no page 99"),
        (PDF.read_bytes(), 0, "there is no page 0"),
        (b"%PDF-1.7 nothing", 1, "the PDF is damaged"),
        (SCAN.read_bytes()[:400], 1, "the picture is damaged"),
    ],
)
def test_what_cannot_be_drawn_is_refused(data: bytes, page: int, reason: str) -> None:
    with pytest.raises(InputError, match=reason):
        draw_page(data, page, "x")


def test_a_quote_with_a_gap_is_found_by_its_ends() -> None:
    words = (
        "Der Rat beschloss den Bau der Brücke über die Lau am Montag in geheimer Sitzung".split()
    )
    places = [(word, (40.0 * at, 0.0, 40.0 * at + 38, 10.0)) for at, word in enumerate(words)]
    whole = " ".join(words)
    assert find_quote(places, whole) == [(0.0, 0.0, 40.0 * len(words) - 2, 10.0)]
    torn = whole.replace("über die Lau", "üher dle Lau")
    assert find_quote(places, torn) == find_quote(places, whole)
    assert find_quote(places, "Montag in Berlin") == []
