"""Fit how questions are told apart: `python -m training.questions --data DIR`.

Reads kinds.jsonl and follow_ups.jsonl beside this file, and train-kinds, train-talk-de and
train-news-de below DIR, fits `qa.answering.question_model` by ridge regression, measures it on
a fifth of train-kinds and of the conversations that it was not fitted on, and writes
qa/answering/question_model.json. Questions of like wording stay on one side of the split, and
so do conversations over one article.
"""

import argparse
import json
import logging
import random
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from index.encoder import SentenceTransformerEncoder
from qa.answering.question_model import FILE, Linear, QuestionModel, pack, states_of
from qa.answering.question_model import unpack as unpack_model
from qa.answering.wording import wording_of
from training.reader.data import load_set, parts
from training.reader.sets import is_held_out, read_lines, read_set

log = logging.getLogger("training.questions")

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]

OWN = Path(__file__).parent / "data"
PENALTIES = (0.05, 0.1, 0.15, 0.2)
WORDING = 0.2
"""What the wording weighs beside the states."""
ALIKE = 0.45
"""Cosine of character n-grams from which two questions count as of one wording."""
LEFT_ALONE = 0.985
"""Share of questions that stand alone that must be left alone, over folds of the training part."""
LEFT_ALONE_BY_WORDING = 0.95
"""The same where wording alone tells, which would otherwise recognise too little."""
SINGLE = 250
"""Questions of a set written for the reader, at most."""
_ENUMERATES = re.compile(r",\s|\bund\b|\band\b|\boder\b|\bor\b")
_BEGINNINGS = tuple(
    (kind, re.compile(rf"(?:{words})\b", re.IGNORECASE))
    for kind, words in (
        (
            "",
            r"w(?:as|er) (?:ist|war|sind|waren|bedeutet|hei(?:ß|ss)t|versteht)|"
            r"wh(?:at|o) (?:is|was)",
        ),
        ("count", r"wie ?viele|how many"),
        ("reason", r"warum|wieso|weshalb|why|aus welchem grund"),
        (
            "fact",
            r"(?:seit |bis |ab )?wann|wo|woher|wohin|we[rnm]|wessen|an we[nm]|von wem|mit wem|"
            r"wie (?:hoch|alt|lang|lange|weit|schwer|tief|gro(?:ß|ss)|teuer|oft|hei(?:ß|ss)t)|"
            r"(?:(?:in|an|auf|zu|aus|bei|mit|nach|von|für|um) )?welche[mnrs]?|"
            r"when|where|which|how (?:old|long|high|far|often|much)",
        ),
    )
)
STANDING = 240
"""Questions on news that stand alone, beside those of the conversations."""
FOLDS = 5


@dataclass(frozen=True, slots=True)
class Questions:
    """Questions with what is known of them.

    Attributes:
        texts: the questions.
        states: (questions, layers x dimension).
        labels: kinds, or whether a question needs the conversation, as text.
        groups: questions of one group stay together.
        held_out: for measuring alone.
        own: of training/data, which is never measured on.
    """

    texts: list[str]
    states: Floats
    labels: list[str]
    groups: list[str]
    held_out: Flags
    own: Flags


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


def bare(text: str) -> str:
    """Return a text's words alone, in small letters; the text where it has none.

    >>> bare("Hallo, du!"), bare("?!")
    ('hallo du', '?!')
    """
    return " ".join(re.findall(r"\w+", text.lower())) or text


def kinds_of(data: Path, states: "States") -> Questions:
    """Read questions labelled with kinds; of train-kinds a fifth of the groups is held out."""
    shared = list(read_lines(data / "train-kinds" / "questions.jsonl"))
    texts = [row["question"] for row in shared]
    groups = [texts[n] for n in groups_of(texts)]
    held_out = [is_held_out(group) for group in groups]
    # "Hallo!" may be in both; what is measured on is not learned.
    late = {bare(text) for text, held in zip(texts, held_out, strict=True) if held}
    own = [row for row in read_lines(OWN / "kinds.jsonl") if bare(row["question"]) not in late]
    own += single_answers(data)[0]
    texts += [row["question"] for row in own]
    return Questions(
        texts,
        states(texts),
        [row["kind"] for row in shared + own],
        groups + [OWN.name] * len(own),
        np.array(held_out + [False] * len(own)),
        np.arange(len(texts)) >= len(shared),
    )


def single_answers(data: Path) -> tuple[list[dict[str, str]], list[dict[str, str]]]:
    """Return questions written for the reader that one value answers, with their kind.

    Those of held-out articles come second: they tell how many questions of this sort are known
    for what they are.
    """
    rng = random.Random(5)
    early: list[dict[str, str]] = []
    late: list[dict[str, str]] = []
    for name in ("written-news-de", "written-news-en", "written-wiki-de"):
        try:
            both = parts(load_set(data, name))
        except FileNotFoundError:
            log.warning("%s holds nothing for %s: left out", data, name)
            continue
        for chosen, part in zip((early, late), both, strict=True):
            rows = [
                {"question": row["question"], "kind": kind}
                for row in part.questions
                if len(row["answers"]) == 1
                and not _ENUMERATES.search(row["answers"][0]["text"])
                and (kind := kind_by_first_words(row["question"]))
            ]
            rng.shuffle(rows)
            chosen += rows[:SINGLE]
    return early, late


def kind_by_first_words(question: str) -> str:
    """Return the kind of a question that one value answers, or "" where its words leave it open.

    >>> [kind_by_first_words(text) for text in ("Wie viele kamen?", "Weshalb?", "Wer war er?")]
    ['count', 'reason', '']
    >>> kind_by_first_words("Wer hat das Tor geschossen?")
    'fact'
    """
    return next((kind for kind, begin in _BEGINNINGS if begin.match(question)), "")


def conversations_of(data: Path, states: "States") -> Questions:
    """Read turns and questions that stand alone; those on held-out articles are held out."""
    rows = list(read_lines(data / "train-talk-de" / "turns.jsonl"))
    articles: dict[str, set[str]] = {}
    for row in rows:
        found = articles.setdefault(row["conversation"], set())
        if row["paragraph_id"]:
            found.add(row["paragraph_id"].rsplit("-p", 1)[0])
    late = {name for name, found in articles.items() if any(map(is_held_out, found))}
    asked = [(row["question"], str(row["follow_up"]), row["conversation"]) for row in rows]
    asked += _standing(data)
    own = [
        (row["question"], str(row["needs_conversation"]), row["previous"])
        for row in read_lines(OWN / "follow_ups.jsonl")
    ]
    texts, labels, groups = (list(part) for part in zip(*asked, *own, strict=True))
    return Questions(
        texts,
        states(texts),
        labels,
        groups,
        np.array([group in late for group in groups]),
        np.arange(len(texts)) >= len(asked),
    )


def _standing(data: Path) -> list[tuple[str, str, str]]:
    """Return questions on news that stand alone, with their label and article."""
    found: list[tuple[str, str, str]] = []
    for name in ("train-news-de", "train-news-qen-pde"):
        news = read_set(data / name)
        owner = {key: row["article"] for key, row in news.paragraphs.items()}
        alone = [row for row in news.questions if not is_held_out(owner[row["paragraph_id"]])]
        some = alone[:: max(1, 2 * len(alone) // STANDING)]
        found += [(row["question"], "False", owner[row["paragraph_id"]]) for row in some]
    return found


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
        new = [text for text in dict.fromkeys(texts) if text not in known]
        for number, text in enumerate(new):
            found = states_of(self.encoder, text)
            assert found is not None, f"no states of {text!r}"
            known[text] = found
            if number % 500 == 499 or number == len(new) - 1:
                np.savez(self.path, texts=list(known), states=np.stack(list(known.values())))
        return np.stack([known[text] for text in texts]).astype(float)


@dataclass(frozen=True, slots=True)
class Views:
    """Questions as a linear model sees them, and how alike any two of them are.

    Attributes:
        states: standardised, divided by the root of their number.
        wording: as it comes, sparse.
        middle, scale: what was taken off the states, and what they were divided by.
        kernel: weighted inner products, (questions, questions).
    """

    states: Floats
    wording: Any
    middle: Floats
    scale: Floats
    kernel: Floats


def view(questions: Questions) -> Views:
    """Look at questions in both ways; the scale is that of the training part."""
    from scipy.sparse import csr_matrix

    rows = questions.states
    middle = rows[~questions.held_out].mean(0)
    scale = (rows[~questions.held_out].std(0) + 1e-6) * max(1, rows.shape[1]) ** 0.5
    states = (rows - middle) / scale
    wording = csr_matrix(np.stack([wording_of(text) for text in questions.texts]))
    kernel = states @ states.T + WORDING * (wording @ wording.T).toarray()
    return Views(states, wording, middle, scale, kernel)


def solve(kernel: Floats, targets: Floats, penalty: float) -> tuple[Floats, Floats]:
    """Fit targets (rows, outputs) by ridge regression; return its dual weights and the bias."""
    from scipy.linalg import cho_factor, cho_solve

    bias = targets.mean(0)
    # In single precision, which is enough for a penalised kernel and takes half the time.
    whole = (kernel + penalty * np.eye(len(kernel))).astype(np.float32)
    dual = cho_solve(cho_factor(whole, overwrite_a=True), (targets - bias).astype(np.float32))
    return dual.astype(float), bias


def linear_of(views: Views, inside: Flags, dual: Floats, bias: Floats) -> Linear:
    """Return the model of dual weights of the questions inside, for what questions are as such."""
    states = views.states[inside].T @ dual / views.scale[:, None]
    wording = WORDING * (views.wording[inside].T @ dual)
    parts = (states.T, wording.T, bias - views.middle @ states)
    return Linear(*(np.asarray(part, dtype=np.float32) for part in parts))


def score_out_of_fold(
    questions: Questions, kernel: Floats, targets: Floats, penalty: float
) -> Floats:
    """Return scores of the training part, each by a model of the other folds, by group.

    Questions of the group of `OWN` are learned from in each fold, and have no scores.
    """
    inside = ~questions.held_out
    order = sorted(set(questions.groups))
    fold = {group: number % FOLDS for number, group in enumerate(order)}
    folds = np.array([fold[group] for group in questions.groups])
    folds[np.array(questions.groups) == OWN.name] = -1
    found = np.zeros_like(targets)
    for number in range(FOLDS):
        out, rest = inside & (folds == number), inside & (folds != number)
        dual, bias = solve(kernel[np.ix_(rest, rest)], targets[rest], penalty)
        found[out] = kernel[np.ix_(out, rest)] @ dual + bias
    return found


def f1_by_kind(found: Sequence[str], truth: Sequence[str]) -> dict[str, float]:
    """Return each kind's F1.

    >>> f1_by_kind(["a", "b", "b"], ["a", "a", "b"])
    {'a': 0.667, 'b': 0.667}
    """
    kinds = sorted(set(truth))
    scores = {}
    for kind in kinds:
        both = sum(one == other == kind for one, other in zip(found, truth, strict=True))
        either = sum(one == kind for one in found) + sum(other == kind for other in truth)
        scores[str(kind)] = round(2 * both / either, 3)
    return scores


def macro(found: Sequence[str], truth: Sequence[str]) -> float:
    """Return the mean of the kinds' F1."""
    return float(np.mean(list(f1_by_kind(found, truth).values())))


def name_all(scores: Floats, names: Sequence[str]) -> list[str]:
    """Return the kind with the best score in each row."""
    return [names[best] for best in scores.argmax(1)]


def fit_kinds(questions: Questions) -> tuple[Linear, tuple[str, ...], dict[str, Any]]:
    """Choose the penalty over folds of the training part, fit it, and measure the rest."""
    names = tuple(sorted(set(questions.labels)))
    targets = np.array([[float(name == label) for name in names] for label in questions.labels])
    labels = np.array(questions.labels)
    views, inside = view(questions), ~questions.held_out
    asked = inside & ~questions.own if questions.own.any() else inside
    tried = {
        penalty: macro(name_all(scores[asked], names), labels[asked].tolist())
        for penalty in PENALTIES
        for scores in [score_out_of_fold(questions, views.kernel, targets, penalty)]
    }
    penalty = max(tried, key=lambda at: tried[at])
    dual, bias = solve(views.kernel[np.ix_(inside, inside)], targets[inside], penalty)
    scores = views.kernel[np.ix_(~inside, inside)] @ dual + bias
    truth = labels[~inside].tolist()
    by_kind = f1_by_kind(name_all(scores, names), truth)
    about = {
        "questions": {"own": int(questions.own.sum()), "train-kinds": int(asked.sum())},
        "held_out": int((~inside).sum()),
        "penalty": penalty,
        "macro_f1_over_folds": round(tried[penalty], 3),
        "macro_f1": round(float(np.mean(list(by_kind.values()))), 3),
        "f1": by_kind,
    }
    return linear_of(views, inside, dual, bias), names, about


def fit_follow_ups(
    questions: Questions, left_alone: float = LEFT_ALONE
) -> tuple[Linear, dict[str, Any]]:
    """Do the same for whether a question needs the conversation.

    So large a share of the questions that stand alone is to be left alone.
    """
    truth = np.array([label == "True" for label in questions.labels])
    targets = truth[:, None].astype(float)
    views, inside = view(questions), ~questions.held_out
    best: tuple[float, float, float] = (-1.0, 0.0, 0.0)
    for penalty in PENALTIES:
        scores = score_out_of_fold(questions, views.kernel, targets, penalty)[:, 0]
        least = float(np.quantile(scores[inside & ~truth], left_alone))
        best = max(best, (float((scores[inside & truth] >= least).mean()), penalty, least))
    recall, penalty, least = best
    dual, bias = solve(views.kernel[np.ix_(inside, inside)], targets[inside], penalty)
    linear = linear_of(views, inside, dual, bias - least)
    scores = (views.kernel[np.ix_(~inside, inside)] @ dual + bias - least)[:, 0]
    late = truth[~inside]
    about = {
        "questions": {
            "own": int(questions.own.sum()),
            "others": int((inside & ~questions.own).sum()),
        },
        "held_out": {"follow-ups": int(late.sum()), "standing alone": int((~late).sum())},
        "penalty": penalty,
        "recognised_over_folds": round(recall, 3),
        "recognised": round(float((scores[late] > 0).mean()), 3),
        "left_alone": round(float((scores[~late] <= 0).mean()), 3),
    }
    return linear, about


def measure_single_answers(model: QuestionModel, data: Path, states: States) -> dict[str, Any]:
    """Return how many questions that one value answers are known for what they are."""
    late = single_answers(data)[1]
    texts = [row["question"] for row in late]
    told = [model.kind(row, text) for row, text in zip(states(texts), texts, strict=True)]
    right = [kind == row["kind"] for kind, row in zip(told, late, strict=True)]
    return {"questions": len(late), "right": round(float(np.mean(right)), 3)}


def main(arguments: Sequence[str] | None = None) -> None:
    """Read the command line, fit, measure and write."""
    parser = argparse.ArgumentParser(prog="python -m training.questions")
    parser.add_argument("--data", type=Path, required=True, help="the folder of the sets")
    parser.add_argument("--out", type=Path, help="by default the one in qa/answering")
    parser.add_argument("--states", type=Path, default=Path("states.npz"), help="kept states")
    options = parser.parse_args(arguments)
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    encoder = SentenceTransformerEncoder()
    states = States(encoder, options.states)
    kinds, names, about_kinds = fit_kinds(kinds_of(options.data, states))
    log.info("%s", json.dumps(about_kinds, indent=1))
    talk = conversations_of(options.data, states)
    follow_up, about_follow_ups = fit_follow_ups(talk)
    log.info("%s", json.dumps(about_follow_ups, indent=1))
    by_wording, about_wording = fit_follow_ups(
        replace(talk, states=talk.states[:, :0]), LEFT_ALONE_BY_WORDING
    )
    log.info("%s", json.dumps(about_wording, indent=1))
    model = QuestionModel(encoder.fingerprint, names, kinds, follow_up, by_wording)
    about_kinds["single_answers"] = measure_single_answers(model, options.data, states)
    about = {
        "fitted": datetime.now(UTC).date().isoformat(),
        "command": "python -m training.questions --data DIR",
        "kinds": about_kinds,
        "follow_ups": about_follow_ups,
        "follow_ups_by_wording": about_wording,
    }
    values = pack(model, about)
    unpack_model(values)
    out = options.out or Path(__file__).parents[1] / "qa" / "answering" / FILE
    out.write_text(json.dumps(values, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
