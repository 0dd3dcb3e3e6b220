"""Scans: pictures of columns read in order, turned, or refused with the reason."""

import io
from pathlib import Path
from typing import Any

import pytest

from corpus.article import Article, Role
from corpus.errors import EmptyInput, InputError
from corpus.readers import ReadOptions, read
from corpus.readers.scans import recognition

tesserocr = pytest.importorskip("tesserocr")
FORMATS = Path(__file__).parents[2] / "data" / "formats"
SCAN = FORMATS / "scans" / "bruecke-columns.png"
FIRST = "Die Ellerbrücke zwischen Roden und Kaltenmoor wird schon am 8. Juli"


def every(data: bytes, name: str = "a.png") -> tuple[list[Article], list[str]]:
    told: list[str] = []
    options = ReadOptions(note=lambda _, text: told.append(text))
    return list(read(data, name, uri="file:///a", options=options)), told


def picture(path: Path = SCAN) -> Any:
    from PIL import Image

    return Image.open(path)


def encoded(image: Any, kind: str) -> bytes:
    stream = io.BytesIO()
    image.convert("L").save(stream, kind)
    return stream.getvalue()


def check(articles: list[Article]) -> None:
    (article,) = articles
    assert article.title.startswith("Ellerbrücke öffnet")
    body = " ".join(
        article.paragraph_text(p) for p in article.paragraphs if p.role in (Role.LEAD, Role.BODY)
    )
    assert body.index(FIRST) < body.index("4,2 Millionen Euro") < body.index("Holger Petzold")
    assert {p.page for p in article.paragraphs} == {1}


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "TIFF"])
def test_columns_are_read_one_after_the_other(kind: str) -> None:
    check(every(encoded(picture(), kind), f"a.{kind.lower()}")[0])


def test_a_scan_in_a_pdf() -> None:
    check(every(encoded(picture(), "PDF"), "a.pdf")[0])


def test_a_page_on_its_side_is_turned() -> None:
    check(every(encoded(picture().rotate(90, expand=True), "PNG"))[0])


def test_a_picture_without_text_is_refused() -> None:
    from PIL import Image

    with pytest.raises(EmptyInput, match="no text on the picture"):
        every(encoded(Image.new("L", (600, 400), 230), "PNG"))


def test_what_cannot_be_made_out_is_refused() -> None:
    from PIL import ImageFilter

    with pytest.raises(InputError, match=r"only .* % sure|no text on the picture"):
        every(encoded(picture().convert("L").filter(ImageFilter.GaussianBlur(7)), "PNG"))


def test_a_damaged_picture_is_refused() -> None:
    data = SCAN.read_bytes()
    with pytest.raises(InputError, match="the picture is damaged"):
        every(data[: len(data) // 3])


def test_without_the_extra_the_way_out_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    def missing() -> Any:
        raise InputError("this is a scan, and text recognition is not installed")

    monkeypatch.setattr(recognition, "_engine", missing)
    with pytest.raises(InputError, match="not installed"):
        every(SCAN.read_bytes())


def test_the_pictures_of_a_tiff_are_its_pages() -> None:
    stream = io.BytesIO()
    first = picture().convert("L")
    first.save(stream, "TIFF", save_all=True, append_images=[first.rotate(180)])
    (article,), _ = every(stream.getvalue(), "a.tiff")
    assert sorted({p.page for p in article.paragraphs if p.page}) == [1, 2]
    assert article.text.count("4,2 Millionen Euro") == 2


def test_a_scanned_page_among_pages_with_text() -> None:
    import pypdfium2

    made = pypdfium2.PdfDocument.new()
    for data in (
        (FORMATS / "good" / "talbahn-libreoffice.pdf").read_bytes(),
        encoded(picture(), "PDF"),
    ):
        made.import_pages(pypdfium2.PdfDocument(data))
    stream = io.BytesIO()
    made.save(stream)
    (article,), _ = every(stream.getvalue(), "a.pdf")
    scanned = [p for p in article.paragraphs if "Ellerbrücke" in article.paragraph_text(p)]
    assert {p.page for p in scanned} == {len(made)}
    assert article.paragraphs[0].page == 1
