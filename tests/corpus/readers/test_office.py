"""Office files beside Word's: texts, slides and spreadsheets that other programs wrote."""

import io
import zipfile
from datetime import date
from pathlib import Path

import pytest

from corpus.article import Article, Role
from corpus.errors import InputError
from corpus.readers import ReadOptions, read
from corpus.readers.tables.columns import guess_columns

GOOD = Path(__file__).parents[2] / "data" / "formats" / "good"


def every(data: bytes, name: str, **options: object) -> tuple[list[Article], list[str]]:
    told: list[str] = []
    given = ReadOptions(problem=lambda _, reason: told.append(reason), **options)  # type: ignore[arg-type]
    return list(read(data, name, uri="file:///a", options=given)), told


def good(name: str) -> list[Article]:
    articles, told = every((GOOD / name).read_bytes(), name)
    assert told == []
    return articles


def texts(article: Article, *roles: Role) -> list[str]:
    return [article.paragraph_text(p) for p in article.paragraphs if p.role in roles]


@pytest.mark.parametrize("story", ["talbahn", "ferry"])
@pytest.mark.parametrize("suffix", ["odt", "rtf"])
def test_a_story_as_odt_and_rtf_is_that_of_the_docx(story: str, suffix: str) -> None:
    docx = f"{story}-{'pandoc' if story == 'talbahn' else 'libreoffice'}.docx"
    (same,), (article,) = good(docx), good(f"{story}-libreoffice.{suffix}")
    assert (article.title, article.authors, article.published) == (
        same.title, same.authors, same.published,
    )  # fmt: skip
    for role in (Role.HEADING, Role.LEAD, Role.BODY):
        assert texts(article, role) == texts(same, role)


@pytest.mark.parametrize("name", ["waermeplan-pythonpptx.pptx", "waermeplan-odfpy.odp"])
def test_slides_are_pages(name: str) -> None:
    (article,) = good(name)
    assert article.title == "Wärmeplan für Osterholm"
    pages = {article.paragraph_text(p): p.page for p in article.paragraphs}
    assert pages["Das Netz wächst jedes Jahr um elf Kilometer."] == 1
    assert pages["Leitung: 5.700 Euro"] == 2
    heading = {article.paragraph_text(p): p.heading for p in article.paragraphs}
    assert heading["Kessel: 4.100 Euro"] == "Was es kostet"
    assert "Redner" not in article.text
    if name.endswith("pptx"):
        assert pages["Jahr: 2027; Kilometer: 22"] == 3


@pytest.mark.parametrize("name", ["presseschau-openpyxl.xlsx", "presseschau-odfpy.ods"])
def test_a_sheet_of_articles_needs_no_mapping(name: str) -> None:
    fountain, bus = good(name)
    assert (fountain.title, fountain.published) == (
        "Der Marktbrunnen läuft wieder", date(2025, 9, 14),
    )  # fmt: skip
    assert (fountain.source, fountain.section) == ("Osterholmer Bote", "Lokales")
    assert (bus.authors, bus.uri) == (("Holger Petzold",), "file:///a!/Presseschau#3")
    assert len(fountain.paragraphs) == 2


@pytest.mark.parametrize("name", ["einwohner-xlsxwriter.xlsx", "einwohner-odfpy.ods"])
def test_a_sheet_of_facts_is_cited_by_its_rows(name: str) -> None:
    (article,) = good(name)
    assert (article.title, article.uri) == (
        "Einwohner der Gemeinden im Kreis", "file:///a!/Tabelle1",
    )  # fmt: skip
    assert texts(article, Role.BODY)[1] == (
        "Zeile 5: Gemeinde: Immersen; Einwohner: 8904; Anteil unter 18: 19,1 %; Stand: 31.12.2024"
    )


def test_rich_text_keeps_its_characters() -> None:
    data = (
        rb"{\rtf1\ansi\ansicpg1252{\fonttbl{\f0\fcharset0 Arial;}{\f1\fcharset204 Arial;}}"
        rb"{\stylesheet{\s1 heading 1;}}{\info{\title Microsoft Word - a}}"
        rb"\pard\s1 Gr\'fc\'dfe aus Roden\par\pard "
        rb"Der Br\u252?ckenbau kostet 4\u8239?Mio. \u8364?, {\v geheim} "
        rb"sagt {\f1\'cf\'ee} Behnke.\par "
        rb"{\*\generator x}{\footnote Eine Anmerkung.}Das Feld misst 20 m{\super 2}.\par}"
    )
    (article,) = every(data, "a.rtf")[0]
    assert article.title == "Grüße aus Roden"
    assert "Der Brückenbau kostet 4 Mio. €, sagt По Behnke." in article.text
    assert "Das Feld misst 20 m²." in article.text
    assert texts(article, Role.BODY)[-1] == "Eine Anmerkung."


# Columns


@pytest.mark.parametrize(
    "names",
    [
        ("titel", "Datum", "Quelle", "Volltext"),
        ("Überschrift", "Erscheinungsdatum", "Medium", "Text"),
        ("headline", "Publication Date", "Publication", "Body"),
        ("Title", "publish_date", "media_name", "content"),
    ],
)
def test_usual_names_of_columns(names: tuple[str, ...]) -> None:
    row = "Fähre fällt aus;03.04.2025;Rodener Bote;Die Fähre nach Roden fällt am Sonntag aus."
    (article,) = every(f"{';'.join(names)}\n{row}\n".encode(), "a.csv")[0]
    assert (article.title, article.published, article.source, article.text) == (
        "Fähre fällt aus", date(2025, 4, 3), "Rodener Bote",
        "Die Fähre nach Roden fällt am Sonntag aus.",
    )  # fmt: skip


def test_columns_that_were_mapped_stay() -> None:
    assert guess_columns(["title", "text", "body"], {"text": "body"})["text"] == "body"


def test_a_table_of_addresses_holds_no_articles() -> None:
    data = b"id,publish_date,title,url\n1,2024-05-03,A story,https://a.example/1\n"
    with pytest.raises(InputError, match="names articles and holds none"):
        every(data, "mediacloud.csv")


def test_markup_in_a_cell_is_read_as_markup() -> None:
    data = b'{"title": "T", "content": "<p>Erster Absatz.</p><p>Zweiter &amp; letzter.</p>"}\n'
    (article,) = every(data, "a.jsonl")[0]
    assert article.text == "Erster Absatz.\n\nZweiter & letzter."


# Bad input


def packed(files: dict[str, bytes]) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return stream.getvalue()


def changed(name: str, part: str, old: bytes, new: bytes) -> bytes:
    with zipfile.ZipFile(GOOD / name) as archive:
        files = {entry: archive.read(entry) for entry in archive.namelist()}
    assert old in files[part]
    files[part] = files[part].replace(old, new)
    return packed(files)


@pytest.mark.parametrize(
    ("name", "part"),
    [
        ("talbahn-libreoffice.odt", "content.xml"),
        ("presseschau-openpyxl.xlsx", "xl/workbook.xml"),
        ("waermeplan-pythonpptx.pptx", "ppt/presentation.xml"),
        ("einwohner-odfpy.ods", "content.xml"),
    ],
)
def test_damaged_files_are_refused(name: str, part: str) -> None:
    with pytest.raises(InputError, match="damaged"):
        every(changed(name, part, b"</", b"<"), name)
    with pytest.raises(InputError, match="damaged or cut off"):
        every((GOOD / name).read_bytes()[:-600], name)


def test_a_damaged_slide_costs_itself_alone() -> None:
    data = changed("waermeplan-pythonpptx.pptx", "ppt/slides/slide2.xml", b"</p:sld>", b"")
    (article,) = every(data, "a.pptx")[0]
    assert "Wärmeplan" in article.text
    assert "Kessel" not in article.text


def test_a_sheet_that_ends_too_early_gives_its_first_rows() -> None:
    part = "xl/worksheets/sheet1.xml"
    data = changed("presseschau-openpyxl.xlsx", part, b'<row r="3"', b'<row r="3" <')
    told: list[str] = []
    articles = []
    with pytest.raises(InputError, match="damaged"):  # noqa: PT012
        for article in read(data, "a.xlsx", uri="a", options=ReadOptions()):
            articles.append(article.title)
    assert articles in (["Der Marktbrunnen läuft wieder"], [])
    assert told == []


def test_passwords_are_said() -> None:
    manifest = b"<manifest><encryption-data/></manifest>"
    odt = packed(
        {"mimetype": b"application/vnd.oasis.opendocument.text", "content.xml": b"x",
         "META-INF/manifest.xml": manifest}
    )  # fmt: skip
    ole = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600) + "EncryptedPackage".encode("utf-16-le")
    for data, name in ((odt, "a.odt"), (ole, "a.xlsx")):
        with pytest.raises(InputError, match="is encrypted"):
            every(data, name)


def test_macros_are_passed_over() -> None:
    with zipfile.ZipFile(GOOD / "presseschau-openpyxl.xlsx") as archive:
        files = {entry: archive.read(entry) for entry in archive.namelist()}
    files["xl/vbaProject.bin"] = b"\xd0\xcf\x11\xe0" + bytes(2000)
    assert len(every(packed(files), "a.xlsm")[0]) == 2


def test_facts_beyond_the_limit_are_told(monkeypatch: pytest.MonkeyPatch) -> None:
    from corpus.readers.tables import sheets

    monkeypatch.setattr(sheets, "_TOGETHER", 2)
    monkeypatch.setattr(sheets, "_MOST_FACTS", 2)
    articles, told = every((GOOD / "einwohner-xlsxwriter.xlsx").read_bytes(), "a.xlsx")
    assert (len(articles), told) == (1, ["only the first 2 rows of facts are read"])
