"""Questions that the reader was not trained on, and the pool that they are asked of."""

import random
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from corpus.text.language import question_language
from corpus.text.normalize import clean
from qa.evaluation.places import Target
from training.reader.evaluate import development_questions
from training.reader.sets import read_set

SEED = 20261123


@dataclass(frozen=True, slots=True)
class Question:
    """One question with its label."""

    key: str
    text: str
    answers: tuple[str, ...]
    """Empty where the pool does not hold the answer."""
    target: Target | None
    language: str
    kind: str = ""
    """What makes a near miss of one that has no answer: "time", "entity", …"""


@dataclass(frozen=True, slots=True)
class AnswerSet:
    """A pool of paragraphs and questions about it."""

    name: str
    table: Path
    texts: dict[str, str]
    """Id of a paragraph -> its text."""
    questions: list[Question]


def read_answer_set(folder: Path, *, unseen: bool = True) -> AnswerSet:
    """Read a folder of question data.

    Args:
        folder: one of the project's format.
        unseen: of XQuAD, only the questions on articles that the reader was not trained on.
            The pool is whole in any case.
    """
    data = read_set(folder)
    rows = data.questions
    if unseen and data.name.startswith("xquad-"):
        # A set with articles removed counts its development articles in the one without.
        full = folder.with_name(data.name.split("-abstain-")[0])
        rows = development_questions(data, read_set(full))
    # As the collection holds them: some begin with a byte order mark, or hold zero-width blanks.
    texts = {key: clean(row["text"]) for key, row in data.paragraphs.items()}
    questions = [_question(row, texts) for row in rows]
    return AnswerSet(data.name, folder / "paragraphs.jsonl", texts, questions)


def _question(row: dict[str, Any], texts: dict[str, str]) -> Question:
    answers = tuple(answer["text"] for answer in row["answers"])
    place = row["paragraph_id"] if answers else None
    return Question(
        row["id"],
        row["question"],
        answers,
        Target(texts=frozenset({texts[place]})) if place else None,
        question_language(row["question"]),
        "" if answers else row.get("kind", ""),
    )


def sample(questions: list[Question], most: int | None) -> list[Question]:
    """Return at most so many, always the same ones, in their order.

    A larger sample holds the smaller one, so that what was answered is not asked anew.
    """
    order = list(range(len(questions)))
    random.Random(SEED).shuffle(order)
    return [questions[at] for at in sorted(order[:most])]
