"""Pages: structure, metadata, encodings, and what a parser dislikes."""

from datetime import date

import pytest

from corpus.article import ANSWERING_ROLES, Article, Role
from corpus.errors import EmptyInput
from corpus.readers import read

P1 = "Der Rat der Stadt hat am Montag über die neue Brücke beraten, die 3 Millionen Euro kostet."
P2 = "Gebaut wird sie im Frühjahr, wenn das Land bis dahin seinen Anteil gezahlt hat."


def one(html: str | bytes, uri: str = "file:///a.html") -> Article:
    data = html if isinstance(html, bytes) else html.encode()
    [article] = read(data, "a.html", uri=uri)
    return article


def page(body: str, head: str = "") -> str:
    return f"<!DOCTYPE html><html lang='de'><head>{head}</head><body>{body}</body></html>"


def answering(article: Article) -> list[str]:
    return [article.paragraph_text(p) for p in article.paragraphs if p.role in ANSWERING_ROLES]


@pytest.mark.parametrize(
    ("lang", "address", "day"),
    [
        ("de", "https://t.example/b", date(2025, 4, 3)),
        ("en-US", "https://t.example/b", date(2025, 3, 4)),
        ("en", "https://bote.co.uk/b", date(2025, 4, 3)),
        ("en", "https://t.example/b", None),
    ],
)
def test_the_pages_country_tells_day_and_month_apart(
    lang: str, address: str, day: date | None
) -> None:
    html = (
        f"<html lang='{lang}'><head><link rel='canonical' href='{address}'>"
        "<meta name='date' content='03/04/2025'></head><body><article><h1>The bridge</h1>"
        "<p>The council of the town has talked about the new bridge, which costs 3 million.</p>"
        "<p>It will be built in spring if the state has paid its share of it by then.</p>"
        "</article></body></html>"
    )
    article = one(html)
    assert article.published == day
    assert article.unread == (() if day else ("03/04/2025",))


def test_json_ld() -> None:
    article = one(
        page(
            f"<article><h1>Die Brücke</h1><p>{P1}</p><p>{P2}</p></article>",
            '<link rel="canonical" href="https://t.example/b"><script type="application/ld+json">'
            '{"@graph": [{"@type": "WebPage"}, {"@type": ["NewsArticle"], "headline": "Die Brücke",'
            '"author": [{"name": "Anna Beispiel"}, {"name": "Max Muster"}], "articleSection":'
            '["Region"], "publisher": {"name": "Talkurier"}, "datePublished":'
            '"2024-10-25T23:30:00-02:00", "dateModified": "2024-10-27"}]}</script>',
        )
    )
    assert (article.title, article.uri, article.url) == (
        "Die Brücke",
        "https://t.example/b",
        "https://t.example/b",
    )
    assert article.authors == ("Anna Beispiel", "Max Muster")
    assert (article.published, article.modified) == (date(2024, 10, 25), date(2024, 10, 27))
    assert (article.source, article.section, article.language) == ("Talkurier", "Region", "de")


def test_open_graph_and_title_without_the_site() -> None:
    article = one(
        page(
            f"<h1>Die Brücke kommt</h1><p>{P1}</p><p>{P2}</p>",
            "<title>Die Brücke kommt | Talkurier</title>"
            '<meta property="article:published_time" content="2024-10-25T08:00:00Z">'
            '<meta name="author" content="Von Anna Beispiel">',
        )
    )
    assert (article.title, article.source) == ("Die Brücke kommt", "Talkurier")
    assert (article.authors, article.published) == (("Anna Beispiel",), date(2024, 10, 25))


@pytest.mark.parametrize(
    "href", ["/", "/artikel", "https://t.example/", "https://t.example", "javascript:void(0)", ""]
)
def test_canonical_addresses_that_name_no_page_are_ignored(href: str) -> None:
    article = one(page(f"<p>{P1}</p>", f'<link rel="canonical" href="{href}">'))
    assert (article.uri, article.url) == ("file:///a.html", "")


def test_the_address_it_came_from_is_its_link() -> None:
    assert one(page(f"<p>{P1}</p>"), "https://t.example/x").url == "https://t.example/x"


def test_structure_is_kept() -> None:
    article = one(
        page(
            f"<main><h1>Titel der Seite</h1><p>{P1}</p><h2>Kosten</h2><ul><li>3 Millionen</li>"
            "<li>2 Jahre</li></ul><blockquote><p>Ein Zitat, das bleibt.</p></blockquote>"
            "<table><tr><th>Jahr</th><th>Gäste</th></tr>"
            "<tr><td>2023</td><td>41.000</td></tr></table>"
            "<figure><img><figcaption>Die alte Brücke</figcaption></figure>"
            f"<p>{P2}<br><br>Ende.</p>"
            "</main>"
        )
    )
    assert answering(article) == [
        P1,
        "3 Millionen",
        "2 Jahre",
        "Ein Zitat, das bleibt.",
        "Jahr: 2023; Gäste: 41.000",
        P2,
        "Ende.",
    ]
    roles = {article.paragraph_text(p): p.role for p in article.paragraphs}
    assert roles["Die alte Brücke"] is Role.CAPTION
    assert roles["Kosten"] is Role.HEADING


def test_a_tiny_page_is_an_article() -> None:
    article = one("<html><body><p>Die Post öffnet.</p><p>Sie schließt um 12.</p></body></html>")
    assert answering(article) == ["Die Post öffnet.", "Sie schließt um 12."]


def test_a_page_wrapped_in_a_form_is_read() -> None:
    article = one(page(f"<form><div>{P1}</div><input value='x'><div>{P2}</div></form>"))
    assert answering(article) == [P1, P2]


@pytest.mark.parametrize(
    ("encoding", "label"),
    [
        ("utf-8", ""),
        ("utf-8", "iso-8859-1"),
        ("cp1252", ""),
        ("cp1252", "utf-8"),
        ("utf-16", "utf-8"),
        ("koi8-r", "koi8-r"),
    ],
)
def test_encodings(encoding: str, label: str) -> None:
    text = "Городской совет решил построить мост." if encoding == "koi8-r" else P1
    head = f'<meta charset="{label}">' if label else ""
    assert answering(one(page(f"<p>{text}</p>", head).encode(encoding))) == [text]


def test_an_xml_declaration_is_no_obstacle() -> None:
    page_ = f'<?xml version="1.0" encoding="ISO-8859-1"?><html><body><p>{P1}</p></body></html>'
    assert answering(one(page_.encode("cp1252"))) == [P1]


@pytest.mark.parametrize("depth", [100, 300, 3000, 100_000])
def test_deep_nesting(depth: int) -> None:
    article = one("<html><body>" + "<div>" * depth + P1 + "</div>" * depth + "</body></html>")
    assert answering(article) == [P1]


@pytest.mark.parametrize(
    "html",
    [
        "<html></html>",
        "<html><head><title>x</title></head><body><script>var a = 1</script></body></html>",
        "<html><body><img src='a.png'></body></html>",
    ],
)
def test_pages_without_text(html: str) -> None:
    with pytest.raises(EmptyInput, match="no text on this page"):
        one(html)


def test_hidden_text_and_menus_are_left_out() -> None:
    article = one(
        page(
            f"<nav><a href='/'>Start</a></nav><p>{P1}</p><p style='display:none'>Versteckt.</p>"
            "<div hidden>Auch versteckt.</div><template><p>Vorlage.</p></template>"
        )
    )
    assert article.text == P1


def test_arrows_behind_footnotes_and_printed_feet_are_left_out() -> None:
    html = (
        "<h1>Das Bad</h1><p>Das Bad am Fluss ist seit Mai wieder offen und gut besucht.</p>"
        '<p>Die Kasse öffnet um neun Uhr.<a class="footnote-back" href="#r1">↩︎</a></p>'
        '<p>Die Rutsche ist neu.<a role="doc-backlink" href="#r2">↩︎</a></p>'
        '<div title="footer"><p>1</p></div>'
    )
    (article,) = read(html.encode(), "a.html", uri="x")
    lines = [article.paragraph_text(p) for p in article.paragraphs]
    assert lines[2:] == ["Die Kasse öffnet um neun Uhr.", "Die Rutsche ist neu."]


@pytest.mark.parametrize(
    ("data", "authors"),
    [
        ('{"@type":"Article","author":[[{"name":"Jule Brandt"},{"name":"Tom Hale"}],[null]]}', 2),
        (
            '{"@graph":[{"@type":"Article","author":[{"@id":"#a"},{"@id":"#b"}]},'
            '{"@id":"#a","name":"Jule Brandt"},{"@id":"#b","name":"Tom Hale"}]}',
            2,
        ),
        ('[{"@type":"Article","author":{"@id":"#c"}},null,{"@id":"#a","name":"Jule Brandt"}]', 0),
    ],
    ids=["lists in lists", "a graph", "a reference to nothing"],
)
def test_authors_in_json_ld(data: str, authors: int) -> None:
    head = f'<script type="application/ld+json">{data}</script>'
    article = one(page(f"<h1>Die Brücke</h1><p>{P1}</p><p>{P2}</p>", head))
    assert article.authors == ("Jule Brandt", "Tom Hale")[:authors]


def test_cells_of_a_table_that_span_rows_and_columns() -> None:
    table = (
        "<table><tr><th>Ort</th><th colspan='2'>Preis</th></tr>"
        "<tr><td rowspan='2'>Roden</td><td>Kind</td><td>2 Euro</td></tr>"
        "<tr><td>Eltern</td><td>4 Euro</td></tr>"
        "<tr><td colspan='3'>Nur im Sommer</td></tr>"
        "<tr><td colspan='x'>Immersen</td><td colspan='2'>frei</td></tr></table>"
    )
    text = one(page(f"<article><h1>Die Brücke</h1><p>{P1}</p>{table}</article>")).text
    assert text.split("\n\n")[2:] == [
        "Ort: Roden; Preis: Kind; Preis: 2 Euro",
        "Ort: Roden; Preis: Eltern; Preis: 4 Euro",
        "Nur im Sommer",
        "Ort: Immersen; Preis: frei",
    ]
