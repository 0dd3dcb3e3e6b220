"""Questions as they are read in a conversation: each with what was asked before it."""

from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from qa.retrieval.reading import write_asked
from training.reader.sets import LabelledSet, read_lines, read_set
from training.reader.written import read_conversations

TALK = "talk-"
"""How the names of sets begin that are made of conversations; they end in the language."""


def read_talks(name: str, data: Path) -> LabelledSet:
    """Read the turns of conversations that follow another one, and questions that could.

    A turn without an answer is one about the paragraph that was talked about before. A question
    that stands alone is among them behind the one before it in its set, whose article may be
    another: what was asked before must not mislead.

    Args:
        name: `talk-de` or `talk-en`, by the articles' language.
        data: the folder with train-talk-de and the articles that it talks about.

    Raises:
        FileNotFoundError: the folder does not hold them.
    """
    language = name.removeprefix(TALK)
    paragraphs: dict[str, dict[str, Any]] = {}
    questions: list[dict[str, Any]] = []
    for known, turns in _conversations(data, language):
        paragraphs |= known
        questions += _follow(turns, known, f"{name}-{len(questions)}")
    return LabelledSet(name, paragraphs, questions)


Turn = tuple[str, str, str | None, str]
"""As typed, complete, the id of the paragraph or None, and the answer."""


def _conversations(
    data: Path, language: str
) -> Iterator[tuple[dict[str, dict[str, Any]], list[Turn]]]:
    folder = data / ("train-news-de" if language == "de" else "train-news-en")
    news = read_set(folder).paragraphs
    grouped: dict[str, list[Turn]] = defaultdict(list)
    for row in read_lines(data / "train-talk-de" / "turns.jsonl"):
        turn = (row["question"], row["standalone"], row["paragraph_id"], row["answer"])
        grouped[row["conversation"]].append(turn)
    for turns in grouped.values():
        if all(place is None or place in news for _, _, place, _ in turns):
            yield {place: news[place] for _, _, place, _ in turns if place}, turns
    for article, spoken in read_conversations(data):
        if article.language == language:
            known = {row["id"]: row for row in article.paragraphs}
            yield known, [(t.typed, t.complete, t.paragraph, t.answer) for t in spoken]


def _follow(
    turns: list[Turn], paragraphs: dict[str, dict[str, Any]], name: str
) -> Iterator[dict[str, Any]]:
    complete, before, talked_of = "", "", None
    for number, (typed, alone, place, answer) in enumerate(turns):
        shown = place or talked_of
        if complete and shown:
            asked = write_asked(typed, complete, before)
            start = paragraphs[shown]["text"].find(answer) if place else -1
            spans = [{"text": answer, "start": start}] if start >= 0 else []
            yield {
                "id": f"{name}-{number}",
                "question": asked,
                "paragraph_id": shown,
                "answers": spans,
            }
        talked_of = shown
        if typed == alone:
            complete, before = typed, ""
        else:
            before = typed
