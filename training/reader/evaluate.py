"""How well a reader reads: answers, refusals over what retrieval ranks first, re-ranking.

`benchmarks/reader/quality.py` runs all of it over the evaluation folders.
"""

import logging
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from index.encoder import Encoder
from qa.evaluation.span_metrics import auroc, exact, f1
from qa.reader.read import Reader
from qa.retrieval.reading import READ
from training.reader.data import DEVELOPMENT_ARTICLES, article_of
from training.reader.sets import LabelledSet

log = logging.getLogger("training.reader.evaluate")

ANSWER_SETS = ("xquad-de", "xquad-en", "xquad-qde-pen", "xquad-qen-pde")
TOP = 8
"""Passages among which the best reading is looked for."""

Ranked = list[tuple[str, float]]
"""Paragraph ids with their scores, the best first."""


def answers_found(reader: Reader, data: LabelledSet) -> dict[str, float]:
    """Return F1 and exact match over a set's answerable questions, each with its paragraph."""
    overlaps, exacts = [], []
    for row in data.questions:
        if not row["answers"]:
            continue
        paragraph = data.paragraphs[row["paragraph_id"]]
        text, about = paragraph["text"], article_of(data.name, paragraph)
        (reading,) = reader.read(row["question"], [text], [about])
        predicted = text[reading.start : reading.end]
        answers = [answer["text"] for answer in row["answers"]]
        overlaps.append(f1(predicted, answers))
        exacts.append(exact(predicted, answers))
    return {
        "f1": round(float(np.mean(overlaps)), 4),
        "exact": round(float(np.mean(exacts)), 4),
        "questions": len(overlaps),
    }


def read_ranked(reader: Reader, data: LabelledSet, question: str, ranked: Ranked) -> list[float]:
    """Return the reading's score of each paragraph."""
    rows = [data.paragraphs[i] for i, _ in ranked]
    about = [article_of(data.name, row) for row in rows]
    return [item.score for item in reader.read(question, [row["text"] for row in rows], about)]


def unseen_part(data: LabelledSet, trained: LabelledSet) -> LabelledSet:
    """Return a set without the paragraphs whose text `trained` holds too."""
    seen = {_letters(row["text"]) for row in trained.paragraphs.values()}
    ids = {i for i, row in data.paragraphs.items() if _letters(row["text"]) not in seen}
    questions = [row for row in data.questions if row["paragraph_id"] in ids]
    return LabelledSet(data.name, {i: data.paragraphs[i] for i in ids}, questions)


def _letters(text: str) -> str:
    """Reduce a text to its first letters and digits, so that editions of it compare equal."""
    return "".join(char for char in text.lower() if char.isalnum())[:120]


def development_questions(data: LabelledSet, full: LabelledSet) -> list[dict[str, Any]]:
    """Return the questions of a set with removed paragraphs whose article is for development."""
    rows = full.paragraphs
    articles = list(dict.fromkeys(row["article"] for row in rows.values()))
    late = set(articles[-DEVELOPMENT_ARTICLES:])
    return [
        row
        for row in data.questions
        if rows[row["paragraph_id"] or row["gold_text_paragraph"]]["article"] in late
    ]


def measure_removed(
    reader: Reader, data: LabelledSet, ranked: dict[str, Ranked], weight: float
) -> dict[str, float]:
    """Return AUROCs of the top passages' best score: answered against removed.

    `auroc` is of the reader's scores alone, `with_retrieval` of retrieval's score plus `weight`
    times the reader's, as `ask` orders passages, and `retrieval` of retrieval's alone.
    """
    scores: dict[bool, list[float]] = {True: [], False: []}
    sums: dict[bool, list[float]] = {True: [], False: []}
    alone: dict[bool, list[float]] = {True: [], False: []}
    for row in data.questions:
        if row["id"] not in ranked:
            continue
        top = ranked[row["id"]][:TOP]
        readings = read_ranked(reader, data, row["question"], top)
        answerable = bool(row["answers"])
        scores[answerable].append(max(readings))
        sums[answerable].append(rerank(top, readings, weight)[0][1])
        alone[answerable].append(top[0][1])
    return {
        "auroc": round(auroc(scores[True], scores[False]), 4),
        "with_retrieval": round(auroc(sums[True], sums[False]), 4),
        "retrieval": round(auroc(alone[True], alone[False]), 4),
        "answerable": len(scores[True]),
        "removed": len(scores[False]),
    }


def retrieve(
    data: LabelledSet, encoder: Encoder, language: str, questions: Sequence[dict[str, Any]]
) -> dict[str, Ranked]:
    """Rank a set's paragraphs for each question with the product's fused scores."""
    from corpus.text.sentences import sentence_spans
    from index.analysis import question_terms
    from index.fusion import Spread, fuse
    from index.lexical import LexicalIndex, field_of
    from index.reference import background_counts

    ids = list(data.paragraphs)
    texts = [data.paragraphs[i]["text"] for i in ids]
    vectors = encoder.encode(texts, "document")
    spans = [(at, span) for at, text in enumerate(texts) for span in sentence_spans(text, language)]
    owners = np.array([at for at, _ in spans])
    parts = [texts[at][start:end] for at, (start, end) in spans]
    sentences = encoder.encode(parts, "document")
    asked = encoder.encode([row["question"] for row in questions], "query")
    spread = Spread.of(vectors)
    field = field_of(language)
    found = {}
    with tempfile.TemporaryDirectory() as folder:
        lexical = LexicalIndex(Path(folder))
        lexical.change([(n, language, text) for n, text in enumerate(texts)], [])
        for row, vector in zip(questions, asked, strict=True):
            bm25 = np.zeros(len(ids), dtype=np.float32)
            terms = question_terms(row["question"], language)
            at, scores = lexical.search({field: terms}, len(ids))
            bm25[at] = scores
            rarities = lexical.rarities(field, terms, background_counts(language))
            covered = lexical.coverage({field: rarities}, range(len(ids)))
            near = spread.standardise(vector, vectors @ vector)
            cosines = np.full(len(ids), -1, dtype=np.float32)
            np.maximum.at(cosines, owners, sentences @ vector)
            nearest = spread.standardise(vector, cosines)
            total = fuse(near, nearest, bm25, covered, len(ids))
            best = np.argsort(-total, kind="stable")[: 2 * TOP]
            found[row["id"]] = [(ids[i], float(total[i])) for i in best]
    return found


def recall_at_1(
    reader: Reader, data: LabelledSet, ranked: dict[str, Ranked], weights: Sequence[float]
) -> dict[str, Any]:
    """Return recall@1 of retrieval alone and with reading added to its scores, as in `ask`.

    Returns:
        "fused" of retrieval alone, "with_reading" by weight of the reading, "questions".
    """
    alone, count = 0, 0
    together = dict.fromkeys(weights, 0)
    for row in data.questions:
        if not row["answers"] or row["id"] not in ranked:
            continue
        found = ranked[row["id"]]
        top = found[:READ]
        readings = read_ranked(reader, data, row["question"], top)
        for weight in weights:
            best = rerank(top, readings, weight)[0][0]
            together[weight] += best == row["paragraph_id"]
        alone += found[0][0] == row["paragraph_id"]
        count += 1
    return {
        "fused": round(alone / count, 4),
        "with_reading": {f"{weight:g}": round(n / count, 4) for weight, n in together.items()},
        "questions": count,
    }


def rerank(ranked: Ranked, readings: Sequence[float], weight: float) -> Ranked:
    """Order passages by retrieval's score plus `weight` times the reading's log odds.

    >>> rerank([("a", 3.0), ("b", 2.5)], [-2.0, 1.0], 0.5)
    [('b', 3.0), ('a', 2.0)]
    """
    total = [
        (identifier, score + weight * reading)
        for (identifier, score), reading in zip(ranked, readings, strict=True)
    ]
    return sorted(total, key=lambda entry: -entry[1])
