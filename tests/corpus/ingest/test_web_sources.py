"""Pages, feeds, sitemaps and lists of addresses into the catalog, from a real server."""

import gzip
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from corpus.catalog.articles import Catalog
from corpus.catalog.database import Database
from corpus.catalog.inputs import InputLog
from corpus.ingest import web_sources as module
from corpus.ingest.pipeline import ingest
from corpus.ingest.writer import Tally
from corpus.web.client import Web
from corpus.web.robots import Pace
from tests.corpus.ingest.test_pipeline import counts, uris
from tests.sites import PUBLIC, Handler, Loopback, Site, serving

BASE = "http://bote.example"
TEXT = (
    "Die Fähre nach Osterholm fährt seit Montag wieder, nachdem sie drei Wochen lang in der Werft "
    "von Harlesund gelegen hatte. Nummer {}."
)


@pytest.fixture
def site() -> Iterator[Site]:
    with serving() as running:
        yield running


def page(number: int, head: str = "", more: str = "") -> str:
    return (
        f'<!doctype html><html lang="de"><head><title>Fähre {number}</title>{head}</head><body>'
        f"<article><h1>Fähre {number}</h1><p>{TEXT.format(number)}</p>"
        f"<p>Kapitänin Jule Brandt lobt den leisen Antrieb von Schiff {number} sehr.{more}</p>"
        "</article></body></html>"
    )


def rss(*items: str) -> str:
    return (
        '<?xml version="1.0"?><rss version="2.0"><channel><title>Harlesunder Bote</title>'
        + "".join(f"<item>{item}</item>" for item in items)
        + "</channel></rss>"
    )


def item(number: int, more: str = "") -> str:
    return f"<title>Fähre {number}</title><link>{BASE}/{number}</link>{more}"


def add(database: Database, site: Site, *inputs: Any, **options: Any) -> Tally:
    """Add inputs; every address leads to the site."""
    names = {
        "bote.example": [[PUBLIC]],
        "www.bote.example": [[PUBLIC]],
        "other.example": [[PUBLIC]],
    }
    web = Web(network=Loopback(site.port, names), pace=Pace(0, sleep=lambda seconds: None))
    return ingest(database, inputs, web=web, **options)


def test_a_page_is_an_article(database: Database, site: Site) -> None:
    site.page("/1", page(1))
    tally = add(database, site, f"{BASE}/1#part")
    assert (counts(tally), tally.skipped, tally.useless) == ((1, 0, 0, 0), [], [])
    article = Catalog(database).article(f"{BASE}/1")
    assert (article.title, article.url, article.source) == ("Fähre 1", f"{BASE}/1", "bote.example")
    assert TEXT.format(1) in article.text


def test_again_a_page_is_asked_whether_it_has_changed(database: Database, site: Site) -> None:
    state = {"tag": '"1"', "body": page(1)}

    def answer(handler: Handler) -> None:
        if handler.headers["If-None-Match"] == state["tag"]:
            handler.answer(b"", status=304)
        else:
            handler.answer(state["body"].encode(), etag=state["tag"], content_type="text/html")

    site.routes["/1"] = answer
    assert counts(add(database, site, f"{BASE}/1")) == (1, 0, 0, 0)
    before = database.generation
    assert counts(add(database, site, f"{BASE}/1")) == (0, 0, 1, 0)
    assert site.asked[-1][1]["If-None-Match"] == '"1"'
    assert database.generation == before
    state |= {"tag": '"2"', "body": page(1, more=" Sie fährt öfter.")}
    assert counts(add(database, site, f"{BASE}/1")) == (0, 1, 0, 0)
    assert len(Catalog(database).article(f"{BASE}/1").versions) == 1
    # What was removed comes back, though the page is the same.
    Catalog(database).remove(f"{BASE}/1")
    assert counts(add(database, site, f"{BASE}/1")) == (1, 0, 0, 0)


def test_the_canonical_address_is_the_uri_within_the_site(database: Database, site: Site) -> None:
    link = '<link rel="canonical" href="{}">'
    site.redirect("/old", "/1?from=feed")
    site.page("/1?from=feed", page(1, link.format("http://www.bote.example/1")))
    assert counts(add(database, site, f"{BASE}/old")) == (1, 0, 0, 0)
    assert uris(database) == ["http://www.bote.example/1"]


@pytest.mark.parametrize(
    "claimed", ["http://other.example/famous", "http://example/", "http://notbote.example/x"]
)
def test_a_page_cannot_pass_for_another_sites_article(
    database: Database, site: Site, claimed: str
) -> None:
    site.page("/famous", page(1))
    add(database, site, "http://other.example/famous")
    head = f'<link rel="canonical" href="{claimed}"><meta property="og:url" content="{claimed}">'
    site.page("/2", page(2, head))
    assert counts(add(database, site, f"{BASE}/2")) == (1, 0, 0, 0)
    assert uris(database) == [f"{BASE}/2", "http://other.example/famous"]
    assert Catalog(database).article(f"{BASE}/2").url == f"{BASE}/2"


def test_a_page_cannot_pass_for_a_file(database: Database, site: Site, tmp_path: Path) -> None:
    own = tmp_path / "own.txt"
    own.write_text("Eigenes\n\n" + TEXT.format(0))
    add(database, site, own)
    front = f"---\nuri: {own.as_uri()}\ntitle: T\n---\n\n{TEXT.format(9)}\n"
    site.page("/a.md", front, content_type="text/markdown")
    add(database, site, f"{BASE}/a.md")
    assert uris(database) == [own.as_uri(), f"{BASE}/a.md"]
    assert Catalog(database).article(own.as_uri()).versions == ()


def test_a_feed_brings_its_pages_with_what_it_says_of_them(database: Database, site: Site) -> None:
    more = "<pubDate>Mon, 04 Nov 2024 08:00:00 +0100</pubDate><category>Hafen</category>"
    site.page("/feed", rss(item(1, more), item(2), item(3)), content_type="application/rss+xml")
    for number in (1, 2):
        site.page(f"/{number}", page(number))
    tally = add(database, site, f"{BASE}/feed")
    assert counts(tally) == (2, 0, 0, 0)
    assert tally.skipped == [(f"{BASE}/3", "the server answers 404 (Not Found); check the address")]
    article = Catalog(database).article(f"{BASE}/1")
    assert (article.published, article.section) == (date(2024, 11, 4), "Hafen")
    assert InputLog(database).uris(f"{BASE}/feed") == [f"{BASE}/1", f"{BASE}/2"]


def test_again_a_feed_asks_only_for_what_is_new_or_failed(database: Database, site: Site) -> None:
    stamp = "<pubDate>Mon, 04 Nov 2024 0{}:00:00 +0100</pubDate>"
    site.page("/feed", rss(item(1, stamp.format(1)), item(2), item(3)))
    for number in (1, 2):
        site.page(f"/{number}", page(number))
    add(database, site, f"{BASE}/feed")
    site.asked.clear()
    site.page("/3", page(3))
    assert counts(add(database, site, f"{BASE}/feed")) == (1, 0, 2, 0)
    assert site.paths == ["/feed", "/3"]
    # A newer date in the feed says that the page has changed.
    site.asked.clear()
    site.page("/1", page(1, more=" Sie fährt öfter."))
    site.page("/feed", rss(item(1, stamp.format(2)), item(2), item(3)))
    assert counts(add(database, site, f"{BASE}/feed")) == (0, 1, 2, 0)
    assert site.paths == ["/feed", "/1"]


def test_after_a_day_pages_without_a_date_are_asked_again(
    database: Database, site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    site.page("/feed", rss(item(1)))
    site.page("/1", page(1))
    add(database, site, f"{BASE}/feed")
    monkeypatch.setattr(module, "REFRESH", timedelta(0))
    site.asked.clear()
    assert counts(add(database, site, f"{BASE}/feed")) == (0, 0, 1, 0)
    assert site.paths == ["/feed", "/1"]


def test_a_feed_that_has_not_changed_names_its_pages_still(database: Database, site: Site) -> None:
    def feed(handler: Handler) -> None:
        if handler.headers["If-None-Match"]:
            handler.answer(b"", status=304)
        else:
            handler.answer(rss(item(1), item(2)).encode(), etag='"f"')

    site.routes["/feed"] = feed
    site.page("/1", page(1))
    assert counts(add(database, site, f"{BASE}/feed")) == (1, 0, 0, 0)
    site.page("/2", page(2))
    assert counts(add(database, site, f"{BASE}/feed", sync=True)) == (1, 0, 1, 0)
    assert counts(add(database, site, f"{BASE}/feed", sync=True)) == (0, 0, 2, 0)


LONG = "".join(f"<p>{TEXT.format(at)} Das sagte die Reederei am Dienstag.</p>" for at in range(10))


def test_the_feeds_own_text_is_taken_where_the_page_cannot_be_had(
    database: Database, site: Site
) -> None:
    whole = f"<description><![CDATA[{LONG}]]></description>"
    site.page("/robots.txt", "User-agent: *\nDisallow: /2\n")
    site.page("/feed", rss(item(1, whole), item(2, whole.replace("Montag", "Freitag"))))
    site.page("/1", "", status=503)
    tally = add(database, site, f"{BASE}/feed")
    assert (counts(tally), tally.skipped) == ((2, 0, 0, 0), [])
    assert "Nummer 4." in Catalog(database).article(f"{BASE}/1").text


def test_a_page_in_an_articles_place_is_left_out_with_the_reason(
    database: Database, site: Site
) -> None:
    gone = page(1).replace("Fähre 1", "Seite nicht gefunden")
    body = gone[gone.index("<p>") : gone.rindex("</p>") + 4]
    site.page("/1", gone.replace(body, "<p>Diese Seite gibt es nicht mehr.</p>"))
    tally = add(database, site, f"{BASE}/1")
    assert counts(tally) == (0, 0, 0, 0)
    assert "nothing at its address" in tally.skipped[0][1]
    # What was an article before stays one, and what the feed has of it is taken.
    whole = f"<description><![CDATA[{LONG}]]></description>"
    site.page("/feed", rss(item(1, whole), item(2)))
    site.page("/2", page(2))
    assert counts(add(database, site, f"{BASE}/feed")) == (2, 0, 0, 0)
    site.page("/2", gone.replace(body, "<p>Diese Seite gibt es nicht mehr.</p>"))
    assert "nothing at its address" in add(database, site, f"{BASE}/2").skipped[0][1]
    assert TEXT.format(2) in Catalog(database).article(f"{BASE}/2").text


def test_a_feed_does_not_speak_for_other_sites(database: Database, site: Site) -> None:
    site.page("/famous", page(1))
    add(database, site, "http://other.example/famous")
    del site.routes["/famous"]
    text = f"<description><![CDATA[{LONG}]]></description>"
    site.page("/feed", rss(f"<link>http://other.example/new</link><guid>7</guid>{text}"))
    assert counts(add(database, site, f"{BASE}/feed")) == (1, 0, 0, 0)
    assert uris(database) == [f"{BASE}/feed#7", "http://other.example/famous"]


def test_entries_without_a_page_are_read_from_the_feed(database: Database, site: Site) -> None:
    text = f"<description><![CDATA[{LONG}]]></description>"
    site.page("/feed", rss(f"<title>T</title><guid isPermaLink='false'>k</guid>{text}"))
    assert counts(add(database, site, f"{BASE}/feed")) == (1, 0, 0, 0)
    assert uris(database) == [f"{BASE}/feed#k"]


@pytest.mark.parametrize(
    ("link", "path"),
    [
        ("/1", "/1"),
        ("1", "/press/1"),
        ("//bote.example/1", "/1"),
        (f"\n  {BASE}/1\n", "/1"),
        (f"{BASE}/Mühle Süd", "/M%C3%BChle%20S%C3%BCd"),
        ("/a|b?q={c}", "/a%7Cb?q=%7Bc%7D"),
    ],
)
def test_links_of_a_feed_are_read_as_browsers_do(
    database: Database, site: Site, link: str, path: str
) -> None:
    site.page(path, page(1))
    site.page("/press/feed", rss(f"<title>Fähre 1</title><link>{link}</link>"))
    tally = add(database, site, f"{BASE}/press/feed")
    assert (counts(tally), tally.skipped) == ((1, 0, 0, 0), [])
    assert uris(database) == [f"{BASE}{path}"]


def test_an_entry_that_gives_nothing_has_a_reason(database: Database, site: Site) -> None:
    site.page(
        "/feed",
        rss("<title>Ohne</title>", "<title>Post</title><link>mailto:a@b.example</link>", item(1)),
    )
    site.page("/1", page(1))
    tally = add(database, site, f"{BASE}/feed")
    assert counts(tally) == (1, 0, 0, 0)
    first, second = tally.skipped
    assert first[0] == f"{BASE}/feed “Ohne”"
    assert "no address" in first[1]
    assert second[0] == f"{BASE}/feed “Post”"
    assert "'mailto:a@b.example'" in second[1]


def test_two_entries_with_one_link(database: Database, site: Site) -> None:
    def entry(title: str, text: str) -> str:
        whole = f"<description><![CDATA[{text}]]></description>" if text else ""
        return f"<title>{title}</title><link>{BASE}/live</link>{whole}"

    site.page("/live", page(1))
    site.page("/teasers", rss(entry("Früh", ""), entry("Spät", ""), entry("Spät", "")))
    tally = add(database, site, f"{BASE}/teasers")
    assert counts(tally) == (1, 0, 0, 0)
    assert [name for name, _ in tally.skipped] == [f"{BASE}/teasers “Spät”"]
    assert f"same address, {BASE}/live" in tally.skipped[0][1]
    # Where the feed has their texts, each is an article.
    other = "".join(
        f"<p>Der Hafen meldet um {at} Uhr ruhige See und freie Plätze.</p>" for at in range(40)
    )
    site.page("/whole", rss(entry("Früh", LONG), entry("Spät", other)))
    tally = add(database, site, f"{BASE}/whole")
    assert (counts(tally), tally.skipped) == ((2, 0, 0, 0), [])
    assert len(uris(database)) == 3
    assert counts(add(database, site, f"{BASE}/whole")) == (0, 0, 2, 0)


def sitemap(*addresses: str, kind: str = "url") -> str:
    outer = "urlset" if kind == "url" else "sitemapindex"
    inner = "".join(f"<{kind}><loc>{item}</loc></{kind}>" for item in addresses)
    return f'<{outer} xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{inner}</{outer}>'


def test_sitemaps_inside_one_another_and_packed(database: Database, site: Site) -> None:
    site.page("/sitemap.xml", sitemap(f"{BASE}/a.xml", f"{BASE}/b.xml.gz", kind="sitemap"))
    site.page("/a.xml", sitemap(f"{BASE}/1", f"{BASE}/2"))
    site.page(
        "/b.xml.gz",
        gzip.compress(sitemap(f"{BASE}/2", f"{BASE}/3").encode()),
        content_type="application/gzip",
    )
    for number in (1, 2, 3):
        site.page(f"/{number}", page(number))
    tally = add(database, site, f"{BASE}/sitemap.xml")
    assert (counts(tally), tally.skipped) == ((3, 0, 0, 0), [])
    assert InputLog(database).uris(f"{BASE}/sitemap.xml") == [f"{BASE}/{n}" for n in (1, 2, 3)]


def test_a_news_sitemap_dates_its_pages(database: Database, site: Site) -> None:
    news = (
        '<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" '
        'xmlns:news="http://www.google.com/schemas/sitemap-news/0.9"><url>'
        f"<loc>{BASE}/1</loc><news:news><news:publication><news:name>Harlesunder Bote</news:name>"
        "<news:language>de</news:language></news:publication>"
        "<news:publication_date>2024-11-04T08:00:00+01:00</news:publication_date>"
        "<news:title>Fähre 1</news:title></news:news></url></urlset>"
    )
    site.page("/news.xml", news, content_type="application/xml")
    site.page("/1", page(1))
    add(database, site, f"{BASE}/news.xml")
    article = Catalog(database).article(f"{BASE}/1")
    assert (article.published, article.source) == (date(2024, 11, 4), "Harlesunder Bote")


def test_sitemaps_that_go_in_circles_or_too_deep(database: Database, site: Site) -> None:
    for at in range(5):
        site.page(f"/s{at}", sitemap(f"{BASE}/s{at + 1}", f"{BASE}/s0", kind="sitemap"))
    tally = add(database, site, f"{BASE}/s0")
    assert sum(counts(tally)) == 0
    assert [reason for _, reason in tally.skipped] == [
        "there are more than 3 sitemaps inside one another"
    ]


def test_relative_and_strange_addresses_in_a_sitemap(database: Database, site: Site) -> None:
    site.page("/sitemap.xml", sitemap("/1", "ftp://bote.example/2"))
    site.page("/1", page(1))
    tally = add(database, site, f"{BASE}/sitemap.xml")
    assert counts(tally) == (1, 0, 0, 0)
    assert tally.skipped == [
        ("ftp://bote.example/2", "this entry of the sitemap is no http or https address")
    ]


def test_a_sitemap_names_only_its_own_site(database: Database, site: Site) -> None:
    site.page("/sitemap.xml", sitemap("http://other.example/1", "http://127.0.0.1/1", f"{BASE}/1"))
    site.page("/1", page(1))
    tally = add(database, site, f"{BASE}/sitemap.xml")
    assert counts(tally) == (1, 0, 0, 0)
    assert {name for name, _ in tally.skipped} == {"http://other.example/1", "http://127.0.0.1/1"}


def test_a_feed_does_not_lead_inside(database: Database, site: Site) -> None:
    inside = (
        "http://169.254.169.254/latest",
        "http://127.0.0.1/a",
        "http://[::1]/b",
        "file:///etc/passwd",
    )
    site.page("/feed", rss(*(f"<link>{link}</link>" for link in inside), item(1)))
    site.page("/1", page(1))
    tally = add(database, site, f"{BASE}/feed")
    assert counts(tally) == (1, 0, 0, 0)
    names = [name for name, _ in tally.skipped]
    assert sorted(names) == sorted([*inside[:3], f"{BASE}/feed “{inside[3]}”"])
    assert site.paths == ["/feed", "/1"]


def test_one_run_takes_only_so_many_pages(
    database: Database, site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "MAX_PAGES", 2)
    site.page("/feed", rss(item(1), item(2), item(3)))
    for number in (1, 2, 3):
        site.page(f"/{number}", page(number))
    tally = add(database, site, f"{BASE}/feed")
    assert counts(tally) == (2, 0, 0, 0)
    assert tally.skipped[0][0] == "1 addresses"
    # The next run begins with what is new.
    assert counts(add(database, site, f"{BASE}/feed")) == (1, 0, 1, 0)


@pytest.mark.parametrize("by_option", [False, True])
def test_a_file_of_addresses(
    database: Database, site: Site, tmp_path: Path, by_option: bool
) -> None:
    path = tmp_path / "press.urls"
    path.write_text(f"# Fähren\n{BASE}/1\n\n{BASE}/feed\n{BASE}/1\n")
    site.page("/feed", rss(item(2)))
    for number in (1, 2):
        site.page(f"/{number}", page(number))
    named: dict[str, Any] = {"lists": [path]} if by_option else {}
    inputs = [] if by_option else [path]
    assert counts(add(database, site, *inputs, **named)) == (2, 0, 0, 0)
    assert InputLog(database).uris(path.as_uri()) == [f"{BASE}/1", f"{BASE}/2"]
    path.write_text(f"{BASE}/feed\n")
    tally = add(database, site, *inputs, **named, sync=True)
    assert (counts(tally), tally.removed) == ((0, 0, 1, 0), 1)


def test_addresses_in_a_file_that_lies_in_a_folder_are_not_fetched(
    database: Database, site: Site, tmp_path: Path
) -> None:
    (tmp_path / "press").mkdir()
    (tmp_path / "press" / "list.txt").write_text(f"{BASE}/1\n")
    (tmp_path / "press" / "feed.xml").write_text(rss(item(1)))
    (tmp_path / "press" / "map.xml").write_text(sitemap(f"{BASE}/1"))
    (tmp_path / "press" / "a.html").write_text(
        page(1, '<link rel="stylesheet" href="http://x.example/">')
    )
    tally = add(database, site, tmp_path / "press")
    assert counts(tally) == (1, 0, 0, 0)
    assert len(tally.skipped) == 3
    assert site.asked == []


def test_with_sync_what_a_feed_names_no_more_goes(database: Database, site: Site) -> None:
    for number in (1, 2, 3):
        site.page(f"/{number}", page(number))
    site.page("/feed", rss(item(1), item(2), item(3)))
    site.page("/other", rss(item(2)))
    add(database, site, f"{BASE}/feed", f"{BASE}/other", f"{BASE}/3")
    site.page("/feed", rss(item(4)))
    tally = add(database, site, f"{BASE}/feed")
    assert (sum(counts(tally)), tally.removed) == (0, 0)
    site.page("/feed", "", status=500)
    assert add(database, site, f"{BASE}/feed", sync=True).removed == 0
    site.page("/feed", rss(item(4)))
    # 2 is in another feed and 3 was named by itself.
    assert add(database, site, f"{BASE}/feed", sync=True).removed == 1
    assert uris(database) == [f"{BASE}/2", f"{BASE}/3"]
    site.page("/other", rss(item(4)))
    assert add(database, site, f"{BASE}/other", sync=True).removed == 1


@pytest.mark.parametrize(
    ("content_type", "body", "path"),
    [
        ("text/plain", page(1), "/a"),
        ("application/octet-stream", page(1), "/a.html"),
        ("", page(1), "/a.php?id=3"),
        ("text/html; charset=iso-8859-1", page(1).encode("latin-1"), "/a"),
        ("text/html; charset=utf-8", page(1).encode("cp1252"), "/a"),
        ("text/html; charset=nonsense", page(1), "/a"),
        ("text/plain; charset=utf-16", ("Fähre\n\n" + TEXT.format(1)).encode("utf-16"), "/a"),
        ("application/pdf", page(1), "/a.html"),
    ],
)
def test_pages_under_a_wrong_content_type(
    database: Database, site: Site, content_type: str, body: str | bytes, path: str
) -> None:
    site.page(path, body, content_type=content_type)
    tally = add(database, site, BASE + path)
    assert tally.skipped == []
    assert TEXT.format(1) in Catalog(database).article(BASE + path).text


@pytest.mark.parametrize(
    ("body", "content_type", "reason"),
    [
        (b"\x89PNG\r\n\x1a\n" + bytes(100), "text/html", "picture"),
        (b"", "text/html", "empty"),
        (b"<html><body><script>x()</script></body></html>", "text/html", "no text"),
        (b"\x7fELF" + bytes(100), "text/plain", "text|program"),
    ],
)
def test_pages_that_are_none(
    database: Database, site: Site, body: bytes, content_type: str, reason: str
) -> None:
    site.page("/a", body, content_type=content_type)
    tally = add(database, site, f"{BASE}/a")
    assert tally.useless == [f"{BASE}/a"]
    ((name, said),) = tally.skipped
    assert name == f"{BASE}/a"
    assert reason.split("|")[0] in said or reason.split("|")[-1] in said


def test_a_page_that_is_no_article_is_not_fetched_each_time(
    database: Database, site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    stamp = "<pubDate>Mon, 04 Nov 2024 0{}:00:00 +0100</pubDate>"
    site.page("/feed", rss(item(1, stamp.format(1)), item(2), item(3)))
    site.page("/1", "<html><body><script>x()</script></body></html>")
    site.page("/2", "")
    site.page("/3", page(3))
    assert [name for name, _ in add(database, site, f"{BASE}/feed").skipped] == [
        f"{BASE}/1",
        f"{BASE}/2",
    ]
    site.asked.clear()
    tally = add(database, site, f"{BASE}/feed")
    assert (counts(tally), tally.skipped, site.paths) == ((0, 0, 1, 0), [], ["/feed"])
    # Who names it is told again.
    assert "no text" in add(database, site, f"{BASE}/1").skipped[0][1]
    # Its feed says that it has changed, or a day has gone by.
    site.page("/1", page(1))
    site.page("/2", page(2))
    site.page("/feed", rss(item(1, stamp.format(2)), item(2), item(3)))
    assert counts(add(database, site, f"{BASE}/feed")) == (1, 0, 1, 0)
    monkeypatch.setattr(module, "REFRESH", timedelta(0))
    assert counts(add(database, site, f"{BASE}/feed")) == (1, 0, 2, 0)


def test_an_interrupted_feed_goes_on_where_it_stopped(database: Database, site: Site) -> None:
    site.page("/feed", rss(*(item(number) for number in range(1, 5))))
    for number in (1, 2, 4):
        site.page(f"/{number}", page(number))

    def stop(handler: Handler) -> None:
        handler.answer(page(3).encode(), content_type="text/html")

    site.routes["/3"] = stop
    seen: list[int] = []

    def progress(done: int, total: int) -> None:
        seen.append(done)
        if done == 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        add(database, site, f"{BASE}/feed", progress=progress)
    site.asked.clear()
    assert counts(add(database, site, f"{BASE}/feed")) == (2, 0, 2, 0)
    assert site.paths == ["/feed", "/3", "/4"]


def test_lines_of_a_list_that_are_no_addresses_are_named(
    database: Database, site: Site, tmp_path: Path
) -> None:
    site.page("/1", page(1))
    path = tmp_path / "list.txt"
    path.write_text(f"# Fähren\n{BASE}/1\nftp://bote.example/2\n\n" + "bote\n" * 25)
    tally = add(database, site, lists=[path])
    assert counts(tally) == (1, 0, 0, 0)
    said = "this line of the list is no http or https address"
    assert tally.skipped[0] == ("ftp://bote.example/2", said)
    assert len(tally.skipped) == 21
    assert tally.skipped[-1][0] == "6 more lines"
