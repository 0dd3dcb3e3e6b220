"""The library without a browser: what is listed, counted, drawn, kept and removed."""

import io
import json
import re
import threading
import zipfile
from collections.abc import Iterator
from contextlib import closing
from datetime import date
from pathlib import Path
from urllib.parse import quote

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from corpus.catalog.lock import writer, writer_lock
from corpus.errors import CollectionLocked
from qa import Collection, open_collection
from qa.conversation_file import FILE
from qa.i18n import Words
from qa.results import ArticleInfo, HeldArticle
from qa.server import Options
from qa.server.inspect import Inspect
from qa.server.library.chart import Strip, columns, strip
from qa.server.library.jobs import Job, JobLine, Jobs
from qa.server.library.overview import describe_job
from qa.server.library.routes import MOST_ADDRESSES, Library
from qa.server.library.uploads import Uploads, safe_name
from qa.server.library.view import View, choose, spellings
from qa.server.matches import Matches
from qa.server.rendering import render
from qa.server.security import Security
from qa.standing import StandingQuestions
from tests.fakes import FakeEncoder
from tests.qa.server.chat.fake import HOSTILE

OWN = {"origin": "http://testserver"}
HARBOUR = (
    "Der Hafen von Neustadt wird im Mai 2025 ausgebaggert, sagte Hafenmeister Uwe Brandt am "
    "Montag. Die Arbeiten kosten neun Millionen Euro."
)


@pytest.fixture
def collection(tmp_path: Path) -> Iterator[Collection]:
    with open_collection(tmp_path / "press", create=True, encoder=FakeEncoder()) as opened:
        yield opened


def client_of(
    collection: Collection, *, editable: bool = True, originals: bool = False
) -> TestClient:
    app = FastAPI()
    app.add_middleware(Security, options=Options(hosts=None))
    Library(collection, editable=editable, originals=originals).add_routes(app)
    Matches(collection).add_routes(app)
    Inspect(collection).add_routes(app)
    return TestClient(app, headers={"accept-language": "en"})


def held(title: str, source: str = "", day: date | None = None, **extra: object) -> HeldArticle:
    info = ArticleInfo(f"file:///{title}", title, source=source, published=day, language="de")
    return HeldArticle(info, 3, **extra)  # type: ignore[arg-type]


ARTICLES = [
    held("Zoo", "Bote", date(2024, 10, 25)),
    held("Äpfel", "BOTE", None, alike=("file:///Zoo",)),
    held("Brücke", "Kurier", date(2025, 1, 3), missing=2),
]


def titles(view: View) -> list[str]:
    return [item.info.title for item in choose(ARTICLES, view)]


def test_the_newest_come_first_and_the_undated_last() -> None:
    assert titles(View.of({})) == ["Brücke", "Zoo", "Äpfel"]
    assert titles(View.of({"sort": "published", "order": "up"})) == ["Zoo", "Brücke", "Äpfel"]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({"q": "BRÜ"}, ["Brücke"]),
        ({"q": "kurier brü"}, ["Brücke"]),
        ({"q": "nowhere"}, []),
        ({"show": "alike"}, ["Äpfel"]),
        ({"show": "missing"}, ["Brücke"]),
        ({"show": "undated"}, ["Äpfel"]),
        ({"since": "nonsense", "show": "nonsense", "page": "x", "sort": "x"}, None),
    ],
)
def test_filters(query: dict[str, str], expected: list[str] | None) -> None:
    assert titles(View.of(query)) == (["Brücke", "Zoo", "Äpfel"] if expected is None else expected)


def test_an_address_says_again_what_was_asked() -> None:
    view = View.of({"q": "a&b=c", "text": "1", "sort": "title", "order": "down", "page": "3"})
    assert view.query() == "q=a%26b%3Dc&text=1&sort=title&order=down&page=3"
    assert (view.search, view.in_text, view.descending, view.page) == ("a&b=c", True, True, 3)


def test_the_text_is_searched_where_it_is_asked_for() -> None:
    view = View.of({"q": "Giraffe", "text": "1"})
    assert [item.info.title for item in choose(ARTICLES, view, None, {"file:///Zoo"})] == ["Zoo"]
    assert choose(ARTICLES, view, {"file:///Brücke"}, {"file:///Zoo"}) == []


def test_what_is_asked_for_becomes_filters() -> None:
    view = View.of({"source": "bote", "since": "2024-12-01", "q": "x", "show": "alike"})
    assert view.filters() == {"sources": "bote", "since": "2024-12-01"}
    assert View.of({"until": "nonsense"}).filters() == {}


def test_the_table_is_filtered_as_everything_else_is(collection: Collection) -> None:
    for title, source, day, language in (
        ("Zoo", "Bote", "2024-10-25", "de"),
        ("Apples", "BOTE", None, "en"),
        ("Brücke", "Kurier", "2025-01-03", "de"),
    ):
        path = collection.path.parent / f"{title}.txt"
        path.write_text(f"{title}\n\n{HARBOUR}", encoding="utf-8")
        metadata = {"title": title, "source": source, "published": day, "language": language}
        collection.add(path, embed=False, metadata=metadata)
    client = client_of(collection)

    def there(query: str) -> set[str]:
        text = client.get(f"/library?{query}").text
        return {name for name in ("Zoo", "Apples", "Brücke") if f">{name}<" in text}

    assert there("") == {"Zoo", "Apples", "Brücke"}
    assert there("source=bote") == {"Zoo", "Apples"}
    assert there("language=de-AT") == {"Zoo", "Brücke"}
    assert there("since=2024-12-01") == {"Brücke"}
    assert there("until=2024-12-01&source=bote") == {"Zoo"}
    assert there("since=2025-01-01&until=2024-01-01") == set()


def test_a_source_in_capitals_is_the_same_source() -> None:
    assert spellings(item.info for item in ARTICLES) == {"bote": "Bote", "kurier": "Kurier"}


def test_months_are_counted_without_gaps() -> None:
    shown = columns(item.info for item in ARTICLES)
    assert shown.periods == ("2024-10", "2024-11", "2024-12", "2025-01")
    assert dict(zip(shown.sources, shown.counts, strict=True)) == {
        "Bote": (1, 0, 0, 0),
        "Kurier": (0, 0, 0, 1),
    }
    assert (shown.undated, shown.others, shown.yearly) == (1, False, False)


def test_many_months_are_years_and_many_sources_share_a_row() -> None:
    infos = [held(f"{n}", f"S{n % 9}", date(1000 + n * 100, 12, 31)).info for n in range(10)]
    shown = columns([*infos, held("x", "S0", date(1900, 1, 1)).info])
    assert shown.yearly
    assert (shown.periods[0], shown.periods[-1], len(shown.periods)) == ("1000", "1900", 901)
    assert (len(shown.sources), shown.others, shown.sources[0]) == (5, True, "S0")
    assert sum(map(sum, shown.counts)) == 11


def test_the_strip_is_said_in_words_and_links_lead_to_each_month_and_back() -> None:
    view = View(source="Bote", since="2024-10-01", until="2024-10-31", page=3)
    drawn = strip(columns(item.info for item in ARTICLES), view, Words("de"))
    assert isinstance(drawn, Strip)
    assert "2 Artikel von Oktober 2024 bis Januar 2025" in drawn.said
    assert [bar.height for bar in drawn.bars] == [100.0, 0.0, 0.0, 100.0]
    assert [bar.is_chosen for bar in drawn.bars] == [True, False, False, False]
    assert drawn.bars[0].query == "source=Bote"
    assert drawn.bars[3].query == "source=Bote&since=2025-01-01&until=2025-01-31"
    assert drawn.bars[3].tip == "Januar 2025: 1 Artikel"
    assert drawn.rows[-1] == ("Oktober 2024", "since=2024-10-01&until=2024-10-31", [1, 0, 1])
    assert strip(columns([held("x").info]), view, Words("de")) is None


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("a/b/../Bericht.pdf", "Bericht.pdf"),
        ("..\\..\\x.html", "x.html"),
        (".htaccess", "htaccess"),
        ("", "file"),
        ("a\u202egpj.exe\x00", "a gpj.exe"),
        ("con:<>|?.txt", "con.txt"),
        ("ü" * 300 + ".html", "ü" * 72 + ".html"),
    ],
)
def test_a_files_name_leads_nowhere_else(given: str, kept: str) -> None:
    assert safe_name(given) == kept


def test_a_file_that_brings_nothing_leaves_the_earlier_one(tmp_path: Path) -> None:
    uploads = Uploads(tmp_path)
    uploads.receive("1", 0, "a.txt", io.BytesIO(b"first")).place()
    second = uploads.receive("2", 0, "a.txt", io.BytesIO(b"second"))
    assert second.place().read_bytes() == b"second"
    second.discard()
    assert [path.name for path in uploads.folder.iterdir() if path.is_file()] == ["a.txt"]
    assert (uploads.folder / "a.txt").read_bytes() == b"first"


def test_files_of_one_batch_with_one_name_do_not_replace_each_other(tmp_path: Path) -> None:
    uploads = Uploads(tmp_path)
    batch = [uploads.receive("1", n, "index.html", io.BytesIO(b"%d" % n)) for n in range(2)]
    uploads.apart(batch)
    assert len({upload.place() for upload in batch}) == 2


def add(client: TestClient, *files: tuple[str, bytes]) -> str:
    """Upload files, and return the job's page once it is over."""
    sent = [("files", (name, data)) for name, data in files]
    return settled(client, client.post("/library/add", files=sent, headers=OWN))


def settled(client: TestClient, response: object) -> str:
    address = str(response.url)  # type: ignore[attr-defined]
    for _ in range(200):
        text = client.get(address).text
        if "data-job" not in text:
            return str(text)
        threading.Event().wait(0.05)
    raise AssertionError(text)


def test_files_are_added_with_a_line_each(collection: Collection) -> None:
    client = client_of(collection)
    rows = b'{"uri": "x:1", "title": "One", "text": "First row."}\n{"broken\n'
    bad = ("bad.exe", b"MZ\x00\x01" * 900)
    shown = add(client, ("good.txt", HARBOUR.encode()), bad, ("rows.jsonl", rows))
    assert "2 added, 1 not read." in shown
    assert 'class="outcome skipped"' in shown
    assert 'class="outcome partly"' in shown
    assert "no valid JSON" in shown
    assert {info.uri for info in collection.articles()} == {
        "x:1",
        (collection.path / "uploads" / "good.txt").resolve().as_uri(),
    }
    assert collection.missing() == 0
    assert sorted(path.name for path in (collection.path / "uploads").iterdir()) == [
        "good.txt",
        "rows.jsonl",
    ]


def test_the_same_name_again_is_a_new_version(collection: Collection) -> None:
    client = client_of(collection)
    add(client, ("a.txt", HARBOUR.encode()))
    shown = add(client, ("a.txt", HARBOUR.replace("neun", "elf").encode()))
    assert "1 updated" in shown
    (info,) = collection.articles()
    assert len(collection.article(info.uri).versions) == 1
    page = client.get("/library/article", params={"uri": info.uri}).text
    assert "Version 1" in page
    assert "elf Millionen" in page


def test_a_path_is_no_address(collection: Collection) -> None:
    client = client_of(collection)
    sent = {"addresses": "/etc/passwd file:///etc/passwd http://127.0.0.1:9/x"}
    shown = settled(client, client.post("/library/addresses", data=sent, headers=OWN))
    assert shown.count("not accepted") == 2
    assert "is not on the public internet" in shown
    assert collection.articles() == []
    many = " ".join(f"http://a.example/{n}" for n in range(MOST_ADDRESSES + 1))
    assert (
        client.post("/library/addresses", data={"addresses": many}, headers=OWN).status_code == 400
    )
    assert client.post("/library/addresses", data={}, headers=OWN).status_code == 400


def test_removing_asks_first_and_takes_the_upload_along(collection: Collection) -> None:
    client = client_of(collection)
    add(client, ("a.txt", HARBOUR.encode()), ("b.txt", b"Something else entirely, in English."))
    uri = (collection.path / "uploads" / "a.txt").resolve().as_uri()
    asked = client.post("/library/remove", data={"uri": uri}, headers=OWN)
    assert "For 30 days" in asked.text
    assert len(collection.articles()) == 2
    gone = client.post("/library/remove", data={"uri": uri, "confirmed": "yes"}, headers=OWN)
    assert "1 article was removed" in settled(client, gone)
    assert [path.name for path in (collection.path / "uploads").iterdir()] == ["b.txt"]
    again = client.post("/library/remove", data={"uri": uri, "confirmed": "yes"}, headers=OWN)
    assert "already removed" in settled(client, again)
    assert len(collection.articles()) == 1


def test_a_file_stays_while_one_of_its_articles_does(collection: Collection) -> None:
    client = client_of(collection)
    add(client, ("rows.jsonl", b'{"title": "A", "text": "One."}\n{"title": "B", "text": "Two."}\n'))
    first, second = [info.uri for info in collection.articles()]
    for uri, left in ((first, ["rows.jsonl"]), (second, [])):
        sent = {"uri": uri.replace("%", "%25"), "confirmed": "yes"}
        settled(client, client.post("/library/remove", data=sent, headers=OWN))
        assert [path.name for path in (collection.path / "uploads").iterdir()] == left


def test_an_archive_stays_while_one_of_its_entries_does(collection: Collection) -> None:
    client = client_of(collection)
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for name in ("eins.txt", "zwei drei.txt"):
            archive.writestr(name, f"{HARBOUR} {name}")
    add(client, ("Archiv 1!.zip", packed.getvalue()), ("other.txt", b"Something else."))
    for left in (3, 2, 1):
        kept = {path.name for path in (collection.path / "uploads").iterdir()}
        assert kept == ({"other.txt"} if left == 1 else {"Archiv 1!.zip", "other.txt"})
        uris = [info.uri for info in collection.articles() if "other" not in info.uri]
        assert len(uris) == left - 1
        if uris:
            sent = {"uri": quote(uris[0], safe=""), "confirmed": "yes"}
            settled(client, client.post("/library/remove", data=sent, headers=OWN))


def test_an_article_is_read_with_its_quote_marked_and_the_rest_folded(
    collection: Collection, tmp_path: Path
) -> None:
    path = tmp_path / "hafen.html"
    path.write_text(
        f"<article><h1>Neustadt baggert</h1><p>{HARBOUR}</p><figure><img src='x.png'><figcaption>"
        f"Der Hafen im Winter. Foto: U. Brandt</figcaption></figure><p>{HARBOUR} Zweimal.</p>"
        "</article>",
        encoding="utf-8",
    )
    collection.add(path)
    (info,) = collection.articles()
    article = collection.article(info.uri)
    start = article.text.index("sagte Hafenmeister")
    client = client_of(collection)
    page = client.get(
        "/library/article", params={"uri": info.uri, "mark": f"{start}-{start + 18}"}
    ).text
    assert page.count("<mark>") == 1
    assert "<mark>sagte Hafenmeister</mark>" in page
    assert "file:///" not in re.sub(r'href="[^"]*"|value="[^"]*"', "", page)
    for odd in ("9-3", "x-y", "-", "1-99999999999999999999999999"):
        shown = client.get("/library/article", params={"uri": info.uri, "mark": odd})
        assert shown.status_code == 200
        assert "<mark>" not in shown.text


def test_the_original_is_given_only_where_nobody_else_could_ask_for_it(
    collection: Collection, tmp_path: Path
) -> None:
    path = tmp_path / "hafen.html"
    path.write_text(f"<p>{HARBOUR}</p>", encoding="utf-8")
    collection.add(path)
    uri = path.resolve().as_uri()
    client = client_of(collection)
    assert client.get("/library/file", params={"uri": uri}).status_code == 404
    files = {"files": ("neu.txt", io.BytesIO(f"{HARBOUR} Neu.".encode()), "text/plain")}
    client.post("/library/add", files=files, headers=OWN)
    (uploaded,) = [each.uri for each in collection.articles() if each.uri != uri]
    got = client.get("/library/file", params={"uri": uploaded})
    assert got.content == f"{HARBOUR} Neu.".encode()
    alone = client_of(collection, originals=True)
    got = alone.get("/library/file", params={"uri": uri})
    assert got.headers["content-type"] == "application/octet-stream"
    assert got.headers["content-disposition"].startswith("attachment")
    outside = (tmp_path / "secret.txt").as_uri()
    assert alone.get("/library/file", params={"uri": outside}).status_code == 404


def test_all_matches_with_phrases_and_words_left_out(
    collection: Collection, tmp_path: Path
) -> None:
    (tmp_path / "a.txt").write_text(f"Baggern\n\n{HARBOUR}", encoding="utf-8")
    (tmp_path / "b.txt").write_text(
        "Zoo\n\nIm Hafen von Neustadt gibt es jetzt ein Aquarium mit Haien.", encoding="utf-8"
    )
    collection.add(tmp_path / "a.txt", tmp_path / "b.txt")
    client = client_of(collection)

    def there(typed: str, **others: str) -> set[str]:
        text = client.get("/matches", params={"q": typed, **others}).text
        return {name for name in ("Baggern", "Zoo") if f">{name}</a>" in text}

    assert there("Hafen Neustadt") == {"Baggern", "Zoo"}
    assert there("Hafen -aquarium") == {"Baggern"}
    assert there('Hafen "neun Millionen Euro"') == {"Baggern"}
    assert there("Hafen „neun Euro“") == set()
    assert there("Hafen", since="2031-01-01", sort="date") == set()
    assert client.get("/matches").status_code == 200


def test_a_text_is_pasted_and_its_metadata_corrected(collection: Collection) -> None:
    client = client_of(collection)
    form = {"title": "Baggern im Mai", "text": HARBOUR}
    settled(client, client.post("/library/text", data=form, headers=OWN))
    (info,) = collection.articles()
    assert info.title == "Baggern im Mai"
    correct = {"uri": quote(info.uri, safe=""), "title": info.title, "source": "Neustädter Bote",
               "published": "2025-03-04", "authors": "Uwe Kern, Ida Lund"}  # fmt: skip
    page = client.post("/library/edit", data=correct, headers=OWN).text
    assert "Neustädter Bote · 4 March 2025 · Uwe Kern, Ida Lund" in page
    assert set(collection.corrections(info.uri)) == {"source", "published", "authors"}
    zoo = {"text": f"Zoo\n\n{HARBOUR} Haie."}
    settled(client, client.post("/library/text", data=zoo, headers=OWN))
    uris = [quote(each.uri, safe="") for each in collection.articles()]
    client.post("/library/edit", data={"uri": uris, "source": "Kurier"}, headers=OWN)
    found = collection.articles()
    assert {each.source for each in found} == {"Kurier"}
    assert {each.title for each in found} == {"Baggern im Mai", "Zoo"}
    assert client.post("/library/edit", data={"source": "x"}, headers=OWN).status_code == 400
    assert client.post("/library/text", data={"text": " "}, headers=OWN).status_code == 400
    shut = client_of(collection, editable=False)
    assert shut.post("/library/edit", data=correct, headers=OWN).status_code == 403


def test_a_pasted_text_is_changed_before_it_is_added(collection: Collection) -> None:
    client = client_of(collection)
    form = {"title": "Baggern", "text": f"{HARBOUR}\n\nAbonnieren Sie unseren Newsletter <b>."}
    shown = client.post("/library/preview", data=form, headers=OWN).text
    assert "Newsletter &lt;b&gt;" in shown
    assert shown.count("<select") == 3
    assert collection.articles() == []
    changed = {**form, "previewed": "1", "new-title": "Baggern im Mai", "new-source": "Bote",
               "new-published": "2025-03-04", "new-authors": "", "role-2": "body",
               "role-3": "promo", "role-99": "promo", "role-1": "nonsense"}  # fmt: skip
    settled(client, client.post("/library/text", data=changed, headers=OWN))
    (info,) = collection.articles()
    assert (info.title, info.source, str(info.published)) == (
        "Baggern im Mai",
        "Bote",
        "2025-03-04",
    )
    roles = [str(each.role) for each in collection.article(info.uri).paragraphs]
    assert roles[1:] == ["body", "promo"]
    assert client.post("/library/preview", data={"text": ""}, headers=OWN).status_code == 400
    shut = client_of(collection, editable=False)
    assert shut.post("/library/preview", data=form, headers=OWN).status_code == 403


def test_the_time_left_goes_by_the_pace_so_far(monkeypatch: pytest.MonkeyPatch) -> None:
    now = [100.0]
    monkeypatch.setattr("qa.server.library.jobs.time.monotonic", lambda: now[0])
    job = Job("add", [JobLine("a")] * 10, total=10)
    job.begin("reading")
    job.done = 1
    assert job.seconds_left() is None
    now[0] += 60
    job.done = 4
    assert job.seconds_left() == 90.0
    assert describe_job(job, Words("de"))["left"] == "noch etwa 2 Minuten"
    job.progress("embedding", 1, 2)
    assert job.seconds_left() is None
    now[0] += 7200
    assert describe_job(job, Words("en"))["left"] == "about 2 hours left"


def test_several_are_removed_together(collection: Collection) -> None:
    client = client_of(collection)
    rows = b"".join(
        b'{"uri": "x:%d", "title": "T%d", "text": "Row %d."}\n' % (n, n, n) for n in range(9)
    )
    add(client, ("rows.jsonl", rows))
    uris = [f"x:{n}" for n in range(7)] + ["x:gone", "file:///nowhere"]
    sent = {"uri": uris, "confirmed": "yes"}
    shown = settled(client, client.post("/library/remove", data=sent, headers=OWN))
    assert "7 articles were removed" in shown
    assert shown.count("already removed") == 2
    assert {info.uri for info in collection.articles()} == {"x:7", "x:8"}
    kept = collection.path / "uploads" / "rows.jsonl"
    assert kept.exists()
    rest = {"uri": ["x:7", "x:8"], "confirmed": "yes"}
    settled(client, client.post("/library/remove", data=rest, headers=OWN))
    assert not kept.exists()
    assert "9 added" in add(client, ("rows.jsonl", rows))


@pytest.mark.parametrize("path", ["/add", "/addresses", "/samples", "/embed", "/remove"])
def test_nothing_changes_for_others_or_where_it_is_only_shown(
    collection: Collection, path: str
) -> None:
    client = client_of(collection)
    assert client.post(f"/library{path}").status_code == 403  # says nothing of its origin
    foreign = {"origin": "http://evil.example"}
    assert client.post(f"/library{path}", headers=foreign).status_code == 403
    assert client.post(f"/library{path}", headers={"origin": "null"}).status_code == 403
    shown = client_of(collection, editable=False)
    assert shown.post(f"/library{path}", headers=OWN).status_code == 403
    assert "can read the articles here" in shown.get("/library").text
    assert collection.articles() == []


def test_an_upload_above_the_limit_is_refused_unread(collection: Collection) -> None:
    headers = {**OWN, "content-length": "600000000", "content-type": "multipart/form-data"}
    assert client_of(collection).post("/library/add", headers=headers).status_code == 413


def test_a_form_that_cannot_be_read_is_said(collection: Collection) -> None:
    headers = {**OWN, "content-type": "multipart/form-data; boundary=x"}
    response = client_of(collection).post("/library/add", headers=headers, content=b"--y\r\n")
    assert response.status_code == 400
    assert "<h1>" in response.text


def test_another_writer_is_named_and_waited_for(collection: Collection) -> None:
    client = client_of(collection)
    job = Job("add", [JobLine("x", "/nowhere/x")])
    with writer_lock(collection.path):
        assert "process" in writer(collection.path)
        assert "Another program is writing" in client.get("/library").text
        jobs = Jobs(collection)
        jobs.start(job)
        for _ in range(200):
            if job.waiting_for:
                break
            threading.Event().wait(0.05)
        assert "process" in job.waiting_for
    assert writer(collection.path) == ""
    assert job.over.wait(10)
    assert (job.stage, job.lines[0].state, job.waiting_for) == ("done", "skipped", "")


def test_a_job_that_is_stopped_leaves_the_rest(
    collection: Collection, monkeypatch: pytest.MonkeyPatch
) -> None:
    jobs, job = Jobs(collection), Job("add", [JobLine("a", "/a"), JobLine("b", "/b")])

    def locked(*_: object, **__: object) -> None:
        job.stop.set()
        raise CollectionLocked("busy")

    monkeypatch.setattr(collection, "add", locked)
    jobs.start(job)
    assert job.over.wait(10)
    assert job.stage == "stopped"
    assert [line.state for line in job.lines] == ["stopped", "stopped"]


def test_what_is_new_on_a_standing_question_is_said_with_the_job(
    collection: Collection, tmp_path: Path
) -> None:
    with closing(StandingQuestions(collection.path / FILE)) as standing:
        standing.add("Was gibt es Neues zum Hafen von Neustadt?")
        standing.add("Was gibt es Neues zur Imkerei in Wald?")
    (tmp_path / "a.txt").write_text(HARBOUR, encoding="utf-8")
    jobs = Jobs(collection)
    first, again = (jobs.start(Job("add", [JobLine("a", str(tmp_path / "a.txt"))])) for _ in "12")
    assert first.over.wait(30)
    assert again.over.wait(30)
    assert first.news == [("Was gibt es Neues zum Hafen von Neustadt?", 1)]
    assert again.news == []
    shown = render("job.html", Words("de"), **describe_job(first, Words("de")))
    assert "Neues zu gemerkten Fragen:" in shown
    assert "Hafen von Neustadt? (1 Artikel)" in shown


def test_a_job_that_ends_while_it_is_drawn_is_asked_for_again() -> None:
    words, job = Words("en"), Job("embed", [])
    values = describe_job(job, words)
    job.embedded, job.stage = 1, "done"
    job.over.set()
    assert "data-job" in render("job.html", words, **values)
    shown = render("job.html", words, **describe_job(job, words))
    assert "data-job" not in shown
    assert "1 piece of text was prepared for search" in shown


def test_embed_now(collection: Collection, tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text(HARBOUR, encoding="utf-8")
    collection.add(tmp_path / "a.txt", embed=False)
    client = client_of(collection)
    assert "1 paragraph can be found by its words only" in client.get("/library").text
    shown = settled(client, client.post("/library/embed", headers=OWN))
    assert "1 piece of text was prepared for search" in shown
    assert collection.missing() == 0
    assert "by its words only" not in client.get("/library").text


def test_hostile_articles_are_text_on_every_page(collection: Collection, tmp_path: Path) -> None:
    rows = [
        {"uri": f"javascript:{text}", "title": text, "source": text, "authors": [text],
         "text": f"Before {text} after, with \u202e turned words."}
        for text in HOSTILE
    ]  # fmt: skip
    table = tmp_path / "rows.jsonl"
    table.write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    collection.add(table)
    client = client_of(collection)
    uris = [info.uri for info in collection.articles()]
    assert len(uris) == len(HOSTILE)
    pages = [client.get("/library").text, client.get("/inspect?q=Before+after&k=50").text]
    pages += [client.get("/library/article", params={"uri": uri}).text for uri in uris]
    asked = client.post("/library/remove", data={"uri": uris}, headers=OWN)
    for page in [*pages, asked.text]:
        for bad in ("<img", "<script>", "<details open", 'href="javascript', "\u202e"):
            assert bad not in page
        assert page.count("<script") == 1  # the page's own


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/library?page=99999&q=%00%ff", 200),
        ("/library/article?uri=nowhere", 404),
        ("/library/article", 404),
        ("/library/jobs/unknown", 404),
        ("/library/remove?uri=nowhere", 200),
        ("/inspect?q=&k=-4", 200),
        ("/inspect?q=" + "x" * 5000, 400),
        ("/inspect?q=Hafen&k=99999", 200),
    ],
)
def test_odd_addresses(collection: Collection, path: str, status: int) -> None:
    response = client_of(collection).get(path)
    assert response.status_code == status
    assert "<h1>" in response.text


def test_the_language_is_chosen_and_kept(collection: Collection) -> None:
    client = client_of(collection)
    assert '<html lang="en">' in client.get("/library").text
    assert '<html lang="de">' in client.get("/library?lang=de").text
    assert '<html lang="de">' in client.get("/inspect").text


def test_inspecting_says_what_became_of_each_passage(
    collection: Collection, tmp_path: Path
) -> None:
    (tmp_path / "a.txt").write_text(HARBOUR, encoding="utf-8")
    (tmp_path / "b.txt").write_text("Der Bahnhof bleibt, wie er ist.", encoding="utf-8")
    collection.add(tmp_path / "a.txt", tmp_path / "b.txt")
    question = "Wann wird der Hafen von Neustadt ausgebaggert?"
    answer = collection.ask(question, k=10)
    page = client_of(collection).get("/inspect", params={"q": question}).text
    assert page.count('class="rank"') == len(collection.explain(question, 10).passages) == 2
    said = "cited as" if answer.answered else "nearest, but not sure enough"
    assert said in page
    assert "Contains: " in page
    refused = client_of(collection).get("/inspect", params={"q": "Was kostet ein Elefant?"}).text
    assert "No answer found" in refused
    assert "not sure enough" in refused


def test_a_page_of_the_original_is_given_as_a_picture(collection: Collection) -> None:
    file = Path(__file__).parents[3] / "data" / "formats" / "good" / "ferry-chromium.pdf"
    collection.add(file)
    ((uri, article),) = [(info.uri, collection.article(info.uri)) for info in collection.articles()]
    body = next(each for each in article.paragraphs if each.role == "body")
    address = f"/library/page?uri={quote(uri, safe='')}&page=1&mark={body.start}-{body.end}"
    given = client_of(collection, originals=True).get(address)
    assert given.headers["content-type"] == "image/jpeg"
    assert given.content.startswith(b"\xff\xd8\xff")
    page = client_of(collection, originals=True).get(f"/library/article?uri={quote(uri, safe='')}")
    assert 'loading="lazy"' in page.text
    # A file that is not theirs is given to nobody, nor a page that is not there.
    assert client_of(collection).get(address).status_code == 404
    assert "/library/page" not in client_of(collection).get("/library/article?uri=" + uri).text
    asked = client_of(collection, originals=True).get(address.replace("page=1&", "page=77&"))
    assert asked.status_code == 404
