"""Quality on labelled questions, or without labels on questions made from the collection.

    from qa import open_collection
    from qa.evaluation import evaluate, evaluate_known_items

    with open_collection("~/press") as collection:
        found = evaluate(collection, "questions.jsonl")
        print(found.overall.retrieval.measures["recall@1"].mean)

Needs the extra: pip install 'article-qa[evaluate]'.
"""

import random
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from time import monotonic
from typing import Any

from corpus.errors import InputError, QuestionError
from qa.evaluation.answers import AnswerOutcome, answer_quality, outcome
from qa.evaluation.known_items import KINDS, REMARK, known_items
from qa.evaluation.places import EvaluatedCollection, Places, Target
from qa.evaluation.questions import BadLine, Labelled, parse_questions, read_questions, read_table
from qa.evaluation.ranking import retrieval_quality
from qa.evaluation.results import Asked, Evaluation, Quality, RowProblem
from qa.options import Progress

__all__ = ["Evaluation", "evaluate", "evaluate_known_items"]

MAX_K = 100


@dataclass(slots=True)
class _Row:
    """One question, as it was asked."""

    labelled: Labelled
    rank: int | None = None
    answer: AnswerOutcome | None = None


def evaluate(
    collection: EvaluatedCollection,
    questions: str | Path | Iterable[Mapping[str, Any]],
    *,
    k: int = 10,
    answers: bool = True,
    paragraphs: str | Path | None = None,
    id_column: str = "id",
    limit: int | None = None,
    seed: int = 1,
    progress: Progress | None = None,
) -> Evaluation:
    """Measure retrieval and answers on labelled questions.

    Args:
        collection: an open one.
        questions: a JSONL file, or the objects of its lines; see `qa.evaluation.questions`.
        k: how many passages are retrieved, 1 to 100.
        answers: False measures retrieval alone, which is quicker.
        paragraphs: a JSONL table with the texts of the labels' `paragraph_id`; by default
            `paragraphs.jsonl` beside the questions where it exists.
        id_column: that table's column of ids.
        limit: at most so many questions, a sample.
        seed: of the sample.
        progress: called as the work goes on.

    Returns:
        Means with 95 % intervals, over all and by language, each question's fate, and the
        lines that could not be used: they stop no other.

    Raises:
        InputError: the file cannot be read, or none of its lines can be used.
        QuestionError: an option cannot be used.
        SettingsError: the extra `evaluate` is not installed.
    """
    started = monotonic()
    _check(k, limit)
    if isinstance(questions, str | Path):
        path = Path(questions).expanduser()
        known, problems = read_questions(path)
        beside = path.with_name("paragraphs.jsonl")
        if paragraphs is None and beside.is_file() and any(item.paragraph_id for item in known):
            paragraphs = beside
    else:
        known, problems = parse_questions(enumerate(questions, start=1))
    table = read_table(Path(paragraphs).expanduser(), id_column) if paragraphs else {}
    places = Places(collection, table)
    rows: list[_Row] = []
    sampled = _sample(known, limit, seed)
    for done, item in enumerate(sampled, start=1):
        try:
            rows.append(_ask(collection, item, places.target(item), k, answers=answers))
        except (BadLine, QuestionError) as exc:
            problems.append(RowProblem(item.line, str(exc)))
        if progress is not None:
            progress("asking", done, len(sampled))
    return _sum_up(collection, rows, problems, k, seed, "", started)


def evaluate_known_items(
    collection: EvaluatedCollection,
    count: int,
    *,
    k: int = 10,
    seed: int = 1,
    progress: Progress | None = None,
) -> Evaluation:
    """Measure retrieval with questions made from the collection itself; needs no labels.

    Args:
        collection: an open one.
        count: at most so many questions.
        k: how many passages are retrieved, 1 to 100.
        seed: of the choice.
        progress: called as the work goes on.

    Returns:
        As `evaluate`, with `remark` saying what the figures can and cannot tell.

    Raises:
        InputError: no question can be made.
        QuestionError: an option cannot be used.
        SettingsError: the extra `evaluate` is not installed.
    """
    started = monotonic()
    _check(k, count)
    items = known_items(collection, count, seed)
    rows: list[_Row] = []
    problems: list[RowProblem] = []
    for line, item in enumerate(items, start=1):
        labelled = Labelled(line, item.question, item.language, None, kind=item.kind)
        try:
            rows.append(_ask(collection, labelled, item.target, k, answers=False))
        except QuestionError as exc:
            problems.append(RowProblem(line, str(exc)))
        if progress is not None:
            progress("asking", line, len(items))
    return _sum_up(collection, rows, problems, k, seed, REMARK, started)


def _check(k: int, count: int | None) -> None:
    for name, value, most in (("k", k, MAX_K), ("count", count, 10**9)):
        if value is None:
            continue
        if isinstance(value, bool) or not isinstance(value, int) or not 1 <= value <= most:
            raise QuestionError(
                f"{name}={value!r} is not possible. Give a number from 1 to {most}."
            )
    # What is missing is said now, not after the questions were asked.
    retrieval_quality([], 1)


def _sample(known: list[Labelled], limit: int | None, seed: int) -> list[Labelled]:
    if limit is None or limit >= len(known):
        return known
    chosen = random.Random(seed).sample(range(len(known)), limit)  # noqa: S311 (sampling)
    return [known[at] for at in sorted(chosen)]


def _ask(
    collection: EvaluatedCollection, item: Labelled, target: Target | None, k: int, *, answers: bool
) -> _Row:
    row = _Row(item)
    if target is not None:
        passages = collection.retrieve(item.question, k)
        places = (place for place, one in enumerate(passages, start=1) if target.holds(one))
        row.rank = next(places, 0)
    if answers and item.answers is not None:
        answer = collection.ask(item.question)
        row.answer = outcome(answer, item.answers, target, collection.article)
    return row


def _sum_up(
    collection: EvaluatedCollection,
    rows: list[_Row],
    problems: list[RowProblem],
    k: int,
    seed: int,
    remark: str,
    started: float,
) -> Evaluation:
    if not rows:
        reasons = "; ".join(f"line {item.line}: {item.reason}" for item in problems[:3])
        raise InputError(f"There is no question to evaluate with. {reasons}".rstrip())
    languages = sorted({row.labelled.language for row in rows})
    kinds = [kind for kind in ("labelled", *KINDS) if any(r.labelled.kind == kind for r in rows)]
    return Evaluation(
        questions=len(rows),
        problems=tuple(sorted(problems, key=lambda item: item.line)),
        overall=_quality(rows, k),
        languages={
            code: _quality([row for row in rows if row.labelled.language == code], k)
            for code in languages
        },
        kinds={kind: _quality([r for r in rows if r.labelled.kind == kind], k) for kind in kinds},
        asked=tuple(map(_describe_row, rows)),
        remark=remark,
        k=k,
        seed=seed,
        model=str(getattr(getattr(collection, "encoder", None), "fingerprint", "")),
        seconds=round(monotonic() - started, 1),
    )


def _quality(rows: list[_Row], k: int) -> Quality:
    ranks = [row.rank for row in rows if row.rank is not None]
    outcomes = [row.answer for row in rows if row.answer is not None]
    return Quality(
        retrieval_quality(ranks, k) if ranks else None,
        answer_quality(outcomes) if outcomes else None,
    )


def _describe_row(row: _Row) -> Asked:
    item, answer = row.labelled, row.answer
    return Asked(
        line=item.line,
        question=item.question,
        language=item.language,
        kind=item.kind,
        rank=row.rank,
        answerable=answer.answerable if answer else None,
        answered=answer.answered if answer else None,
        predicted=answer.predicted if answer else "",
        right=answer.right if answer else None,
        confidence=round(answer.confidence, 4) if answer else None,
    )
