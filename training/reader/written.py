"""Articles and questions written for training the reader -> sets like those that are read.

The files lie in `training/data/written` in a form that is quick to write and to read:

    # a01-1 | Title | Source | 2025-03-14 | de
    A paragraph in one line.

    ?1 A question that paragraph 1 answers | the answer, letter for letter
    !1 number | A question that looks as if paragraph 1 answered it; no paragraph does
    @
    ?1 The first question of a conversation | answer
    >2 The next as typed | the same made complete | answer
    >- One that no paragraph answers, as typed | the same made complete

`# w-Name` begins questions about an article of klexikon-wiki, whose paragraphs are read from
that set; they are named by the three digits of their ids. Stories told by several articles have
ids that differ after the last hyphen.
"""

import argparse
import logging
import re
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from training.reader.sets import LabelledSet, read_lines

FOLDER = Path(__file__).parents[1] / "data" / "written"
WRITTEN = "written-"
"""How the names of sets begin that are made of these files."""
MISSES = ("attribute", "entity", "time", "number", "negation", "role", "reason", "scope")
"""What a question without an answer gets wrong about the paragraph that it looks like."""
log = logging.getLogger(__name__)
_LINE = re.compile(r"([?!>])(\d+|-) ")


@dataclass(frozen=True, slots=True)
class WrittenTurn:
    """A question of a conversation.

    Attributes:
        typed: as the person types it after the turns before.
        complete: the same as it would stand alone.
        paragraph: the id of the paragraph that answers, or None.
        answer: its words, or "".
    """

    typed: str
    complete: str
    paragraph: str | None
    answer: str


@dataclass(slots=True)
class WrittenArticle:
    """An article with its questions, in the form of the sets that are read.

    Attributes:
        id: the article's id.
        language: its language.
        head: what its paragraphs have in common.
        paragraphs: rows as in `paragraphs.jsonl`.
        questions: rows as in `questions.jsonl`.
        conversations: conversations, each a list of turns.
    """

    id: str
    language: str
    head: dict[str, Any] = field(default_factory=dict)
    paragraphs: list[dict[str, Any]] = field(default_factory=list)
    questions: list[dict[str, Any]] = field(default_factory=list)
    conversations: list[list[WrittenTurn]] = field(default_factory=list)

    @property
    def story(self) -> str:
        """What is kept out of training together: the id without the number of the telling."""
        return self.id if self.id.startswith("w-") else self.id.rpartition("-")[0]


def read_written(
    path: Path, wikipedia: Mapping[str, list[dict[str, Any]]] | None = None
) -> tuple[list[WrittenArticle], list[str]]:
    """Read one file.

    Args:
        path: the file.
        wikipedia: the paragraphs of each article of klexikon-wiki.

    Returns:
        The articles, and a line for each mistake, whose question is left out.
    """
    articles: list[WrittenArticle] = []
    mistakes: list[str] = []
    talking = False
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        line = line.strip()
        try:
            if line.startswith("# "):
                articles.append(_begin_article(line[2:], wikipedia or {}))
                talking = False
            elif line == "@":
                talking = True
                articles[-1].conversations.append([])
            elif found := _LINE.match(line):
                _add_question(articles[-1], found[1], found[2], line[found.end() :], talking)
            elif line:
                _add_paragraph(articles[-1], line)
        except (ValueError, IndexError) as error:
            mistakes.append(f"{path.name}:{number}: {error}: {line[:100]}")
    return articles, mistakes


def _begin_article(head: str, wikipedia: Mapping[str, list[dict[str, Any]]]) -> WrittenArticle:
    fields = [part.strip() for part in head.split("|")]
    if fields[0].startswith("w-"):
        return WrittenArticle(fields[0], "de", paragraphs=list(wikipedia.get(fields[0], ())))
    if len(fields) != 5:
        raise ValueError("an article's first line is # id | title | source | day | language")
    names = ("article", "title", "source", "published", "language")
    article = WrittenArticle(fields[0], fields[4], dict(zip(names, fields, strict=True)))
    article.head["story"] = article.story
    return article


def _add_paragraph(article: WrittenArticle, text: str) -> None:
    if article.id.startswith("w-"):
        raise ValueError("not a question")
    identifier = f"{article.id}-p{len(article.paragraphs) + 1}"
    article.paragraphs.append({"id": identifier, **article.head, "text": text})


def _add_question(article: WrittenArticle, sign: str, place: str, rest: str, talking: bool) -> None:
    parts = [part.strip() for part in rest.split("|")]
    paragraph = None if place == "-" else _find_paragraph(article, place)
    if sign == "!":
        kind, question = parts
        if kind not in MISSES:
            raise ValueError(f"{kind} is none of {', '.join(MISSES)}")
        _append(article, question, paragraph, "", kind)
        return
    typed, complete, answer = _parse_turn(sign, parts, paragraph is not None)
    if paragraph and answer not in paragraph["text"]:
        raise ValueError("these words do not stand in the paragraph")
    if talking:
        identifier = paragraph["id"] if paragraph else None
        article.conversations[-1].append(WrittenTurn(typed, complete, identifier, answer))
    if paragraph:
        _append(article, complete, paragraph, answer, "")


def _parse_turn(sign: str, parts: list[str], answered: bool) -> tuple[str, str, str]:
    typed = parts[0]
    expected = (1 if sign == "?" else 2) + answered
    if len(parts) != expected or not all(parts):
        raise ValueError(f"{expected} parts between bars are wanted")
    return typed, parts[expected - 1 - answered], parts[-1] if answered else ""


def _find_paragraph(article: WrittenArticle, place: str) -> dict[str, Any]:
    ends = f"#{place}" if article.id.startswith("w-") else f"-p{int(place)}"
    for row in article.paragraphs:
        if row.get("id", "").endswith(ends):
            return row
    raise ValueError(f"no paragraph {place}")


def _append(
    article: WrittenArticle,
    question: str,
    paragraph: dict[str, Any] | None,
    answer: str,
    kind: str,
) -> None:
    row: dict[str, Any] = {
        "id": f"{article.id}-q{len(article.questions)}",
        "question": question,
        "paragraph_id": paragraph["id"] if paragraph else None,
        "answers": [],
    }
    if paragraph and answer:
        row["answers"] = [{"text": answer, "start": paragraph["text"].index(answer)}]
    if kind:
        row["kind"] = kind
    article.questions.append(row)


def read_written_set(name: str, data: Path) -> LabelledSet:
    """Read what was written: `written-news-de`, `written-news-en` (languages of the articles),
    or `written-wiki-de`.

    Args:
        name: the set's name.
        data: the folder with klexikon-wiki.

    Raises:
        FileNotFoundError: the folder has no klexikon-wiki, where that is needed.
    """
    _, what, language = name.split("-")
    articles = [
        article
        for article in _read_all("wikipedia" if what == "wiki" else "news", data)
        if article.language == language
    ]
    paragraphs = {row["id"]: row for article in articles for row in article.paragraphs}
    questions = [row for article in articles for row in article.questions if row["paragraph_id"]]
    return LabelledSet(name, paragraphs, questions)


def read_conversations(data: Path) -> Iterator[tuple[WrittenArticle, list[WrittenTurn]]]:
    """Yield the conversations that were written, each with its article."""
    for article in _read_all("news", data):
        for turns in article.conversations:
            yield article, turns


def _read_all(kind: str, data: Path) -> Iterator[WrittenArticle]:
    wikipedia = _read_wikipedia(data) if kind == "wikipedia" else {}
    for path in sorted(FOLDER.glob(f"{kind}-*.txt")):
        articles, mistakes = read_written(path, wikipedia)
        if mistakes:
            log.warning("%s", "\n".join(mistakes))
        yield from articles


@cache
def _read_wikipedia(data: Path) -> dict[str, list[dict[str, Any]]]:
    """Read klexikon-wiki, by article."""
    grouped: dict[str, list[dict[str, Any]]] = {}
    for row in read_lines(data / "klexikon-wiki" / "paragraphs.jsonl"):
        grouped.setdefault(row["article"], []).append(row)
    return grouped


def main(arguments: list[str] | None = None) -> None:
    """Check files, and count what they hold."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("files", nargs="+", type=Path)
    parser.add_argument("--data", type=Path, help="folder with klexikon-wiki")
    options = parser.parse_args(arguments)
    wikipedia = _read_wikipedia(options.data) if options.data else {}
    wrong = []
    for path in options.files:
        articles, mistakes = read_written(path, wikipedia)
        questions = [question for article in articles for question in article.questions]
        answered = sum(bool(question["answers"]) for question in questions)
        talks = [talk for article in articles for talk in article.conversations]
        print(
            f"{path.name}: {len(articles)} articles, {answered} answered, "
            f"{len(questions) - answered} unanswered, {len(talks)} conversations "
            f"of {sum(map(len, talks))} turns"
        )
        wrong += mistakes
    print("\n".join(wrong))
    sys.exit(bool(wrong))


if __name__ == "__main__":
    main()
