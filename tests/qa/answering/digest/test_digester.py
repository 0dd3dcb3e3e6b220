"""Digests of invented articles: chosen from one story, in order, cited exactly, or refused."""

from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path

import pytest

from corpus.errors import QuestionError
from qa import Answer, Collection, open_collection
from qa.generation.protocol import Message
from qa.results import DigestEntry, Refusal
from tests.fakes import FakeEncoder
from tests.qa.answering.digest.stories import OTHER, STORY, write_table


@pytest.fixture(scope="module")
def collection(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Collection]:
    folder: Path = tmp_path_factory.mktemp("digests")
    with open_collection(folder / "c", create=True, encoder=FakeEncoder()) as made:
        made.add(write_table(folder, STORY + OTHER), group_by="article")
        yield made


def cited(answer: Answer) -> set[str]:
    return {item.passage.article.uri.rpartition("#")[2] for item in answer.citations}


def entries(answer: Answer) -> list[DigestEntry]:
    assert answer.digest is not None
    return [entry for part in answer.digest.parts for entry in part.entries]


BRIDGE = {"bridge-1", "bridge-2", "bridge-3"}


@pytest.mark.parametrize(
    ("kind", "question"),
    [
        ("overview", "Was gibt es zur Hängebrücke in Tannried?"),
        ("timeline", "Chronik der Hängebrücke in Tannried"),
        ("compare", "Vergleiche die Angaben zum Schaden an der Hängebrücke in Tannried"),
        ("list", "Welche Summen werden zur Hängebrücke in Tannried genannt?"),
        ("latest", "Was ist der neueste Stand bei der Hängebrücke in Tannried?"),
    ],
)
def test_one_story_is_quoted_exactly(collection: Collection, kind: str, question: str) -> None:
    answer = collection.digest(question, kind)
    assert answer.answered
    assert answer.kind == kind
    assert answer.digest is not None
    assert answer.digest.kind == kind
    assert cited(answer) <= BRIDGE
    assert [entry.sentence for entry in entries(answer)] == list(answer.sentences)
    for item in answer.citations:
        article = collection.article(item.passage.article.uri)
        assert article.text[item.start : item.end] == item.quote


def test_a_summary_is_of_the_article_that_is_named(collection: Collection) -> None:
    answer = collection.digest(
        "Fasse den Artikel des Lohrtal-Kuriers zur Hängebrücke zusammen", "summary"
    )
    assert cited(answer) == {"bridge-2"}
    assert 3 <= len(answer.sentences) <= 6
    starts = [item.start for item in answer.citations]
    assert starts == sorted(starts)


def test_the_first_report_is_the_oldest(collection: Collection) -> None:
    answer = collection.digest("Sum up the first report on the Hängebrücke in Tannried", "summary")
    assert cited(answer) == {"bridge-1"}


def test_a_timeline_is_in_the_order_of_the_events(collection: Collection) -> None:
    found = entries(collection.digest("Chronik der Hängebrücke in Tannried", "timeline"))
    days = [entry.since for entry in found]
    assert days == sorted(day for day in days if day)
    fall = next(entry for entry in found if "Felssturz" in entry.sentence.text)
    assert (fall.since, fall.when, fall.certain) == (date(2024, 3, 5), "Dienstag", True)
    assert not next(entry for entry in found if "310.000" in entry.sentence.text).certain


def test_news_since_a_day_leave_out_what_was_printed_before(collection: Collection) -> None:
    question = "Was gibt es seit Oktober 2024 Neues zur Hängebrücke in Tannried?"
    assert cited(collection.digest(question, "latest")) == {"bridge-3"}


def test_what_corrects_comes_before_what_it_corrects(collection: Collection) -> None:
    question = "Vergleiche die Angaben zum Schaden an der Hängebrücke in Tannried"
    answer = collection.digest(question, "compare")
    places = [
        next(at for at, item in enumerate(answer.sentences) if value in item.text)
        for value in ("275.000", "310.000", "120.000")
    ]
    assert places == sorted(places)
    newest = entries(answer)[places[0]]
    assert {side.value for side in newest.differs} == {"310.000 Euro", "120.000 Euro"}


def test_a_comparison_says_what_differs_what_is_alike_and_what_only_one_tells(
    tmp_path: Path,
) -> None:
    told = [
        ("Bote", "2024-03-01", "In Tannried riss der Damm am Teich. 40 Keller liefen voll. Der "
         "Damm ist 60 Meter lang. Die Wehrführerin Ahrend lobte ihre Leute."),
        ("Kurier", "2024-03-02", "In Tannried riss der Damm am Teich. 55 Keller liefen voll. Der "
         "Damm misst 60 Meter. Pumpen kamen aus Querau."),
    ]  # fmt: skip
    articles = [
        {"article": source, "title": f"Damm in Tannried gerissen, {source}", "source": source,
         "published": day, "paragraphs": [text]}
        for source, day, text in told
    ]  # fmt: skip
    with open_collection(tmp_path / "c", create=True, encoder=FakeEncoder()) as made:
        made.add(write_table(tmp_path, articles), group_by="article")
        answer = made.digest("Vergleiche die Berichte zum Damm in Tannried", "compare")
    assert answer.digest is not None
    parts = {part.role: part for part in answer.digest.parts}
    differ, agree = parts["differ"], parts["agree"]
    assert differ.title == "Unterschiedlich: 55 Keller · 40 Keller"
    assert [entry.value for entry in differ.entries] == ["55 Keller", "40 Keller"]
    assert "55 Keller" in answer.text.splitlines()[0]
    assert "(Kurier, 02.03.2024) 55 Keller liefen voll. [" in answer.text
    assert {item.passage.article.source for item in agree.entries[0].sentence.citations} == {
        "Bote", "Kurier",
    }  # fmt: skip
    only = [part for part in answer.digest.parts if part.role == "only"]
    assert [part.title for part in only] == ["Nur Kurier", "Nur Bote"]
    assert "Pumpen" in only[0].entries[0].sentence.text


@pytest.mark.parametrize("question", ["Vergleiche Wallau und Ostrach", "Compare Wallau to Ostrach"])
def test_things_that_no_article_has_together_are_compared(tmp_path: Path, question: str) -> None:
    towns = {"Wallau": "liegt am Fluss Lohr", "Ostrach": "steht auf einem Berg"}
    articles = [
        {
            "article": town,
            "title": town,
            "source": "Lexikon",
            "paragraphs": [f"{town} {what}.", f"In {town} wohnen viele Leute.", f"{town} ist alt."],
        }
        for town, what in towns.items()
    ]
    with open_collection(tmp_path / "c", create=True, encoder=FakeEncoder()) as made:
        made.add(write_table(tmp_path, articles), group_by="article")
        answer = made.digest(question, "compare")
        other = made.digest("Vergleiche Wallau und Zwettl", "compare")
    assert answer.digest is not None
    assert [part.title for part in answer.digest.parts] == ["Wallau", "Ostrach"]
    first, second = answer.digest.parts
    assert all("Wallau" in entry.sentence.text for entry in first.entries)
    assert all("Ostrach" in entry.sentence.text for entry in second.entries)
    assert not other.answered


def test_parts_of_a_question_are_answered_one_by_one(collection: Collection) -> None:
    question = "Wer klagt über leere Tische und wie viele Gäste kamen zur Wiedereröffnung?"
    answer = collection.digest(question, "several")
    assert answer.digest is not None
    first, second = answer.digest.parts
    assert any("Jost Engel" in entry.sentence.text for entry in first.entries)
    assert any("600 Gäste" in entry.sentence.text for entry in second.entries)


@pytest.mark.parametrize(
    "question",
    [
        "Fasse zusammen, was über den Tunnel in Oberhausen geschrieben wurde",
        "Was weißt du über den Zoo in Schlettau?",
        "Give me an overview of the Hängebrücke in Waldkirch",
    ],
)
def test_what_no_article_is_about_is_refused(collection: Collection, question: str) -> None:
    answer = collection.digest(question, "overview")
    assert not answer.answered
    assert answer.refusal is Refusal.NOTHING_NEAR
    assert answer.digest is None
    assert not answer.citations


class Writer:
    """A language model that repeats the first sentence of the first source."""

    name = "writer"

    def __init__(self) -> None:
        self.asked: list[Message] = []

    def write(self, messages: Sequence[Message]) -> Iterator[str]:
        self.asked += messages
        yield "Die Hängebrücke über die Lohr in Tannried ist seit Samstag wieder offen [1]."


def test_a_language_model_is_given_what_the_digest_cites(collection: Collection) -> None:
    writer = Writer()
    question = "Was ist der neueste Stand bei der Hängebrücke in Tannried?"
    answer = collection.digest(question, "latest", generator=writer)
    assert answer.model == "writer"
    assert answer.sentences[0].supported
    system, user = writer.asked
    assert "höchstens acht" in system.content
    quoted = {entry.sentence.citations[0].passage.citation for entry in entries(answer)}
    assert user.content.count("<quelle") == len(quoted)


def test_a_timeline_is_not_worded_anew(collection: Collection) -> None:
    writer = Writer()
    answer = collection.digest("Chronik der Hängebrücke in Tannried", "timeline", generator=writer)
    assert not answer.model
    assert not writer.asked


def test_an_unknown_kind_is_refused(collection: Collection) -> None:
    with pytest.raises(QuestionError, match="is no digest"):
        collection.digest("Was gibt es Neues?", "fact")


def test_articles_without_a_date_are_named(tmp_path: Path) -> None:
    undated = [{**article, "published": ""} for article in STORY[:1]] + STORY[1:]
    with open_collection(tmp_path / "c", create=True, encoder=FakeEncoder()) as made:
        made.add(write_table(tmp_path, undated), group_by="article")
        answer = made.digest("Chronik der Hängebrücke in Tannried", "timeline")
    assert answer.digest is not None
    assert [note for note in answer.digest.notes if STORY[0]["title"] in note]


def test_a_collection_of_one_paragraph_is_summed_up(tmp_path: Path) -> None:
    one = {**OTHER[0], "paragraphs": OTHER[0]["paragraphs"][:1]}
    with open_collection(tmp_path / "c", create=True, encoder=FakeEncoder()) as made:
        made.add(write_table(tmp_path, [one]), group_by="article")
        answer = made.digest("Fasse den Artikel über das Sägewerk in Querau zusammen", "summary")
    assert len(answer.sentences) == 3
