"""Files that are damaged, or made to harm: one line with the reason each, and the rest goes in."""

import io
import json
import plistlib
import struct
import tracemalloc
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from corpus.article import Article
from corpus.catalog.articles import Outcome
from corpus.catalog.database import Database
from corpus.errors import EmptyInput, InputError, InputTooLarge, UnknownFormat
from corpus.ingest.pipeline import ingest
from corpus.readers import ReadOptions, read
from corpus.readers.archives.archive import Archive, Budget

GOOD = Path(__file__).parents[2] / "data" / "formats" / "good"
STORY = "Der Storch ist zurück\n\nAuf der Molkerei in Roden brütet seit April ein Storchenpaar."


def packed(files: dict[str, bytes | str], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", method) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return stream.getvalue()


def every(
    data: bytes, name: str = "a.zip", **options: object
) -> tuple[list[Article], list[tuple[str, str]]]:
    problems: list[tuple[str, str]] = []
    given = ReadOptions(problem=lambda *said: problems.append(said), **options)  # type: ignore[arg-type]
    return list(read(data, name, uri="file:///a", options=given)), problems


def outcome(data: bytes, name: str) -> tuple[list[Article], str]:
    """Return the articles, or the reason why there are none."""
    try:
        return every(data, name)[0], ""
    except InputError as exc:
        return [], str(exc)


def refused(data: bytes, name: str) -> InputError:
    with pytest.raises(InputError) as caught:
        every(data, name)
    assert "\n" not in str(caught.value)
    return caught.value


def test_files_of_old_programs_say_what_to_do() -> None:
    assert str(refused(b"\xd0\xcf\x11\xe0\xa1\xb1" + b"\x00" * 600, "a.doc")).endswith(
        "; save it as DOCX or PDF, or install LibreOffice"
    )


# Archives


def test_a_bad_entry_costs_only_itself() -> None:
    data = packed(
        {
            "../../etc/passwd.txt": "root",
            "/abs.txt": "absolute",
            "C:\\win.txt": "drive",
            "picture.png": b"\x89PNG\r\n\x1a\n\x00\x00",
            "empty.txt": "",
            "broken.docx": b"PK\x03\x04nonsense",
            "__MACOSX/._story.txt": "fork",
            ".hidden.txt": "hidden",
            "story.txt": STORY,
        }
    )
    (article,), problems = every(data)
    assert article.uri == "file:///a!/story.txt"
    reasons = dict(problems)
    assert sorted(reasons) == [
        "../../etc/passwd.txt", "/abs.txt", "C:\\win.txt", "broken.docx", "empty.txt",
        "picture.png",
    ]  # fmt: skip
    assert all("outside" in reasons[name] for name in ("../../etc/passwd.txt", "/abs.txt"))
    assert "picture is damaged" in reasons["picture.png"]


def test_links_in_an_archive_are_not_followed() -> None:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        link = zipfile.ZipInfo("link.txt")
        link.external_attr = 0o120777 << 16
        archive.writestr(link, "/etc/passwd")
        archive.writestr("story.txt", STORY)
    found, problems = every(stream.getvalue())
    assert len(found) == 1
    assert problems == [("link.txt", "this is a link, which is not followed")]


def test_a_bomb_does_not_go_off() -> None:
    data = packed({"bomb.txt": b"0" * 60_000_000, "story.txt": STORY})
    tracemalloc.start()
    found, problems = every(data)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert [article.title for article in found] == ["Der Storch ist zurück"]
    assert problems[0][0] == "bomb.txt"
    assert "grows beyond" in problems[0][1]
    assert peak < 40_000_000


def test_archives_are_nested_once_and_no_deeper() -> None:
    inner = packed({"story.txt": STORY})
    middle = packed({"inner.zip": inner, "other.txt": STORY + " Oben."})
    found, problems = every(packed({"middle.zip": middle}))
    assert [article.uri for article in found] == ["file:///a!/middle.zip!/other.txt"]
    assert problems[0][0] == "middle.zip inner.zip"
    assert "nested more than 2 deep" in problems[0][1]


def test_what_may_be_unpacked_is_shared_with_inner_archives() -> None:
    inner = packed({f"{i}.txt": STORY for i in range(10)})
    outer = packed({f"{i}.zip": inner for i in range(5)}, zipfile.ZIP_STORED)
    found, problems = every(outer, budget=Budget(entries=30))
    assert len(found) == 20
    assert [reason for _, reason in problems] == [
        "the archive has too many entries; at most 100,000 are read"
    ] * 3


def test_a_million_entries_are_not_even_listed() -> None:
    entry = packed({"a.txt": ""}, zipfile.ZIP_STORED)
    place = entry.index(b"PK\x01\x02")
    end = entry.index(b"PK\x05\x06")
    directory = entry[place:end] * 1_000_000
    # The count says one entry; the size of the list cannot lie, or nothing would be found.
    tail = struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, 1, 1, len(directory), place, 0)
    error = refused(entry[:place] + directory + tail, "a.zip")
    assert isinstance(error, InputTooLarge)
    assert "too many entries" in str(error)


@pytest.mark.parametrize("cut", [4, 30, 100, -30, -1])
def test_a_truncated_archive(cut: int) -> None:
    assert "damaged" in str(refused(packed({"story.txt": STORY})[:cut], "a.zip"))


def test_damaged_bytes_in_an_archive() -> None:
    data = bytearray(packed({"a.txt": "Anfang " * 500, "story.txt": STORY}))
    place = data.index(b"a.txt") + 8
    data[place : place + 20] = bytes(20)
    found, problems = every(bytes(data))
    assert len(found) == 1
    assert problems[0][0] == "a.txt"
    assert "damaged" in problems[0][1]


def test_an_encrypted_entry() -> None:
    data = bytearray(packed({"a.txt": STORY}))
    for mark, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        data[data.index(mark) + offset] |= 1
    assert every(bytes(data))[1] == [("a.txt", "it is encrypted; unpack it and add the files")]


def test_an_entry_without_a_name() -> None:
    data = packed({"x.bin": "x", "story.txt": STORY}).replace(b"x.bin", b"\x00.bin")
    found, problems = every(data)
    assert (len(found), problems) == (1, [])


def test_empty_archives() -> None:
    assert isinstance(refused(packed({}), "a.zip"), EmptyInput)
    assert isinstance(refused(packed({".hidden": "x"}), "a.zip"), EmptyInput)


@pytest.mark.parametrize(
    ("files", "kind"),
    [
        ({"[Content_Types].xml": "", "xl/workbook.bin": ""}, "XLSB"),
        ({"[Content_Types].xml": "", "visio/document.xml": ""}, "Visio"),
        ({"mimetype": "", "content.xml": ""}, "OpenDocument"),
    ],
)
def test_office_files_without_a_reader(files: dict[str, str | bytes], kind: str) -> None:
    error = refused(packed(files), "a.bin")
    assert isinstance(error, UnknownFormat)
    assert kind in str(error)


def test_reading_an_entry_that_is_not_there() -> None:
    with pytest.raises(InputError, match=r"there is no b\.txt"):
        Archive(io.BytesIO(packed({"a.txt": "x"})), "the archive").read("b.txt")


# Documents

W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
BOMB = "<!DOCTYPE x [<!ENTITY a 'ha'><!ENTITY b '&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;'>]>"
SECRET = "<!DOCTYPE x [<!ENTITY b SYSTEM 'file:///etc/passwd'>]>"


def docx(body: str, head: str = "", **parts: str) -> bytes:
    document = f"{head}<w:document {W}><w:body>{body}</w:body></w:document>"
    files: dict[str, str | bytes] = {f"word/{name}.xml": text for name, text in parts.items()}
    return packed({"[Content_Types].xml": "<Types/>", "word/document.xml": document, **files})


def paragraph(text: str, style: str = "") -> str:
    properties = f'<w:pPr><w:pStyle w:val="{style}"/></w:pPr>' if style else ""
    return f"<w:p>{properties}<w:r><w:t>{text}</w:t></w:r></w:p>"


@pytest.mark.parametrize("head", [BOMB, SECRET], ids=["bomb", "secret"])
def test_entities_in_a_document(head: str) -> None:
    error = refused(docx("<w:p><w:r><w:t>&b;</w:t></w:r></w:p>", head), "a.docx")
    assert "entities" in str(error)


def test_what_was_deleted_from_a_document_stays_out() -> None:
    body = (
        "<w:p><w:r><w:t>Die Fähre kostet </w:t></w:r>"
        "<w:del><w:r><w:delText>vier</w:delText></w:r></w:del>"
        "<w:ins><w:r><w:t>fünf</w:t></w:r></w:ins><w:r><w:t> Euro.</w:t>"
        "<w:instrText>PAGE</w:instrText></w:r></w:p>"
    )
    (article,), _ = every(docx(body), "preise.docx")
    assert article.text == "Die Fähre kostet fünf Euro."
    assert article.title == "preise"


def test_a_text_box_is_read_once() -> None:
    mc = "http://schemas.openxmlformats.org/markup-compatibility/2006"
    box = f"<w:txbxContent>{paragraph('Im Kasten.')}</w:txbxContent>"
    body = (
        f'<w:p><w:r><mc:AlternateContent xmlns:mc="{mc}"><mc:Choice>{box}</mc:Choice>'
        f"<mc:Fallback>{box}</mc:Fallback></mc:AlternateContent><w:t>Daneben.</w:t></w:r></w:p>"
    )
    (article,), _ = every(docx(body), "a.docx")
    assert article.text == "Daneben.\n\nIm Kasten."


def test_styles_that_inherit_in_a_circle() -> None:
    def style(name: str, above: str) -> str:
        inner = f'<w:name w:val="{name}"/><w:basedOn w:val="{above}"/>'
        return f'<w:style w:styleId="{name}">{inner}</w:style>'

    styles = f"<w:styles {W}>{style('A', 'B')}{style('B', 'A')}</w:styles>"
    (article,), _ = every(docx(paragraph("Ein Satz.", "A"), styles=styles), "a.docx")
    assert article.text == "Ein Satz."


@pytest.mark.parametrize("depth", [200, 20_000])
def test_deeply_nested_elements_in_a_document(depth: int) -> None:
    body = "<w:sdt>" * depth + paragraph("Tief.") + "</w:sdt>" * depth + paragraph("Oben.")
    found, reason = outcome(docx(body), "a.docx")
    assert "Oben." in found[0].text if found else "damaged" in reason


@pytest.mark.parametrize(
    "name", ["talbahn-pandoc.docx", "fluss-pandoc.epub", "talbahn-libreoffice.pdf",
             "three-pyarrow.parquet", "three-fastparquet.parquet", "talbahn-chromium.mhtml"],
)  # fmt: skip
def test_files_cut_off_or_overwritten(name: str) -> None:
    """Whatever is damaged, the answer is articles or one line, never another error."""
    data = (GOOD / name).read_bytes()
    broken = [data[: len(data) * part // 8] for part in range(1, 8)]
    for part in range(8):
        place = len(data) * part // 8
        broken.append(data[:place] + b"\xa5" * 40 + data[place + 40 :])
    results = [outcome(item, name) for item in broken]
    assert all(found or 0 < len(reason) < 400 for found, reason in results)
    assert not any("\n" in reason for _, reason in results)
    assert any(reason for _, reason in results) or name.endswith(".mhtml")


def epub(**changes: str) -> bytes:
    container = '<container><rootfiles><rootfile full-path="c.opf"/></rootfiles></container>'
    package = (
        '<package><metadata><title>Buch</title></metadata><manifest><item id="a" href="a.xhtml" '
        'media-type="application/xhtml+xml"/></manifest>'
        '<spine><itemref idref="a"/></spine></package>'
    )
    files: dict[str, bytes | str] = {
        "mimetype": "application/epub+zip",
        "META-INF/container.xml": changes.pop("container", container),
        "c.opf": changes.pop("package", package),
        "a.xhtml": changes.pop("page", "<html><body><p>Ein Absatz.</p></body></html>"),
    }
    return packed({**files, **changes})


def test_the_smallest_book() -> None:
    (article,), _ = every(epub(), "buch.epub")
    assert (article.uri, article.title, article.text) == ("file:///a", "Buch", "Ein Absatz.")


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (epub(container="<container/>"), "where its contents are"),
        (epub(container="<container"), "damaged"),
        (epub(package="<package/>"), "no list of its pages"),
        (epub(page="<html><body/></html>"), "no text"),
        (epub(package=SECRET + "<package>&b;</package>"), "entities"),
        (epub(container='<c><rootfile full-path="../../x"/></c>'), "there is no ../../x"),
        (
            epub(**{"META-INF/encryption.xml": '<e><CipherReference URI="a.xhtml"/></e>'}),
            "copy-protected",
        ),
    ],
)
def test_what_is_no_book(data: bytes, reason: str) -> None:
    assert reason in str(refused(data, "a.epub"))


def test_a_book_with_a_missing_page() -> None:
    package = (
        '<package><manifest><item id="a" href="a.xhtml" media-type="application/xhtml+xml"/>'
        '<item id="b" href="b.xhtml" media-type="application/xhtml+xml"/></manifest>'
        '<spine><itemref idref="b"/><itemref idref="a"/><itemref idref="z"/></spine></package>'
    )
    found, problems = every(epub(package=package), "a.epub")
    assert len(found) == 1
    assert problems[0][0] == "b.xhtml"


def test_entities_in_a_page_of_a_book() -> None:
    page = "<html><body><p>Br&uuml;cke &amp; Pier</p><script/><p>Danach.</p></body></html>"
    (article,), _ = every(epub(page=page), "a.epub")
    assert article.text == "Brücke & Pier\n\nDanach."
    (secret,), _ = every(epub(page=SECRET + "<html><body><p>Oben &b;</p></body></html>"), "a.epub")
    assert "root:" not in secret.text


# Saved pages


def test_saved_pages_that_hold_none() -> None:
    head = b"MIME-Version: 1.0\r\nContent-Type: multipart/related; boundary=x\r\n\r\n"
    assert "no page" in str(
        refused(head + b"--x\r\nContent-Type: image/png\r\n\r\nx\r\n--x--", "a.mhtml")
    )
    assert "no page" in str(refused(head, "a.mhtml"))
    page = (
        b"--x\r\nContent-Type: text/html\r\nContent-Transfer-Encoding: base64\r\n\r\n!!!\r\n--x--"
    )
    assert isinstance(refused(head + page, "a.mhtml"), EmptyInput)


def test_a_web_archive() -> None:
    page = {
        "WebResourceData": "<p>Grüße vom Fluss, der wieder steigt.</p>".encode("latin-1"),
        "WebResourceURL": "https://bote.example/fluss",
        "WebResourceTextEncodingName": "latin-1",
    }
    data = plistlib.dumps({"WebMainResource": page}, fmt=plistlib.FMT_BINARY)
    (article,), _ = every(data, "a.webarchive")
    assert (article.uri, article.text) == (
        "https://bote.example/fluss", "Grüße vom Fluss, der wieder steigt.",
    )  # fmt: skip
    assert "damaged" in str(refused(data[:60], "a.webarchive"))
    assert "damaged" in str(refused(plistlib.dumps({}, fmt=plistlib.FMT_BINARY), "a.webarchive"))


@pytest.mark.parametrize(
    "comment",
    [
        "<!-- saved from url=(0026)https://bote.example/fluss -->",
        "<!--\n Page saved with SingleFile \n url: https://bote.example/fluss \n saved: x\n-->",
    ],
)
def test_the_address_that_a_browser_noted(comment: str) -> None:
    data = f"<!DOCTYPE html>{comment}<html><body><p>Der Fluss steigt.</p></body></html>"
    (article,), _ = every(data.encode(), "a.html")
    assert article.uri == article.url == "https://bote.example/fluss"


# Tables


def test_a_quote_that_is_never_closed_costs_its_own_row() -> None:
    data = b'title,text\nA,"Erster\n\nmit Absatz"\nB,"offen\nC,Dritter\nD,Vierter\nE\n'
    found, problems = every(data, "a.csv")
    assert [article.title for article in found] == ["A", "C", "D"]
    assert dict(problems) == {
        "row 2": "is no row of a table: it opens a quote that is never closed",
        "row 5": "the text is empty",
    }


def test_a_row_of_csv_may_end_before_its_last_columns() -> None:
    found, problems = every(b"title,text,source\nA\nB,Ein Text vom Fluss\n", "a.csv")
    assert [article.title for article in found] == ["B"]
    assert problems == [("row 1", "the text is empty")]


def test_rows_of_csv_that_cannot_be_used() -> None:
    lines = [
        "title,text,published",
        "Gut,Der erste Text.,2024-01-02",
        "Zu viele,Ein Text, mit Komma,ohne Zeichen,2024-01-03",
        "Leer,,2024-01-04",
        f"{'x' * 1_000_000},Ein Text.,2024-01-05",
        f"Lang,{'Wort ' * 200_000},2024-01-06",
        'Zitat,"Zwei\nZeilen",2024-01-07',
        "",
        "Kurz,Nur zwei Zellen",
    ]
    found, problems = every("\n".join(lines).encode(), "a.csv")
    assert [article.title for article in found] == ["Gut", "Lang", "Zitat", "Kurz"]
    assert [name for name, _ in problems] == ["row 2", "row 3", "row 4"]
    assert "5 cells under 3 columns" in problems[0][1]
    assert "1,000,000 characters; is the mapping right" in problems[2][1]


@pytest.mark.parametrize(
    ("data", "columns", "reason"),
    [
        (b"a,b\n1,2\n", {}, "no column 'text'; columns are a, b"),
        (b"title,text\nA,B\n", {"text": "body"}, "no column 'body'; columns are title, text"),
        (b"title,text\nA,B\n", {"nonsense": "text"}, "no field 'nonsense'"),
        (b"title,text\n", {}, "no row"),
        (b"\n\n", {}, "only blanks"),
        (b"," * 2000 + b"x\n1\n", {}, "2,001 columns"),
    ],
)
def test_wrong_mappings(data: bytes, columns: dict[str, str], reason: str) -> None:
    with pytest.raises(InputError, match=reason):
        every(data, "a.csv", columns=columns)


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        ("title;text\r\nGrüße;Der Föhn weht.\r\n", "cp1252"),
        ("title\ttext\nGrüße\tDer Föhn weht.\n", "utf-16"),
        ("\ufefftitle|text\nGrüße|Der Föhn weht.\n", "utf-8"),
        ("title,text\rGrüße,Der Föhn weht.\r", "utf-8"),
        ('sep=;\ntitle;text\nGrüße;"Der Föhn weht."\n', "utf-8"),
    ],
)
def test_csv_as_programs_write_it(text: str, encoding: str) -> None:
    (article,), _ = every(text.encode(encoding), "a.csv")
    assert (article.title, article.text) == ("Grüße", "Der Föhn weht.")


def test_a_damaged_array_keeps_the_rows_before() -> None:
    rows = [{"title": f"T{i}", "text": f"Der Text Nummer {i}."} for i in range(150)]
    stream = read(json.dumps(rows).encode()[:-20], "a.json", uri="file:///a")
    assert [next(stream).title for _ in range(149)][-1] == "T148"
    with pytest.raises(InputError, match="array cannot be read"):
        next(stream)


def test_an_array_without_an_end_or_with_little_in_it() -> None:
    assert "cannot be read" in str(refused(b'[{"title": "A", "text": "Ein Text."}', "a.json"))
    with pytest.raises(EmptyInput, match="no row"):
        every(b"[]", "a.json")
    found, problems = every(b'[7, {"title": "A", "text": "Ein Text."}, null]', "a.json")
    assert len(found) == 1
    assert [name for name, _ in problems] == ["row 1", "row 3"]


def test_an_array_is_read_in_pieces(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("corpus.readers.tables.json_rows._CHUNK", 7)
    rows = [
        {"id": i // 2, "title": "Grüße 😀", "text": f"Föhn {i}: ]}}[{{ \\u00e4"} for i in range(6)
    ]
    for options in ({}, {"group_by": "id"}):
        data = json.dumps(rows, ensure_ascii=False, indent=1).encode()
        found, problems = every(data, "a.json", **options)
        assert problems == []
        text = "\n\n".join(article.text for article in found)
        assert text == "\n\n".join(str(row["text"]) for row in rows)


# Everything


def _bad_files() -> Iterator[tuple[str, bytes]]:
    pdf = (GOOD / "talbahn-libreoffice.pdf").read_bytes()
    yield "zero.txt", b""
    yield "zero.pdf", b""
    yield "cut.pdf", pdf[:300]
    yield "noise.pdf", b"%PDF-1.7\n" + bytes(range(256)) * 20
    yield "noise.docx", bytes(range(256)) * 20
    yield "bomb.xml", (BOMB + "<rss><channel><title>&b;</title></channel></rss>").encode()
    yield "map.xml", b"<urlset><url><loc>https://a.example/</loc></url></urlset>"
    yield "noise.parquet", b"PAR1" + bytes(100) + b"PAR1"
    yield "wrong.csv", b"a;b\n1;2\n"


def test_a_folder_of_bad_files_stops_nothing(database: Database, tmp_path: Path) -> None:
    for name, data in _bad_files():
        (tmp_path / name).write_bytes(data)
    (tmp_path / "wrong-encoding.html").write_bytes(
        "<meta charset=utf-16><p>Der Föhn weht über Köln und die Züge fahren.</p>".encode("cp1252")
    )
    (tmp_path / "story.txt").write_text(STORY, encoding="utf-8")
    tally = ingest(database, [tmp_path])
    assert tally.counts[Outcome.ADDED] == 2
    names = [Path(name).name for name, _ in tally.skipped]
    assert sorted(names) == sorted(name for name, _ in _bad_files())
    assert not any("reader failed" in reason for _, reason in tally.skipped)
