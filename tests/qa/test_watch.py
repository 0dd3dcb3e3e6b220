"""Adding from the web, synchronising, watching, correcting and removing, as users do it."""

import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from corpus.errors import ArticleNotFound, QuestionError, RemovalNotConfirmed, SettingsError
from qa import watch as watching
from qa.collection import Collection
from qa.results import AddReport
from qa.watch import Watched, watch
from tests.corpus.ingest.test_web_sources import page
from tests.fakes import FakeEncoder, write
from tests.qa.cli.test_app import Run, run
from tests.sites import Site, serving

__all__ = ["run"]

ROOT = Path(__file__).parents[2]


@pytest.fixture
def site() -> Iterator[Site]:
    with serving() as running:
        running.page("/1", page(1))
        yield running


def titles(collection: Collection) -> list[str]:
    return sorted(info.title for info in collection.articles())


def test_an_address_on_this_machine_has_to_be_meant(collection: Collection, site: Site) -> None:
    report = collection.add(f"{site.url}/1")
    assert report.useless == (f"{site.url}/1",)
    assert "--allow-private" in report.skipped[0][1]
    assert collection.add(f"{site.url}/1", allow_private=True).added == 1
    assert collection.add(f"{site.url}/1", allow_private=True).unchanged == 1
    assert collection.retrieve("Kapitänin Jule Brandt", k=1)[0].article.uri == f"{site.url}/1"
    assert collection.remove(f"{site.url}/1") == 1


def test_files_make_no_request(
    collection: Collection, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[Any] = []

    def note(event: str, values: tuple[Any, ...]) -> None:
        if event in ("socket.connect", "socket.getaddrinfo", "socket.sendto"):
            asked.append(values)

    sys.addaudithook(note)
    folder = write(tmp_path / "press", list="http://bote.example/1\n")
    head = (
        '<link rel="canonical" href="http://bote.example/1"><img src="http://bote.example/p.png">'
    )
    (folder / "a.html").write_text(page(1, head, '<img src="//bote.example/q.png">'))
    (folder / "feed.xml").write_text(
        "<rss><channel><item><link>http://bote.example/2</link></item></channel></rss>"
    )
    (folder / "map.xml").write_text("<urlset><url><loc>http://bote.example/3</loc></url></urlset>")
    assert collection.add(folder, sync=True).added == 1
    collection.edit("http://bote.example/1", url="http://bote.example/4")
    assert asked == []


def test_correcting(collection: Collection, press: Path, encoder: FakeEncoder) -> None:
    collection.add(press)
    uri = (press / "ferry.txt").as_uri()
    article = collection.edit(
        uri, title="Strom statt Diesel", source="Bote", published="2024-05-03", authors="A. B."
    )
    assert (article.title, article.source, article.published, article.authors) == (
        "Strom statt Diesel", "Bote", date(2024, 5, 3), ("A. B.",)
    )  # fmt: skip
    assert article.versions == ()
    assert collection.missing() == 0
    passage = collection.retrieve("Kapitänin Jule Brandt", k=1, sources="bote")[0]
    assert passage.citation.startswith("Strom statt Diesel, Bote, 03.05.2024")
    write(press, ferry=(press / "ferry.txt").read_text() + "\n\nNachtrag: Sie fährt.")
    assert collection.add(press).updated == 1
    assert collection.article(uri).title == "Strom statt Diesel"
    assert list(collection.corrections(uri)) == ["authors", "published", "source", "title"]
    assert collection.edit(uri, undo=["title", "published"]).title == "Neue Fähre für Osterholm"
    assert list(collection.corrections(uri)) == ["authors", "source"]


def test_correcting_embeds_nothing_where_nothing_was(
    collection: Collection, press: Path, encoder: FakeEncoder
) -> None:
    collection.add(press, embed=False)
    collection.edit((press / "ferry.txt").as_uri(), title="Anders")
    assert encoder.batches == []


def test_what_cannot_be_corrected(collection: Collection, press: Path) -> None:
    collection.add(press)
    uri = (press / "ferry.txt").as_uri()
    with pytest.raises(ArticleNotFound):
        collection.edit("x:nowhere", title="T")
    with pytest.raises(SettingsError, match="no metadata colour"):
        collection.edit(uri, colour="red")
    with pytest.raises(SettingsError, match="no metadata colour"):
        collection.edit(uri, undo="colour")
    with pytest.raises(SettingsError, match="is no date"):
        collection.add(press, metadata={"published": "bald"})


def test_removing_by_source_and_by_words(collection: Collection, press: Path) -> None:
    collection.add(press / "ferry.txt", metadata={"source": "Bote"})
    collection.add(press)
    assert [info.source for info in collection.select(source="BOTE")] == ["Bote"]
    assert [info.title for info in collection.select(matching='taschenuhren "holger petzold"')] == [
        "Uhrenmuseum öffnet wieder"
    ]
    assert collection.select(matching="Taschenuhr") == []
    assert collection.select(matching='"petzold holger"') == []
    assert collection.select(press / "museum.txt", source="Bote") == []
    assert collection.remove(press, source="Bote") == 1
    assert collection.remove(matching="SWING Bridge") == 1
    assert titles(collection) == ["Uhrenmuseum öffnet wieder"]
    assert collection.remove(matching="Nirgendwo") == 0
    for nothing in ("", " ", '""', "…"):
        with pytest.raises(QuestionError, match="no word"):
            collection.remove(matching=nothing)
    with pytest.raises(QuestionError, match="Say which articles"):
        collection.remove()
    assert len(titles(collection)) == 1


def test_the_command_line_adds_from_the_web(run: Run, site: Site, tmp_path: Path) -> None:
    (tmp_path / "list.txt").write_text(f"{site.url}/1\n{site.url}/2\n")
    refused = run("add", f"{site.url}/1")
    assert refused.code == 1
    assert "--allow-private" in refused.err
    result = run("add", "--urls", tmp_path / "list.txt", "--allow-private", "--section", "Hafen")
    assert result.code == 0
    assert "1 added" in result.err
    assert "404" in result.err
    assert run("list", "--json").json[0]["section"] == "Hafen"
    assert run("remove", f"{site.url}/1").err.startswith("Removed 1 article. To bring back")


def test_the_command_line_synchronises(run: Run, press: Path) -> None:
    run("add", press, "--ignore", "museum*")
    (press / "ferry.txt").unlink()
    assert "1 removed" in run("add", press, "--sync", "--ignore", "museum*").err
    assert "0 skipped; nothing embedded" in run("add", press, "--ignore", "museum*").err
    bad = run("add", press, "--published", "gestern")
    assert bad.code == 1
    assert "is no date" in bad.err


def test_the_command_line_asks_before_sync_removes_many(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = write(tmp_path / "many", **{f"n{at}": f"Meldung {at} vom Hafen." for at in range(25)})
    run("add", folder)
    for at in range(5):
        (folder / f"n{at}.txt").unlink()
    write(folder, new="Etwas anderes steht hier.")
    refused = run("add", folder, "--sync")
    assert refused.code == 1
    assert "1 added" in refused.err
    assert "5 of 25 articles would be removed" in refused.err
    assert "--yes" in refused.err
    assert len(run("list", "--json").json) == 26
    # In a terminal it is a question.
    answers = iter((False, True))
    monkeypatch.setattr("sys.stdin.isatty", lambda: True)
    monkeypatch.setattr("typer.confirm", lambda _text, **_: next(answers))
    assert run("add", folder, "--sync").code == 1
    assert len(run("list", "--json").json) == 26
    asked = run("add", folder, "--sync")
    assert asked.code == 0
    assert (folder / "n0.txt").as_uri() in asked.err
    assert "5 removed" in asked.err
    assert len(run("list", "--json").json) == 21
    # And all of it comes back.
    listed = run("restore", "--removed").out.splitlines()
    assert len(listed) == 5
    assert (folder / "n0.txt").as_uri() in listed[-1]
    assert run("restore", "--removed", folder / "n0.txt").err == "1 article brought back."
    assert len(run("restore", "--removed", "--json").json) == 4
    assert run("restore", "--removed", folder).err == "4 articles brought back."
    assert run("restore", "--removed").err == "Nothing was removed in the last 30 days."
    assert run("restore", "--removed", "x:nowhere").code == 1
    assert run("restore").code == 2
    assert run("add", folder, "--sync", "--yes").code == 0


def test_the_command_line_says_what_was_kept(
    run: Run, press: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run("add", press / "museum.txt")

    def interrupted(*_: Any, **__: Any) -> Any:
        raise KeyboardInterrupt

    monkeypatch.setattr("qa.articles.ArticleStore._embed", interrupted)
    stopped = run("add", press)
    assert stopped.code == 130
    assert (
        "Stopped. What was added before is kept: the collection holds 3 articles, 5 paragraphs"
        in (stopped.err)
    )


def test_from_python_many_are_removed_only_when_that_is_said(
    collection: Collection, tmp_path: Path
) -> None:
    folder = write(tmp_path / "many", **{f"n{at}": f"Meldung {at} vom Hafen." for at in range(25)})
    collection.add(folder)
    for at in range(5):
        (folder / f"n{at}.txt").unlink()
    with pytest.raises(RemovalNotConfirmed, match=r"remove_many=True") as refused:
        collection.add(folder, sync=True)
    assert refused.value.report.unchanged == 20
    assert len(refused.value.uris) == 5
    assert collection.add(folder, sync=True, remove_many=True).removed == 5
    encoder = collection.encoder
    assert isinstance(encoder, FakeEncoder)
    batches = len(encoder.batches)
    assert len(collection.restore_removed(folder)) == 5
    assert collection.embed() == 0
    assert len(encoder.batches) == batches
    assert len(titles(collection)) == 25
    uri = (folder / "n7.txt").as_uri()
    collection.remove(uri)
    assert [item.uri for item in collection.removed()] == [uri]


def test_the_command_line_corrects(run: Run, press: Path) -> None:
    run("add", press)
    uri = (press / "ferry.txt").as_uri()
    assert run("edit", uri).err == "Nothing is corrected."
    result = run(
        "edit", uri, "--title", "Strom [1]", "--author", "A", "--author", "B", "--source", ""
    )
    assert (result.code, result.err) == (0, "authors: A, B source: (none) title: Strom [1]")
    shown = run("show", uri)
    assert "Strom [1]" in shown.out
    assert "Set by you: authors, source, title" in shown.out
    assert run("show", uri, "--json").json["corrections"]["authors"] == ["A", "B"]
    assert run("edit", uri, "--undo", "title", "--json").json == {
        "authors": ["A", "B"],
        "source": "",
    }
    assert run("edit", "x:nowhere").code == 1


def test_the_command_line_asks_before_it_removes(run: Run, press: Path) -> None:
    run("add", press)
    asked = run("remove", "--matching", "Taschenuhren")
    assert asked.code == 1
    assert "Uhrenmuseum öffnet wieder" in asked.err
    assert "give --yes" in asked.err
    assert len(run("list", "--json").json) == 3
    removed = run("remove", "--matching", "Taschenuhren", "--yes").err
    assert removed == (
        "Removed 1 article. To bring back within 30 days: article-qa restore --removed"
    )
    assert run("remove", "--source", "Niemand").err == "Removed 0 articles."
    assert run("remove").code == 2


class Watching:
    """`watch` in a thread, with its reports."""

    def __init__(self, collection: Collection, watched: Watched, every_s: float = 3600) -> None:
        self.reports: list[AddReport] = []
        self.failed: list[BaseException] = []
        self.stop = threading.Event()

        def add(inputs: Any, lists: Any) -> AddReport:
            return collection.add(*inputs, urls=lists, allow_private=True, sync=True)

        def follow() -> None:
            try:
                for report in watch(watched, add, every_s=every_s, stop=self.stop):
                    self.reports.append(report)
            except BaseException as exc:  # noqa: BLE001 - shown by the test
                self.failed.append(exc)

        self.thread = threading.Thread(target=follow)
        self.thread.start()

    def wait(self, count: int) -> AddReport:
        deadline = time.monotonic() + 30
        while len(self.reports) < count and not self.failed and time.monotonic() < deadline:
            time.sleep(0.02)
        assert not self.failed
        assert len(self.reports) >= count
        return self.reports[count - 1]

    def end(self) -> None:
        self.stop.set()
        self.thread.join(30)
        assert not self.thread.is_alive()


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(watching, "STEP_S", 0.1)


@pytest.mark.usefixtures("quick")
def test_a_folder_is_followed(collection: Collection, press: Path, tmp_path: Path) -> None:
    # The collection lies beside the articles, and writing to it is no news.
    following = Watching(collection, Watched([tmp_path], collection=collection.path))
    assert following.wait(1).added == 3
    time.sleep(0.5)
    write(press, new="Sturm\n\nDer Sturm hat am Dienstag zwei Bäume auf die Gleise geworfen.")
    assert following.wait(2).added == 1
    (press / "ferry.txt").unlink()
    assert following.wait(3).removed == 1
    time.sleep(0.5)
    (press / "museum.txt").rename(press / "uhren.txt")
    assert following.wait(4).moved == 1
    assert len(titles(collection)) == 3
    time.sleep(0.5)
    following.end()
    assert len(following.reports) == 4


@pytest.mark.usefixtures("quick")
def test_addresses_are_polled(collection: Collection, site: Site) -> None:
    following = Watching(collection, Watched([f"{site.url}/1"]), every_s=0.3)
    assert following.wait(1).added == 1
    site.page("/1", page(1, more=" Sie fährt öfter."))
    deadline = time.monotonic() + 30
    while not any(report.updated for report in following.reports) and time.monotonic() < deadline:
        time.sleep(0.05)
    following.end()
    assert sum(report.updated for report in following.reports) == 1


def test_watching_ends_cleanly(press: Path, tmp_path: Path) -> None:
    # What runs in the background inherits an ignored SIGINT, and Python leaves it at that.
    program = (
        "import signal; signal.signal(signal.SIGINT, signal.default_int_handler); "
        "from qa.cli.app import main; main()"
    )
    command = [
        sys.executable, "-c", program, "--collection", str(tmp_path / "collection"),
        "add", str(press), "--watch", "--no-embed", "--json",
    ]  # fmt: skip
    with subprocess.Popen(
        command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        env={**os.environ, "PYTHONUNBUFFERED": "1"},
    ) as process:  # fmt: skip
        assert process.stderr
        assert "Watching" in process.stderr.readline()
        time.sleep(1)
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=60)
    assert process.returncode == 0
    assert json.loads(out)["added"] == 3
    assert err == "Stopped. What was added before is kept.\n"
