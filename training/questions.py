"""Fit how questions are told apart: `python -m training.questions --data DIR`.

Reads train-kinds and train-talk-de below DIR, fits `qa.answering.question_model` on four
fifths of them by ridge regression over the encoder's middle layers, measures it on the last
fifth, and writes qa/answering/question_model.json. Questions of like wording stay on one side
of the split, and so do conversations over one article.
"""

import argparse
import json
import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from index.encoder import SentenceTransformerEncoder
from qa.answering.follow_up import leans, surface
from qa.answering.question_model import FILE, Leaning, QuestionModel, pack, states_of, unpack
from training.reader.data import is_held_out, read_lines, read_set

log = logging.getLogger("training.questions")

Floats = NDArray[np.float64]
Strings = NDArray[np.str_]

PENALTIES = (0.3, 1.0, 2.0, 4.0, 8.0)
MARGINS = (0.0, 0.002, 0.005, 0.01, 0.015, 0.02, 0.03, 0.05)
GIVEN = 0.01
"""F1 given up for a margin: what people ask is a fact far more often than one time in 21."""
ALIKE = 0.45
"""Cosine of character n-grams from which two questions count as of one wording."""
LEFT_ALONE = 0.98
"""Share of questions that stand alone that must be left alone, over folds of the training part."""
STANDING = 240
"""Questions on news that stand alone, beside those of the conversations."""


@dataclass(frozen=True, slots=True)
class Questions:
    """Questions with their states (questions, states), labels, and groups that stay together."""

    texts: list[str]
    states: Floats
    labels: Strings
    groups: list[str]
    held_out: NDArray[np.bool_]


def groups_of(texts: Sequence[str]) -> list[int]:
    """Number questions so that those of like wording have one number."""
    from sklearn.feature_extraction.text import (  # type: ignore[import-untyped]
        TfidfVectorizer,
    )

    vectors = TfidfVectorizer(analyzer="char_wb", ngram_range=(3, 5), lowercase=True)
    rows = vectors.fit_transform(texts)
    near = (rows @ rows.T).tocoo()
    number = list(range(len(texts)))
    for one, other, value in zip(near.row, near.col, near.data, strict=True):
        if one < other and value > ALIKE:
            old, new = number[other], number[one]
            number = [new if n == old else n for n in number]
    return number


def kinds_of(data: Path, states: "States") -> Questions:
    """Read the questions labelled with kinds; a fifth of the groups is held out by a hash."""
    rows = list(read_lines(data / "train-kinds" / "questions.jsonl"))
    texts = [row["question"] for row in rows]
    groups = [texts[n] for n in groups_of(texts)]
    return Questions(
        texts,
        states(texts),
        np.array([row["kind"] for row in rows]),
        groups,
        np.array([is_held_out(group) for group in groups]),
    )


def conversations_of(data: Path, states: "States") -> Questions:
    """Read turns and questions that stand alone; those on held-out articles are held out."""
    rows = list(read_lines(data / "train-talk-de" / "turns.jsonl"))
    articles: dict[str, set[str]] = {}
    for row in rows:
        found = articles.setdefault(row["conversation"], set())
        if row["paragraph_id"]:
            found.add(row["paragraph_id"].rsplit("-p", 1)[0])
    late = {name for name, found in articles.items() if any(map(is_held_out, found))}
    texts = [row["question"] for row in rows]
    labels = [str(row["follow_up"]) for row in rows]
    groups = [row["conversation"] for row in rows]
    for name in ("train-news-de", "train-news-qen-pde"):
        news = read_set(data / name)
        owner = {key: row["article"] for key, row in news.paragraphs.items()}
        alone = [row for row in news.questions if not is_held_out(owner[row["paragraph_id"]])]
        alone = alone[:: max(1, 2 * len(alone) // STANDING)]
        texts += [row["question"] for row in alone]
        labels += ["False"] * len(alone)
        groups += [owner[row["paragraph_id"]] for row in alone]
    held_out = np.array([group in late for group in groups])
    return Questions(texts, states(texts), np.array(labels), groups, held_out)


@dataclass(frozen=True, slots=True)
class States:
    """The states of questions, kept in a file: an encoder takes minutes for them."""

    encoder: SentenceTransformerEncoder
    path: Path

    def __call__(self, texts: Sequence[str]) -> Floats:
        """Return an array of shape (questions, states)."""
        known: dict[str, NDArray[Any]] = {}
        if self.path.exists():
            with np.load(self.path) as kept:
                known = dict(zip(kept["texts"].tolist(), kept["states"], strict=True))
        for number, text in enumerate(new := [text for text in texts if text not in known]):
            found = states_of(self.encoder, text)
            assert found is not None, f"no states of {text!r}"
            known[text] = found
            if number % 100 == 99 or number == len(new) - 1:
                np.savez(self.path, texts=list(known), states=np.stack(list(known.values())))
        return np.stack([known[text] for text in texts]).astype(float)


@dataclass(frozen=True, slots=True)
class Linear:
    """Scores = states @ weights + bias, of states as they come."""

    weights: Floats
    bias: Floats

    def __call__(self, states: Floats) -> Floats:
        return np.asarray(states @ self.weights + self.bias)


def ridge(states: Floats, targets: Floats, penalty: float) -> Linear:
    """Fit targets (rows, outputs) on standardised states (rows, columns), in the dual."""
    middle, spread = states.mean(0), states.std(0) + 1e-6
    scale = spread * np.sqrt(states.shape[1])
    rows = (states - middle) / scale
    bias = targets.mean(0)
    kernel = rows @ rows.T + penalty * np.eye(len(rows))
    weights = rows.T @ np.linalg.solve(kernel, targets - bias) / scale[:, None]
    return Linear(weights, bias - middle @ weights)


def out_of_fold(questions: Questions, states: Floats, targets: Floats, penalty: float) -> Floats:
    """Return scores of each question by a model of the other folds, by group."""
    order = sorted(set(questions.groups))
    fold = {group: number % 5 for number, group in enumerate(order)}
    folds = np.array([fold[group] for group in questions.groups])
    found = np.zeros_like(targets)
    for number in range(5):
        there = folds == number
        found[there] = ridge(states[~there], targets[~there], penalty)(states[there])
    return found


def part(questions: Questions, chosen: NDArray[np.bool_]) -> Questions:
    """Return some of the questions."""
    at = np.flatnonzero(chosen)
    return Questions(
        [questions.texts[n] for n in at],
        questions.states[at],
        questions.labels[at],
        [questions.groups[n] for n in at],
        questions.held_out[at],
    )


def f1_by_kind(found: Sequence[str], truth: Sequence[str]) -> dict[str, float]:
    """Return each kind's F1.

    >>> f1_by_kind(["a", "b", "b"], ["a", "a", "b"])
    {'a': 0.667, 'b': 0.667}
    """
    kinds = sorted(set(truth))
    scores = {}
    for kind in kinds:
        both = sum(f == t == kind for f, t in zip(found, truth, strict=True))
        total = sum(f == kind for f in found) + sum(t == kind for t in truth)
        scores[kind] = round(2 * both / total, 3)
    return scores


def name_kinds(scores: Floats, kinds: Sequence[str], margin: float) -> list[str]:
    """Return the best kind of each row, "fact" where it does not lead by the margin."""
    order = np.argsort(-scores, axis=1)
    found = []
    for row, places in zip(scores, order, strict=True):
        sure = row[places[0]] - row[places[1]] >= margin
        found.append(kinds[places[0]] if sure else "fact")
    return found


def macro(found: Sequence[str], truth: Sequence[str]) -> float:
    """Return the mean of the kinds' F1."""
    return float(np.mean(list(f1_by_kind(found, truth).values())))


def fit_kinds(questions: Questions) -> tuple[Linear, tuple[str, ...], float, dict[str, Any]]:
    """Choose penalty and margin over folds of the training part, fit it, and measure the rest."""
    train, test = part(questions, ~questions.held_out), part(questions, questions.held_out)
    kinds = tuple(sorted(set(questions.labels.tolist())))
    targets = np.array([[float(kind == label) for kind in kinds] for label in train.labels])
    truth = train.labels.tolist()
    tried = {
        (penalty, margin): macro(name_kinds(scores, kinds, margin), truth)
        for penalty in PENALTIES
        for scores in [out_of_fold(train, train.states, targets, penalty)]
        for margin in MARGINS
    }
    penalty = max(tried, key=lambda at: tried[at])[0]
    best = max(value for at, value in tried.items() if at[0] == penalty)
    margin = max(at[1] for at, value in tried.items() if at[0] == penalty and value > best - GIVEN)
    linear = ridge(train.states, targets, penalty)
    found = name_kinds(linear(test.states), kinds, margin)
    by_kind = f1_by_kind(found, test.labels.tolist())
    about = {
        "questions": [len(train.texts), len(test.texts)],
        "penalty": penalty,
        "margin": margin,
        "macro_f1_over_folds": round(tried[penalty, margin], 3),
        "macro_f1": round(float(np.mean(list(by_kind.values()))), 3),
        "f1": by_kind,
    }
    return linear, kinds, margin, about


def fit_leaning(questions: Questions) -> tuple[Leaning, dict[str, Any]]:
    """Do the same for whether a question needs the conversation; see `LEFT_ALONE`."""
    words = np.array([surface(text) for text in questions.texts])
    states = np.hstack([questions.states, words])
    truth = questions.labels == "True"
    train, test = ~questions.held_out, questions.held_out
    targets = truth[train, None].astype(float)
    inside = part(questions, train)
    best: tuple[float, float, float] = (-1.0, 0.0, 0.0)
    for penalty in PENALTIES:
        scores = out_of_fold(inside, states[train], targets, penalty)[:, 0]
        least = float(np.quantile(scores[~truth[train]], LEFT_ALONE))
        recall = float((scores[truth[train]] >= least).mean())
        best = max(best, (recall, penalty, least))
    recall, penalty, least = best
    linear = ridge(states[train], targets, penalty)
    scores = linear(states[test])[:, 0]
    rule = np.array([leans(text) for text in questions.texts])
    about = {
        "questions": [int(train.sum()), int(test.sum())],
        "penalty": penalty,
        "recognised_over_folds": round(recall, 3),
        "recognised": round(float((scores[truth[test]] >= least).mean()), 3),
        "left_alone": round(float((scores[~truth[test]] < least).mean()), 3),
        "by_rules": {
            "recognised": round(float(rule[test & truth].mean()), 3),
            "left_alone": round(float(1 - rule[test & ~truth].mean()), 3),
        },
    }
    weights = linear.weights[:, 0].astype(np.float32)
    return Leaning(weights, round(float(linear.bias[0]), 6), round(least, 6)), about


def main(arguments: Sequence[str] | None = None) -> None:
    """Read the command line, fit, measure and write."""
    parser = argparse.ArgumentParser(prog="python -m training.questions")
    parser.add_argument("--data", type=Path, required=True, help="the folder of the sets")
    parser.add_argument("--out", type=Path, help="by default the one in qa/answering")
    parser.add_argument("--states", type=Path, default=Path("states.npz"), help="kept states")
    parser.add_argument("--kinds-only", action="store_true", help="leave leaning to the rules")
    options = parser.parse_args(arguments)
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    encoder = SentenceTransformerEncoder()
    states = States(encoder, options.states)
    kinds, names, margin, about_kinds = fit_kinds(kinds_of(options.data, states))
    log.info("%s", json.dumps(about_kinds, indent=1))
    leaning, about_leaning = None, None
    if not options.kinds_only:
        leaning, about_leaning = fit_leaning(conversations_of(options.data, states))
        log.info("%s", json.dumps(about_leaning, indent=1))
    model = QuestionModel(
        encoder.fingerprint,
        names,
        kinds.weights.T.astype(np.float32),
        kinds.bias.astype(np.float32),
        margin,
        leaning,
    )
    about = {
        "fitted": datetime.now(UTC).date().isoformat(),
        "command": "python -m training.questions --data DIR",
        "kinds": about_kinds,
        "leaning": about_leaning,
    }
    values = pack(model, about)
    unpack(values)
    out = options.out or Path(__file__).parents[1] / "qa" / "answering" / FILE
    out.write_text(json.dumps(values, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
