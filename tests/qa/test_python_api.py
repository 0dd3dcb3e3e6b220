"""Python as a door: the page's examples, many threads, iterators, and what notebooks show."""

import re
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from html.parser import HTMLParser
from itertools import count
from pathlib import Path
from typing import Any

import pytest

import qa.collection
from corpus.errors import QuestionError
from qa.collection import Collection, open_collection
from qa.results import Listed
from qa.testing import FakeEncoder
from tests.conftest import BRIDGE, FERRY, MUSEUM
from tests.fakes import write

ROOT = Path(__file__).parents[2]
QUESTION = "Was kostet ein Fahrschein auf der Fähre nach Osterholm?"
EVIL = '<script>alert("x")</script> & "Abs"'


@pytest.fixture
def filled(collection: Collection, press: Path) -> Collection:
    collection.add(press)
    return collection


def examples(page: str) -> list[str]:
    text = (ROOT / "docs" / page).read_text(encoding="utf-8")
    return re.findall(r"^```python\n(.*?)^```", text, re.M | re.S)


def test_the_examples_of_the_page_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(qa.collection, "SentenceTransformerEncoder", lambda _: FakeEncoder())
    write(tmp_path / "articles", ferry=FERRY, bath="Stadtbad\n\nDas Stadtbad öffnet am 3. Mai.")
    row = '{"uri": "x:1", "title": "Eintritt", "body": "Der Eintritt kostet drei Euro."}\n'
    (tmp_path / "archive.jsonl").write_text(row, encoding="utf-8")
    found = examples("python-api.md")
    assert len(found) >= 3
    for number, code in enumerate(found):
        exec(compile(code, f"docs/python-api.md, example {number}", "exec"), {})
    assert "Das Stadtbad öffnet am 3. Mai. [1]" in capsys.readouterr().out


def test_iterators_give_what_single_calls_give(filled: Collection) -> None:
    questions = [QUESTION, "Wann öffnet das Uhrenmuseum?", "Why does the bridge close?"]
    single = [filled.retrieve(question, 2) for question in questions]
    for together in (1, 2, 5):
        assert list(filled.retrieve_each(questions, 2, together=together)) == single
    assert list(filled.ask_each(questions)) == [filled.ask(question) for question in questions]
    assert [article.uri for article in filled.each_article()] == [
        info.uri for info in filled.articles()
    ]
    assert list(filled.retrieve_each([])) == []


def test_iterators_take_questions_as_they_need_them(filled: Collection) -> None:
    taken = count()

    def endless() -> Iterator[str]:
        while True:
            yield f"Frage {next(taken)}"

    some = filled.retrieve_each(endless(), 1, together=3)
    assert len([next(some) for _ in range(4)]) == 4
    assert next(taken) == 6
    assert next(filled.ask_each(endless())).question.startswith("Frage")
    with pytest.raises(QuestionError, match="together"):
        next(filled.retrieve_each([QUESTION], together=0))
    with pytest.raises(QuestionError, match="empty"):
        list(filled.ask_each([QUESTION, " "]))


def test_an_article_that_goes_meanwhile_is_left_out(filled: Collection) -> None:
    articles = filled.each_article()
    first = next(articles)
    gone = next(info.uri for info in filled.articles() if info.uri != first.uri)
    filled.remove(gone)
    rest = [article.uri for article in articles]
    assert gone not in rest
    assert len(rest) == 1


def test_threads_read_while_another_adds(filled: Collection, tmp_path: Path) -> None:
    more = write(
        tmp_path / "more",
        **{f"n{number}": f"Nachricht {number}\n\nDer Pegel stieg um {number} Zentimeter."
           for number in range(40)},
    )  # fmt: skip
    stop = threading.Event()

    def read(_: int) -> int:
        rounds = 0
        while not stop.is_set() or rounds < 3:
            passages = filled.retrieve(QUESTION, 3)
            assert [item.rank for item in passages] == [1, 2, 3]
            answer = filled.ask(QUESTION)
            assert answer.answered
            for citation in answer.citations:
                text = filled.article(citation.passage.article.uri).text
                assert text[citation.start : citation.end] == citation.quote
            rounds += 1
        return rounds

    with ThreadPoolExecutor(4) as pool:
        readers = [pool.submit(read, number) for number in range(3)]
        try:
            for name in sorted(more.iterdir()):
                filled.add(name)
            filled.remove(more)
        finally:
            stop.set()
        assert all(reader.result(60) >= 3 for reader in readers)
    assert len(filled.articles()) == 3


def test_results_read_well_when_printed(filled: Collection) -> None:
    passage = filled.retrieve(QUESTION, 1)[0]
    assert str(passage) == f"1. {passage.citation}\n{passage.text}"
    answer = filled.ask(QUESTION)
    assert str(answer).startswith(answer.text)
    assert f"[1] {answer.citations[0].passage.citation}: “" in str(answer)
    assert str(passage.article) == "Neue Fähre für Osterholm"
    assert repr(passage).startswith("Passage(text=")


class Page(HTMLParser):
    """Collects the tags, links and text of a page."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.links: list[str] = []
        self.text = ""
        self.marked = ""
        self._inside: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: Any) -> None:
        self.tags.add(tag)
        self._inside.append(tag)
        self.links += [value for name, value in attrs if name == "href"]

    def handle_endtag(self, tag: str) -> None:
        self._inside.pop()

    def handle_data(self, data: str) -> None:
        self.text += data
        if "mark" in self._inside:
            self.marked += data


def test_notebooks_show_an_answer_with_its_quotes_marked(filled: Collection) -> None:
    answer = filled.ask(QUESTION)
    page = Page(answer._repr_html_())
    assert answer.text in page.text
    assert page.marked == "".join(citation.quote for citation in answer.citations)
    refused = filled.ask("Wer gewann die Wahl in Neuseeland?")
    shown = Page(refused._repr_html_())
    assert refused.text in shown.text
    assert refused.passages[0].text in shown.text


@pytest.mark.parametrize("url", ["javascript:alert(1)", "", "file:///etc/passwd", "data:x"])
def test_nothing_of_an_article_is_html_or_a_strange_link(filled: Collection, url: str) -> None:
    passage = filled.retrieve(QUESTION, 1)[0]
    info = replace(passage.article, title=EVIL, url=url, source=EVIL)
    evil = replace(passage, text=EVIL, citation=EVIL, article=info, start=0, end=len(EVIL))
    answer = filled.ask(QUESTION)
    cited = replace(answer.citations[0], passage=evil, quote=EVIL[:9], start=0, end=9)
    bad = replace(answer, question=EVIL, text=EVIL, note=EVIL, citations=(cited,), passages=(evil,))
    shown = [
        evil._repr_html_(), bad._repr_html_(), Listed([evil])._repr_html_(),
        Listed([info])._repr_html_(), Listed([EVIL])._repr_html_(),
    ]  # fmt: skip
    for html in shown:
        page = Page(html)
        assert "script" not in page.tags
        assert EVIL in page.text
        assert page.links == []


def test_a_link_is_escaped(filled: Collection) -> None:
    passage = filled.retrieve(QUESTION, 1)[0]
    url = 'https://bote.example/?a="b"&c=<d>'
    linked = replace(passage, article=replace(passage.article, url=url))
    assert Page(linked._repr_html_()).links == [url]


def test_lists_are_lists_and_show_as_tables(filled: Collection) -> None:
    passages = filled.retrieve(QUESTION, 3)
    assert isinstance(passages, list)
    assert passages == list(passages)
    assert isinstance(passages, Listed)
    page = Page(passages._repr_html_())
    assert {"table", "tr", "td"} <= page.tags
    assert all(item.text in page.text for item in passages)
    articles = filled.articles()
    assert isinstance(articles, Listed)
    assert all(info.title in Page(articles._repr_html_()).text for info in articles)
    assert "and 10 more" in Listed(["x"] * 60)._repr_html_()
    assert Listed([])._repr_html_() == "<p>[]</p>"


def test_the_fake_encoder_is_the_same_everywhere(tmp_path: Path) -> None:
    one, other = FakeEncoder(), FakeEncoder()
    texts = [FERRY, MUSEUM, BRIDGE, ""]
    assert (one.encode(texts, "document") == other.encode(texts, "document")).all()
    assert one.documents == texts
    # Of these numbers a copy elsewhere can say whether it is the same.
    assert one.vector("Fähre").argmax() == FakeEncoder().vector("fähre").argmax()
    with open_collection(tmp_path / "own", create=True, encoder=one) as collection:
        collection.add(write(tmp_path / "press", ferry=FERRY))
        assert collection.retrieve("Fähre", k=1)
    assert one.questions == ["Fähre"]
