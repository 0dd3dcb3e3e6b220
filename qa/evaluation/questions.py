"""A question file -> labelled questions; a bad line is told and stops no other.

One JSON object a line (JSONL):

    question      in any language
    answers       what the articles say, any of these texts; [] says that they do not say it;
                  without it only retrieval is measured. {"text": …} is taken too
    uri, title    the article that answers (title where the URI is not known)
    paragraph     the paragraph's number in it, as `article-qa show` gives it
    quote         words that stand in the paragraph, in place of or beside all of these
    paragraph_id  the row's id where the articles came from a table; see `read_table`
    language      of the question; told from its words otherwise
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from corpus.errors import InputError
from corpus.text.language import question_language
from corpus.text.normalize import clean, decode
from qa.evaluation.results import RowProblem


@dataclass(frozen=True, slots=True)
class Labelled:
    """A question and what is known of its answer."""

    line: int
    question: str
    language: str
    answers: tuple[str, ...] | None
    """None: not known; empty: the articles do not say."""
    uri: str = ""
    title: str = ""
    paragraph: int | None = None
    quote: str = ""
    paragraph_id: str = ""
    kind: str = "labelled"

    @property
    def located(self) -> bool:
        """Whether it is said where the answer stands."""
        named = self.uri or self.title or self.quote or self.paragraph_id
        return bool(named) and self.answers != ()


class BadLine(ValueError):
    """A line that cannot be used; the message says why."""


def read_questions(path: Path) -> tuple[list[Labelled], list[RowProblem]]:
    """Read a question file.

    Returns:
        The questions, and the lines that could not be used.

    Raises:
        InputError: the file cannot be read, or is no JSONL at all.
    """
    return parse_questions(_lines(path))


def parse_questions(
    rows: Iterable[tuple[int, str | Mapping[str, Any]]],
) -> tuple[list[Labelled], list[RowProblem]]:
    """Parse (line, JSON or object) pairs.

    >>> rows = [(1, '{"question": "Wer kam?", "answers": []}'), (2, "Wer?")]
    >>> questions, problems = parse_questions(rows)
    >>> questions[0].answers, problems[0].reason
    ((), 'no JSON object')
    """
    questions, problems = [], []
    for line, row in rows:
        try:
            questions.append(_parse_label(line, row))
        except BadLine as exc:
            problems.append(RowProblem(line, str(exc)))
    return questions, problems


def read_table(path: Path, id_column: str = "id") -> dict[str, str]:
    """Read the texts of a JSONL table of paragraphs by their id.

    Rows without id or text are left out: a question that needs one says so.

    Raises:
        InputError: the file cannot be read.
    """
    texts = {}
    for _, line in _lines(path):
        try:
            row = json.loads(line)
        except (ValueError, RecursionError):
            continue
        if isinstance(row, dict) and isinstance(row.get("text"), str) and id_column in row:
            texts[str(row[id_column])] = row["text"]
    if not texts:
        raise InputError(f"{path} holds no rows with {id_column!r} and 'text'.")
    return texts


def _lines(path: Path) -> list[tuple[int, str]]:
    try:
        text = decode(path.read_bytes())
    except OSError as exc:
        raise InputError(f"{path} cannot be read: {exc.strerror or exc}") from exc
    if text.lstrip().startswith("["):
        raise InputError(f"{path} is a JSON array; write one object a line (JSONL).")
    # Not splitlines(): a question may hold U+2028, which JSON need not escape.
    return [(n, line) for n, line in enumerate(text.split("\n"), start=1) if line.strip()]


def _parse_label(line: int, row: str | Mapping[str, Any]) -> Labelled:
    if isinstance(row, str):
        try:
            row = json.loads(row)
        except (ValueError, RecursionError) as exc:
            raise BadLine("no JSON object") from exc
    if not isinstance(row, Mapping):
        raise BadLine("no JSON object")
    question = _text(row, "question")
    if not any(char.isalnum() for char in question):
        raise BadLine("no question")
    found = Labelled(
        line,
        question,
        _text(row, "language") or question_language(question),
        _answers(row.get("answers")),
        _text(row, "uri"),
        _text(row, "title"),
        _number(row.get("paragraph")),
        _text(row, "quote"),
        _text(row, "paragraph_id"),
    )
    if found.answers is None and not found.located:
        raise BadLine(
            "neither an answer nor a place: give 'answers', 'uri', 'title', 'quote' or "
            "'paragraph_id'"
        )
    if found.paragraph is not None and not (found.uri or found.title):
        raise BadLine("'paragraph' needs the article's 'uri' or 'title'")
    return found


def _text(row: Mapping[str, Any], name: str) -> str:
    value = row.get(name)
    if value is None:
        return ""
    if isinstance(value, int) and not isinstance(value, bool) and name == "paragraph_id":
        return str(value)
    if not isinstance(value, str):
        raise BadLine(f"{name!r} is no text")
    return value if name in ("uri", "paragraph_id") else clean(value).strip()


def _number(value: Any) -> int | None:
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int) or value < 1:
        raise BadLine("'paragraph' is no number from 1 on")
    return value


def _answers(value: Any) -> tuple[str, ...] | None:
    if value is None:
        return None
    if isinstance(value, str):
        value = [value]
    if not isinstance(value, list | tuple):
        raise BadLine("'answers' is no list of texts")
    texts = [item.get("text") if isinstance(item, Mapping) else item for item in value]
    found = tuple(clean(text).strip() for text in texts if isinstance(text, str))
    if len(found) != len(texts) or not all(found):
        raise BadLine("'answers' holds what is no text")
    return found
