"""Every format, as files that other programs wrote: titles, people, days, paragraphs, pages."""

import pickle
from dataclasses import dataclass
from datetime import date
from io import BytesIO
from pathlib import Path
from zipfile import ZipFile

import pytest

from corpus.article import Article, Role
from corpus.catalog.articles import Catalog, Outcome
from corpus.catalog.database import Database
from corpus.errors import InputError
from corpus.ingest.pipeline import ingest
from corpus.readers import ReadOptions, read

FORMATS = Path(__file__).parents[2] / "data" / "formats"
GOOD, BAD = FORMATS / "good", FORMATS / "bad"


@dataclass(frozen=True)
class Story:
    title: str
    authors: tuple[str, ...]
    published: date
    language: str
    body: int
    headings: tuple[str, ...]
    begins: str
    ends: str


TALBAHN = Story(
    "Die Talbahn fährt ab Dezember im Halbstundentakt",
    ("Mira Tannert",),
    date(2025, 9, 14),
    "de",
    7,
    ("Was sich an den Bahnhöfen ändert", "Fahrkarten werden nicht teurer"),
    "Zwischen Osterholm und Immersen sollen die Züge der Talbahn künftig alle dreißig Minuten",
    "sonst stünden die Leute in Roden zwanzig Minuten lang im Regen.",
)
FERRY = Story(
    "Harbour ferry returns after two years of repairs",
    ("Priya Nand",),
    date(2025, 3, 3),
    "en",
    6,
    ("Timetable and fares", "What the traders hope for"),
    "The Ellery harbour ferry will carry passengers again from 17 March, almost two years",
    "but building work cannot start before September.",
)


def articles(name: str, folder: Path = GOOD, **options: object) -> list[Article]:
    data = (folder / name).read_bytes()
    return list(read(data, name, uri=f"file:///{name}", options=ReadOptions(**options)))  # type: ignore[arg-type]


def texts(article: Article, *roles: Role) -> list[str]:
    return [article.paragraph_text(p) for p in article.paragraphs if p.role in roles]


@pytest.mark.parametrize(
    ("name", "story"),
    [
        ("talbahn-libreoffice.pdf", TALBAHN),
        ("talbahn-pandoc.docx", TALBAHN),
        ("talbahn-chromium.mhtml", TALBAHN),
        ("talbahn-pandoc.html", TALBAHN),
        ("talbahn-pandoc.md", TALBAHN),
        ("talbahn-libreoffice.txt", TALBAHN),
        ("ferry-chromium.pdf", FERRY),
        ("ferry-libreoffice.docx", FERRY),
        ("ferry-chromium.mhtml", FERRY),
        ("ferry-libreoffice.html", FERRY),
    ],
)
def test_one_story_in_many_formats(name: str, story: Story) -> None:
    (article,) = articles(name)
    assert article.title == story.title
    assert (article.authors, article.published) == (story.authors, story.published)
    assert article.language == story.language
    assert texts(article, Role.HEADLINE) in ([story.title], [])  # or only in front matter
    assert tuple(texts(article, Role.HEADING)) == story.headings
    prose = [text for text in texts(article, Role.LEAD, Role.BODY) if text.endswith(".")]
    assert len(prose) == story.body
    assert prose[0].startswith(story.begins)
    assert prose[-1].endswith(story.ends)
    # Nothing that stands around the article may answer, and nothing is torn in two.
    answering = " ".join(texts(article, Role.LEAD, Role.BODY))
    for stranger in (
        "Seite 1",
        "Osterholmer Bote",
        "Gazette",
        "Impressum",
        "Mehr zum",
        "Read more",
    ):
        assert stranger not in answering
    assert pickle.loads(pickle.dumps(article)) == article


def test_the_same_paragraphs_from_pdf_and_docx() -> None:
    """Columns, pages and divided words leave no trace."""
    (pdf,), (docx,) = articles("talbahn-libreoffice.pdf"), articles("talbahn-pandoc.docx")
    roles = (Role.LEAD, Role.BODY)
    assert texts(pdf, *roles) == texts(docx, *roles)


def test_pages_of_a_pdf() -> None:
    (article,) = articles("talbahn-libreoffice.pdf")
    pages = {article.paragraph_text(p)[:20]: p.page for p in article.paragraphs}
    assert pages["Die Talbahn fährt ab"] == 1
    # It begins at the foot of the first page and goes on over the second.
    assert pages["Die Bahnsteige in Ka"] == 1
    assert pages["Fahrkarten werden ni"] == 2
    # The running head names the paper; its day is the issue's, and the byline's wins.
    assert (article.source, article.published) == ("Osterholmer Bote", date(2025, 9, 14))


ALLEE = [
    "Die 41 Kastanien an der Wiedenauer",
    "Das erste Gutachten vom Herbst hatt",
    "Die Gutachterin Dr. Solveig Amrhein",
]
POOL = [
    "Corvane’s tidal pool will reopen to",
    "Geologists removed about 70 tonnes",
    "The pool will be open from dawn to",
]


@pytest.mark.parametrize(
    ("name", "title", "heading", "first", "authors", "day"),
    [
        ("allee-libreoffice.pdf", "Kastanienallee in Wiedenau bleibt vorerst stehen",
         "Was das zweite Gutachten sagt", ALLEE, ("Henrike Plath",), date(2026, 2, 18)),
        ("allee-wkhtmltopdf.pdf", "Kastanienallee in Wiedenau bleibt vorerst stehen",
         "Was das zweite Gutachten sagt", ALLEE, ("Henrike Plath",), date(2026, 2, 18)),
        ("pool-chromium.pdf", "Tidal pool at Corvane to reopen after rockfall",
         "Opening hours", POOL, ("Jem Ashdown",), date(2026, 5, 29)),
    ],
)  # fmt: skip
def test_a_single_page_of_short_paragraphs(
    name: str, title: str, heading: str, first: list[str], authors: tuple[str, ...], day: date
) -> None:
    """A title of two lines is one; the browser's head and foot are gone, though not repeated."""
    (article,) = articles(name)
    assert (article.title, article.authors, article.published) == (title, authors, day)
    assert texts(article, Role.HEADING) == [heading]
    answering = texts(article, Role.LEAD, Role.BODY)
    assert [text[: len(begin)] for text, begin in zip(answering, first, strict=False)] == first
    assert not any("11/27/26" in text or "file:///" in text for text in answering)


def test_items_of_a_list_in_a_pdf_are_no_rows_of_a_table() -> None:
    (article,) = articles("allee-libreoffice.pdf")
    found = texts(article, Role.BODY)
    assert "Baum 30: Seilsicherung" in found
    assert "Jahr: 2024; Gefällte Bäume: 9; Neu gepflanzt: 20" in found


def test_a_table_in_a_document_is_read_row_by_row() -> None:
    (article,) = articles("ferry-libreoffice.docx")
    assert "Season: Winter; First boat: 06.00; Last boat: 22.00" in texts(article, Role.BODY)


def test_a_saved_page_has_its_address() -> None:
    (canonical,), (saved) = articles("ferry-chromium.mhtml"), articles("talbahn-chromium.mhtml")
    assert canonical.uri == canonical.url == "https://gazette.example/harbour/ferry-returns"
    assert saved[0].uri == saved[0].url == "http://bote.example/bahn.html"
    assert saved[0].source == "Osterholmer Bote"


def test_a_saved_page_of_one_part() -> None:
    page = (
        b"MIME-Version: 1.0\r\nContent-Type: text/html;\r\n charset=iso-8859-1\r\n"
        b"Content-Transfer-Encoding: quoted-printable\r\n"
        b"Content-Location: https://bote.example/8\r\n\r\n"
        b'<html lang=3D"de"><body><h1>F=E4hre f=E4llt aus</h1><p>Die F=E4hre f=E4llt bis zum '
        b"12. Mai =\r\naus, teilte die Reederei mit.</p></body></html>"
    )
    for name in ("a.mht", "a.html", "a"):
        (article,) = read(page, name, uri="file:///a")
        assert (article.title, article.uri) == ("Fähre fällt aus", "https://bote.example/8")
        assert "Die Fähre fällt bis zum 12. Mai aus" in article.text


def test_a_book_is_its_chapters() -> None:
    found = articles("fluss-pandoc.epub")
    assert [(a.title, a.source, a.published) for a in found] == [
        (title, "Das Jahr am Fluss", date(2024, 10, 2))
        for title in ("Das Hochwasser im Februar", "Der trockene Sommer", "Was bleibt")
    ]
    assert {a.authors for a in found} == {("Jule Brandt", "Holger Petzold")}
    assert found[0].uri == "file:///fluss-pandoc.epub#EPUB/text/ch001.xhtml"
    assert texts(found[1], Role.HEADING) == ["Die Fische"]


def book(page: str, contents: str) -> bytes:
    """Return an e-book of one page."""
    stream = BytesIO()
    with ZipFile(stream, "w") as archive:
        archive.writestr(
            "META-INF/container.xml", '<container><rootfile full-path="b.opf"/></container>'
        )
        archive.writestr(
            "b.opf",
            "<package><metadata><title>Am Hafen</title></metadata><manifest>"
            '<item id="n" href="nav.xhtml" media-type="application/xhtml+xml" properties="nav"/>'
            '<item id="p" href="p.xhtml" media-type="application/xhtml+xml"/></manifest>'
            '<spine><itemref idref="p"/></spine></package>',
        )
        archive.writestr(
            "nav.xhtml",
            f'<html><body><nav epub:type="toc" xmlns:epub="e">{contents}</nav></body></html>',
        )
        archive.writestr("p.xhtml", f"<html><body>{page}</body></html>")
    return stream.getvalue()


STORMY = "<p>Der Sturm nahm drei Boote mit, und keines kam wieder.</p>"
CALM = "<p>Die See lag still, und die Fischer warteten auf Wind.</p>"


@pytest.mark.parametrize(
    "page",
    [
        f'<h1 id="a">Sturm</h1>{STORMY}<h1 id="b">Stille</h1>{CALM}',
        f'<div><section id="a"><h2>Sturm</h2>{STORMY}</section>'
        f'<section id="b"><h2>Stille</h2>{CALM}</section></div>',
        f'<p>Am Hafen</p><h2><a name="a"/>Sturm</h2>{STORMY}<h2><a id="b"/>Stille</h2>{CALM}',
    ],
    ids=["headings", "sections", "anchors"],
)
@pytest.mark.parametrize("under_title", [False, True])
def test_several_chapters_in_one_file_of_a_book(page: str, under_title: bool) -> None:
    contents = '<li><a href="p.xhtml#a">Sturm</a></li><li><a href="p.xhtml#b">Stille</a></li>'
    contents = f"<ol>{contents}</ol>"
    if under_title:
        contents = f'<ol><li><a href="p.xhtml">Am Hafen</a>{contents}</li></ol>'
    found = list(read(book(page, contents), "b.epub", uri="file:///b.epub"))
    assert [(a.title, a.source, a.uri) for a in found] == [
        ("Sturm", "Am Hafen", "file:///b.epub#p.xhtml%23a"),
        ("Stille", "Am Hafen", "file:///b.epub#p.xhtml%23b"),
    ]
    assert "drei Boote" in found[0].text
    assert "Wind" in found[1].text
    assert "Wind" not in found[0].text


def test_a_books_title_page_is_no_chapter() -> None:
    found = articles("letters-libreoffice.epub")
    assert [article.title for article in found] == ["The night watch", "The knot school"]
    assert {(a.source, a.authors, a.language) for a in found} == {
        ("Harbour Letters", ("Rowan Teague",), "en")
    }


def test_a_book_of_one_page_whose_contents_name_a_heading() -> None:
    (article,) = articles("pool-libreoffice.epub")
    assert article.title == "Tidal pool at Corvane to reopen after rockfall"
    assert texts(article, Role.HEADING) == ["Opening hours"]
    assert texts(article, Role.LEAD)[0].startswith(POOL[0])


@pytest.mark.parametrize(
    "name",
    ["three-pandas.csv", "three-pandas.jsonl", "three-pandas.json", "three-jq.jsonl",
     "three-pyarrow.parquet",
     "three-fastparquet.parquet"],
)  # fmt: skip
def test_tables(name: str) -> None:
    first, second, third = articles(name)
    assert (first.title, first.published) == ("Marktbrunnen läuft wieder", date(2025, 5, 9))
    assert first.url.startswith("https://bote.example/brunnen")
    assert [len(a.paragraphs) for a in (first, second, third)] == [2, 2, 2]
    assert second.authors == ("Holger Petzold", "Mira Tannert")
    assert (third.title, third.language) == ('Library; open "late" on Thursdays', "en")


def test_a_table_with_columns_of_its_own() -> None:
    columns = {"url": "Adresse", "title": "Schlagzeile", "text": "Inhalt", "published": "Datum"}
    first, _, third = articles("three-excel.csv", FORMATS, columns=columns)
    assert (first.title, first.published) == ("Marktbrunnen läuft wieder", date(2025, 5, 9))
    assert third.title == 'Library; open "late" on Thursdays'


@pytest.mark.parametrize("name", ["three-pandas.csv", "three-pyarrow.parquet"])
def test_rows_of_a_table_make_one_article(name: str) -> None:
    bote, gazette = articles(name, group_by="source")
    assert [len(a.paragraphs) for a in (bote, gazette)] == [2, 1]
    assert "Eisbahn" in bote.text


def test_an_archives_entries_have_addresses_of_their_own() -> None:
    found = articles("two-zip.zip")
    assert {article.uri for article in found} == {
        "file:///two-zip.zip!/storch.txt",
        "file:///two-zip.zip!/Gr%C3%BC%C3%9Fe/post%20office.md",
    }
    assert [a.title for a in articles("two-python.zip")] == ["Der Storch ist zurück"]


@pytest.mark.parametrize(
    ("name", "reason"), [("encrypted.pdf", "is encrypted"), ("scan.pdf", "scan")]
)
def test_what_cannot_be_read_says_why(name: str, reason: str) -> None:
    with pytest.raises(InputError, match=reason):
        articles(name, BAD)


def test_all_in_one_command(database: Database) -> None:
    files = [path for path in GOOD.iterdir() if path.is_file()]
    tally = ingest(database, [GOOD, BAD])
    reasons = {Path(name.split(" ")[0]).name: reason for name, reason in tally.skipped}
    assert sorted(reasons) == ["bote-rss.xml", "encrypted.pdf", "scan.pdf"]
    assert "teasers" in reasons["bote-rss.xml"]
    uris = {article.uri for article in Catalog(database).articles().values()}
    # Each file has given an article, and the folder beside the saved page has not.
    assert tally.counts[Outcome.ADDED] == len(uris) >= len(files)
    assert not any("frame.html" in uri for uri in uris)
    again = ingest(database, [GOOD])
    assert again.counts[Outcome.UNCHANGED] + again.counts[Outcome.DUPLICATE] >= len(uris)
    assert again.counts[Outcome.ADDED] == again.counts[Outcome.UPDATED] == 0
