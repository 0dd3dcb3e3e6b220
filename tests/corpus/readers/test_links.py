"""Feeds, sitemaps and lists of addresses: what they name, and the articles that feeds carry."""

import gzip
import json
import pickle
from datetime import date

import pytest

from corpus.article import Article
from corpus.errors import EmptyInput, InputError, InputTooLarge
from corpus.readers import ReadOptions, read
from corpus.readers.web.feed import entry_article, read_feed
from corpus.readers.web.links import kind_of_links, read_links, read_url_list
from corpus.readers.web.sitemap import read_sitemap

SENTENCE = "Die Stadtwerke erneuern bis zum Herbst die Leitungen unter der Uferstraße. "
WHOLE = "".join(f"<p>{SENTENCE * 3}</p>" for _ in range(3))
RSS = f"""<?xml version="1.0" encoding="UTF-8"?>
<rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/"
 xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:atom="http://www.w3.org/2005/Atom">
<channel><title>Osterholmer Bote</title><link>https://bote.example/</link><language>de-DE</language>
<atom:link href="https://bote.example/feed" rel="self"/>
<item><title>Neue Leitungen f&uuml;r die Uferstra&#223;e</title>
<link>https://bote.example/leitungen</link><guid isPermaLink="false">nr-17</guid>
<dc:creator>Jule Brandt</dc:creator><category>Lokales</category>
<pubDate>Tue, 05 Nov 2024 00:30:00 +0200</pubDate>
<description>Ein Anriss.</description>
<content:encoded><![CDATA[{WHOLE}<p>Der Beitrag <a href="/x">X</a> erschien zuerst auf
<a href="/">Bote</a>.</p>]]></content:encoded></item>
<item><title>Nur ein Anriss</title><link>https://bote.example/anriss</link>
<pubDate>kein Datum</pubDate><author>red@bote.example (Holger Petzold)</author>
<description>{SENTENCE * 30} …</description></item>
<item><title>Ohne Adresse</title><link>javascript:alert(1)</link></item>
</channel></rss>""".encode()
ATOM = f"""<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="en"><title>Ellery Gazette</title>
<link href="https://gazette.example/"/>
<entry><title type="html">Bridge &amp;amp; pier</title><id>tag:gazette.example,2025:1</id>
<link rel="self" href="https://gazette.example/1.atom"/>
<link rel="alternate" href="https://gazette.example/bridge"/>
<author><name>Priya Nand</name></author><author><name>Tom Hale</name></author>
<category term="Local" label="Local news"/>
<published>2025-03-04T23:50:00+01:00</published><updated>2025-03-06T08:00:00Z</updated>
<content type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml">{WHOLE}</div></content></entry>
<entry><title>Text only</title><id>urn:x</id><content type="text">a &lt; b</content></entry>
</feed>""".encode()
RDF = b"""<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"
 xmlns="http://purl.org/rss/1.0/" xmlns:dc="http://purl.org/dc/elements/1.1/">
<channel><title>Alt</title></channel>
<item><title>Eins</title><link>https://alt.example/1</link><dc:date>2003-05-01</dc:date></item>
</rdf:RDF>"""
NEWS = b"""<?xml version="1.0"?><urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"
 xmlns:news="http://www.google.com/schemas/sitemap-news/0.9">
<url><loc> https://bote.example/a </loc><lastmod>2024-11-05T10:00:00+01:00</lastmod>
<news:news><news:publication><news:name>Bote</news:name><news:language>de</news:language>
</news:publication><news:publication_date>2024-11-04</news:publication_date>
<news:title>Titel A</news:title></news:news></url>
<url><loc>ftp://bote.example/b</loc></url><url><loc>https://bote.example/c</loc>
<lastmod>neulich</lastmod></url></urlset>"""
INDEX = b"""<sitemapindex xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">
<sitemap><loc>https://bote.example/s1.xml.gz</loc><lastmod>2024-01-02</lastmod></sitemap>
</sitemapindex>"""


def articles(data: bytes, name: str = "feed.xml") -> tuple[list[Article], list[tuple[str, str]]]:
    problems: list[tuple[str, str]] = []
    options = ReadOptions(problem=lambda *problem: problems.append(problem))
    return list(read(data, name, uri="file:///f", options=options)), problems


def test_a_feed_tells_its_entries() -> None:
    feed = read_feed(RSS)
    assert (feed.title, feed.url, feed.language) == (
        "Osterholmer Bote", "https://bote.example/", "de",
    )  # fmt: skip
    first, teaser, bare = feed.entries
    assert first.link.title == "Neue Leitungen für die Uferstraße"
    assert first.link.url == "https://bote.example/leitungen"
    # The day is the feed's own: in UTC it would be the 4th.
    assert first.link.published == date(2024, 11, 5)
    assert (first.authors, first.section, first.key) == (("Jule Brandt",), "Lokales", "nr-17")
    assert first.whole
    assert teaser.authors == ("Holger Petzold",)
    assert teaser.link.published is None
    assert not teaser.whole  # long, but cut off
    assert bare.link.url == ""


def test_a_feed_with_whole_texts_gives_articles() -> None:
    found, problems = articles(RSS)
    (article,) = found
    assert article.uri == article.url == "https://bote.example/leitungen"
    assert article.title == "Neue Leitungen für die Uferstraße"
    assert article.source == "Osterholmer Bote"
    assert article.language == "de"
    assert len(article.paragraphs) == 3
    assert "erschien zuerst" not in article.text
    assert problems == [
        ("2/3", "teasers only; their articles are on the pages that the feed names")
    ]


def test_atom_with_xhtml() -> None:
    feed = read_feed(ATOM)
    entry, text = feed.entries
    assert entry.link.url == "https://gazette.example/bridge"
    assert entry.link.title == "Bridge & pier"
    assert (entry.link.published, entry.link.modified) == (date(2025, 3, 4), date(2025, 3, 6))
    assert entry.link.stamp == "2025-03-06T08:00:00Z"
    assert entry.authors == ("Priya Nand", "Tom Hale")
    assert entry.section == "Local news"
    assert entry_article(feed, text, uri="file:///f#urn:x").text == "a < b"
    assert len(articles(ATOM)[0][0].paragraphs) == 3


@pytest.mark.parametrize(
    ("site", "base", "address", "expected"),
    [
        ("https://bote.example/", "", "https://bote.example/b/feed", "https://bote.example/b/1"),
        # The address of a service that hands feeds on says nothing about the pages.
        ("https://bote.example/", "", "https://feeds.example/b", "https://bote.example/1"),
        ("https://bote.example/", "", "", "https://bote.example/1"),
        ("", "https://gazette.example/x/", "", "https://gazette.example/x/1"),
        ("", "/x/", "https://bote.example/feed", "https://bote.example/x/1"),
        ("", "", "", ""),
    ],
)
def test_relative_links(site: str, base: str, address: str, expected: str) -> None:
    atom = (
        f'<feed xmlns="http://www.w3.org/2005/Atom"><title>F</title><link href="{site}"/>'
        f'<entry xml:base="{base}"><title>T</title><id>x</id><link href="1"/></entry></feed>'
    )
    found = {"home_page_url": site, "items": [{"id": 7, "title": "T", "url": "1"}]}
    (entry,) = read_feed(atom.encode(), address).entries
    assert (entry.link.url, entry.written) == (expected, "1")
    if not base:
        (entry,) = read_feed(json.dumps(found).encode(), address).entries
        assert (entry.link.url, entry.key) == (expected, "7")


def test_entries_are_told_apart() -> None:
    def entry(title: str, day: int, guid: str = "") -> str:
        key = f'<guid isPermaLink="false">{guid}</guid>' if guid else ""
        return (
            f"<item><title>{title}</title><link>https://b.example/live</link>{key}"
            f"<pubDate>2025-03-0{day}</pubDate>"
            f"<content>{WHOLE.replace('<', '&lt;')}</content></item>"
        )

    rss = "<rss><channel>" + entry("A", 1, "k") + entry("A", 3, "k") + entry("B", 2)
    first, second = read_feed(f"{rss}{entry('C', 1, 'k')}</channel></rss>".encode()).entries[:2]
    assert (first.link.published, first.shared, second.shared) == (date(2025, 3, 3), True, True)
    found, _ = articles(f"{rss}{entry('C', 1, 'k')}</channel></rss>".encode())
    assert len({article.uri for article in found}) == len(found) == 3
    assert all(article.uri.startswith("file:///f#") for article in found)


def test_json_feed() -> None:
    feed = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": "Bote",
        "language": "de",
        "items": [
            {"id": "1", "url": "https://b.example/1", "title": "A", "content_html": WHOLE,
             "date_published": "2024-01-02T00:00:00+01:00", "authors": [{"name": "Jule Brandt"}]},
            {"id": "2", "content_text": "Kurz."}, 7,
        ],
    }  # fmt: skip
    (article,), problems = articles(json.dumps(feed).encode(), "feed.json")
    assert (article.uri, article.published) == ("https://b.example/1", date(2024, 1, 2))
    assert article.authors == ("Jule Brandt",)
    assert problems[0][0] == "1/2"


def test_titles_of_a_json_feed_that_are_objects() -> None:
    items = [{"id": "1", "title": {"rendered": "Sturm &amp; Regen"}, "content_html": WHOLE},
             {"id": "2", "title": {"type": "text", "en": 5}, "content_html": WHOLE}]  # fmt: skip
    feed = read_feed(json.dumps({"title": {"rendered": "Bote"}, "items": items}).encode())
    assert feed.title == "Bote"
    assert [entry.link.title for entry in feed.entries] == ["Sturm & Regen", "text"]


def test_rss_1_has_its_items_beside_the_channel() -> None:
    (entry,) = read_feed(RDF).entries
    assert (entry.link.title, entry.link.published) == ("Eins", date(2003, 5, 1))


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("Mon, 6 Jan 2025 08:00:00 GMT", date(2025, 1, 6)),
        ("06 Jan 25 08:00 +0100", date(2025, 1, 6)),
        ("2025-01-06T08:00:00Z", date(2025, 1, 6)),
        ("31.02.2025", None),
        ("Mon, 99 Foo 2025", None),
        ("0" * 5000, None),
        ("", None),
    ],
)
def test_dates_in_feeds(text: str, day: date | None) -> None:
    rss = f"<rss><channel><item><title>T</title><pubDate>{text}</pubDate></item></channel></rss>"
    assert read_feed(rss.encode()).entries[0].link.published == day


def test_a_broken_feed_is_repaired_as_far_as_it_goes() -> None:
    cut = RSS[: RSS.index(b"<item><title>Ohne")]
    assert len(read_feed(cut).entries) == 2
    bare = RSS.replace(b"<description>Ein Anriss.", b"<description>Fische & Chips <br/>&nbsp;")
    assert len(read_feed(bare).entries) == 3


@pytest.mark.parametrize(
    ("data", "error", "message"),
    [
        (b"<rss><channel><title>Leer</title></channel></rss>", EmptyInput, "no entries"),
        (b"<html><p>x</p></html>", InputError, "no feed"),
        (b"{}", InputError, "no list of items"),
        (b'{"items": ', InputError, "cannot be read"),
        (b"<rss", EmptyInput, "no entries"),
    ],
)
def test_what_is_no_feed(data: bytes, error: type[InputError], message: str) -> None:
    with pytest.raises(error, match=message):
        read_feed(data)


@pytest.mark.parametrize(
    ("written", "title"),
    [
        ("Q & A", "Q & A"),
        ("Q&A &uuml;ber M&hellip", "Q&A über M&hellip"),
        ("a &lt; b und c &gt; d", "a < b und c > d"),
        ("Das &lt;meta&gt;-Element", "Das <meta>-Element"),
        ("Das &lt;b&gt;Ende&lt;/b&gt; &amp;amp; mehr", "Das Ende & mehr"),
        ("Don&amp;#x27;t &amp;rsquo;", "Don't ’"),
    ],
)
def test_titles_as_feeds_write_them(written: str, title: str) -> None:
    rss = f"<rss><channel><item><title>{written}</title><link>https://b.example/?a=1&b=2</link>"
    (entry,) = read_feed(f"{rss}</item></channel></rss>".encode()).entries
    assert " ".join(entry.link.title.split()) == title
    if "& " in written:
        assert entry.link.url == "https://b.example/?a=1&b=2"


def test_items_beside_the_channel_of_any_feed() -> None:
    item = "<item><title>Pegel</title><link>https://b.example/1</link></item>"
    rss = f"<rss version='2.0'><channel><title>C</title></channel>{item}</rss>"
    assert [entry.link.title for entry in read_feed(rss.encode()).entries] == ["Pegel"]


def test_entities_are_not_expanded() -> None:
    bomb = b'<!DOCTYPE rss [<!ENTITY a "lol"><!ENTITY b "&a;&a;&a;&a;&a;">]>'
    secret = b'<!DOCTYPE rss [<!ENTITY x SYSTEM "file:///etc/passwd">]>'
    for head, name in ((bomb, b"&b;"), (secret, b"&x;")):
        data = head + b"<rss><channel><item><title>" + name + b"</title></item></channel></rss>"
        with pytest.raises(InputError, match="entities"):
            read_feed(data)
        assert kind_of_links(data) == "feed"


def test_sitemaps() -> None:
    first, second = read_sitemap(NEWS).pages
    assert (first.url, first.title) == ("https://bote.example/a", "Titel A")
    assert (first.published, first.modified) == (date(2024, 11, 4), date(2024, 11, 5))
    assert (first.stamp, first.source, first.language) == (
        "2024-11-05T10:00:00+01:00", "Bote", "de",
    )  # fmt: skip
    assert (second.url, second.modified) == ("https://bote.example/c", None)
    index = read_sitemap(gzip.compress(INDEX))
    assert index.pages == ()
    assert [link.url for link in index.sitemaps] == ["https://bote.example/s1.xml.gz"]


@pytest.mark.parametrize(
    ("data", "error", "message"),
    [
        (b"<rss/>", InputError, "no sitemap"),
        (b"<urlset/>", EmptyInput, "lists no address"),
        (gzip.compress(INDEX)[:40], InputError, "damaged"),
        (gzip.compress(b"<urlset>" + b" " * 60_000_000), InputTooLarge, "50 MiB"),
    ],
    ids=["feed", "empty", "truncated", "bomb"],
)
def test_what_is_no_sitemap(data: bytes, error: type[InputError], message: str) -> None:
    with pytest.raises(error, match=message):
        read_sitemap(data)


def test_lists_of_addresses() -> None:
    data = "\ufeff# Lesezeichen\r\nhttps://a.example/1\r\n\r\n https://a.example/2\r\n".encode()
    assert kind_of_links(data) == "list"
    assert read_url_list(data + b"https://a.example/1\n") == (
        "https://a.example/1", "https://a.example/2",
    )  # fmt: skip
    assert kind_of_links(b"Siehe https://a.example/1\nhttps://a.example/2") == ""
    assert kind_of_links("https://a.example/1\n".encode("utf-16")) == "list"
    with pytest.raises(EmptyInput, match="no http"):
        read_url_list(b"# nichts\n")


@pytest.mark.parametrize(
    ("data", "kind", "pages"),
    [(RSS, "feed", 2), (ATOM, "feed", 1), (NEWS, "sitemap", 2), (b"http://a.example/", "list", 1)],
)
def test_links_of_all_kinds(data: bytes, kind: str, pages: int) -> None:
    links = read_links(data)
    assert (kind_of_links(data), links.kind, len(links.pages)) == (kind, kind, pages)
    assert pickle.loads(pickle.dumps(links)) == links


def test_a_file_that_only_names_articles_says_so() -> None:
    with pytest.raises(InputError, match="sitemap: it names"):
        articles(NEWS, "sitemap.xml")
    with pytest.raises(InputError, match="list of addresses"):
        articles(b"https://a.example/\n", "urls.txt")
    with pytest.raises(InputError, match="entries are teasers"):
        articles(RDF)
