"""What people have collected: web archives, references, exports of reading lists."""

import gzip
import io
import json
import zipfile
from datetime import date

import pytest

from corpus.article import Article, Role
from corpus.errors import EmptyInput, InputError
from corpus.readers import ReadOptions, read

PAGE = (
    '<html lang="de"><head><title>Fähre fällt aus</title></head><body><article><h1>Fähre fällt aus'
    "</h1><p>Die Fähre nach Roden fällt am Sonntag aus, teilte die Reederei am Freitag mit.</p>"
    "<p>Grund ist eine Prüfung der Motoren, die bis zum Abend dauern soll.</p></article>"
    "</body></html>"
)


def every(data: bytes, name: str) -> tuple[list[Article], list[str]]:
    told: list[str] = []
    options = ReadOptions(problem=lambda _, reason: told.append(reason))
    return list(read(data, name, uri="file:///a", options=options)), told


def record(kind: str, address: str, data: bytes, content: str) -> bytes:
    head = (
        f"WARC/1.0\r\nWARC-Type: {kind}\r\nWARC-Target-URI: {address}\r\n"
        f"WARC-Date: 2024-05-03T10:11:12Z\r\nContent-Type: {content}\r\n"
        f"Content-Length: {len(data)}\r\n\r\n"
    )
    return head.encode() + data + b"\r\n\r\n"


def response(body: bytes, content: str = "text/html; charset=utf-8", more: str = "") -> bytes:
    return f"HTTP/1.1 200 OK\r\nContent-Type: {content}\r\n{more}\r\n".encode() + body


HTTP = "application/http; msgtype=response"
INFO = record("warcinfo", "", b"software: test", "application/warc-fields")
PICTURE = record("response", "https://a.example/1.png", response(b"\x89PNG", "image/png"), HTTP)
CHUNKED = b"%x\r\n%s\r\n0\r\n\r\n" % (len(PAGE.encode()), PAGE.encode())
PLAIN = record("response", "https://a.example/1", response(PAGE.encode()), HTTP)
PACKED = record(
    "response", "https://a.example/2",
    response(
        gzip.compress(PAGE.replace("Sonntag", "Montag").encode()),
        more="Content-Encoding: gzip\r\n",
    ),
    HTTP,
)  # fmt: skip
PIECES = record(
    "response",
    "https://a.example/3",
    response(CHUNKED, more="Transfer-Encoding: chunked\r\n"),
    HTTP,
)


@pytest.mark.parametrize("zipped", [False, True])
def test_pages_of_a_web_archive(zipped: bool) -> None:
    parts = [INFO, PLAIN, PICTURE, PACKED, PIECES]
    data = b"".join(gzip.compress(part) if zipped else part for part in parts)
    articles, told = every(data, "a.warc.gz" if zipped else "a.warc")
    assert [article.uri for article in articles] == [f"https://a.example/{n}" for n in (1, 2, 3)]
    assert {article.title for article in articles} == {"Fähre fällt aus"}
    last = articles[0].paragraphs[-1]
    assert last.role is Role.SOURCE
    assert articles[0].paragraph_text(last) == "https://a.example/1 · 2024-05-03 10:11 UTC"
    assert "Montag" in articles[1].text
    assert told == []


def test_a_wacz() -> None:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr("archive/data.warc.gz", gzip.compress(PLAIN))
        archive.writestr("datapackage.json", "{}")
        archive.writestr("pages/pages.jsonl", '{"format": "json-pages-1.0"}\n')
    articles, _ = every(stream.getvalue(), "a.wacz")
    assert [article.uri for article in articles] == ["https://a.example/1"]


def test_a_web_archive_with_pictures_alone_is_refused() -> None:
    with pytest.raises(EmptyInput, match=r"no page in the web archive \(1 × image"):
        every(PICTURE, "a.warc")


def test_a_web_archive_that_was_cut_off_is_read_in_part() -> None:
    articles, told = every(gzip.compress(PLAIN) + gzip.compress(PACKED)[:-40], "a.warc.gz")
    assert len(articles) == 1
    assert "damaged" in told[0]


RIS = """TY  - NEWS
TI  - Ellerbrücke öffnet früher
AU  - Tannert, Mira
AU  - Plath, Henrike
T2  - Rodener Landbote
DA  - 2024/07/01/
SP  - 5
LA  - de
UR  - https://bote.example/1
N2  - Die Ellerbrücke wird am 8. Juli für den Verkehr freigegeben, sagt das Amt.
ER  -

TY  - NEWS
TI  - Nur ein Titel
ER  -
"""
BIBTEX = r"""@article{tannert2024,
  title = {Ellerbr{\"u}cke {\"o}ffnet fr{\"u}her},
  author = {Tannert, Mira and Plath, Henrike},
  journal = {Rodener Landbote}, date = {2024-07-01}, pages = {5},
  url = {https://bote.example/1},
  abstract = {Die Ellerbr{\"u}cke wird am 8. Juli f{\"u}r den Verkehr freigegeben, sagt das Amt.}
}
"""
CSL = [
    {
        "id": "http://zotero.org/users/1/items/A", "type": "article-newspaper",
        "title": "Ellerbrücke öffnet früher", "container-title": "Rodener Landbote", "page": "5",
        "author": [{"family": "Tannert", "given": "Mira"}, {"family": "Plath", "given": "Henrike"}],
        "issued": {"date-parts": [["2024", 7, 1]]}, "URL": "https://bote.example/1",
        "abstract": "Die Ellerbrücke wird am 8. Juli für den Verkehr freigegeben, sagt das Amt.",
    }
]  # fmt: skip


@pytest.mark.parametrize(
    ("data", "name"),
    [(RIS, "a.ris"), (RIS, "a.txt"), (BIBTEX, "a.bib"), (json.dumps(CSL), "a.json")],
)
def test_references_with_their_abstracts(data: str, name: str) -> None:
    articles, told = every(data.encode(), name)
    (article,) = articles
    assert (article.title, article.source) == ("Ellerbrücke öffnet früher", "Rodener Landbote")
    assert (article.authors, article.published) == (
        ("Mira Tannert", "Henrike Plath"),
        date(2024, 7, 1),
    )
    assert (article.url, article.paragraphs[0].page) == ("https://bote.example/1", 5)
    assert "am 8. Juli für den Verkehr freigegeben" in article.text
    assert told == (["there is no text in it"] if data is RIS else [])


def test_references_without_any_text_are_refused() -> None:
    with pytest.raises(EmptyInput, match="no article of this export"):
        every(b"TY  - NEWS\nTI  - Nur ein Titel\nER  - \n", "a.ris")


def test_wallabag_and_readwise() -> None:
    item = {"id": 1, "title": "Fähre", "url": "https://a.example/1", "domain_name": "a.example",
            "published_at": "2024-05-03T10:00:00+0200", "published_by": ["Mira Tannert"],
            "content": "<p>Die Fähre fällt aus.</p><p>Am Montag fährt sie.</p>",
            "language": "de"}  # fmt: skip
    (article,) = every(json.dumps([item]).encode(), "wallabag.json")[0]
    assert (article.authors, article.published) == (("Mira Tannert",), date(2024, 5, 3))
    assert len(article.paragraphs) == 2
    csv = b"Highlight,Book Title,Book Author\nDie Flut kam um drei Uhr.,Am Fluss,Jule Brandt\n"
    (article,) = every(csv, "readwise.csv")[0]
    assert (article.title, article.authors) == ("Am Fluss", ("Jule Brandt",))


def test_a_list_of_addresses_names_articles_and_holds_none() -> None:
    with pytest.raises(InputError, match="names articles and holds none"):
        every(
            b"title,url,time_added,tags,status\nA,https://a.example/1,1714700000,,unread\n",
            "pocket.csv",
        )
