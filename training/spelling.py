"""Fit which absent terms are typing mistakes: `python -m training.spelling DATA --fit … --test …`.

Each question gives its terms that no paragraph holds, as they are, and one word of it that some
paragraph holds with one artificial mistake: a letter of the keyboard's neighbourhood in place of
another or put in, one left out, two swapped. A logistic regression over `index.spelling.features`
tells the two apart; its threshold finds `FOUND` of the mistakes of the sets that it is fitted on.
It prints the weights, and of each set what share of either kind is replaced.
"""

import argparse
import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random

import numpy as np
import regex
from numpy.typing import NDArray

from index.analysis import question_terms, question_words, terms
from index.spelling import Near, features, most_slips, near_terms
from training.reader.data import read_lines

Floats = NDArray[np.float64]

FOUND = 0.75
"""Of the mistakes: one more found costs more and more words that are none, and most are none."""
QUESTIONS = 1500
PENALTY = 0.5
_KEYBOARD = ("qwertzuiopü", "asdfghjklöä", "yxcvbnm")
_NEIGHBOURS = {
    letter: row[max(at - 1, 0) : at] + row[at + 1 : at + 2]
    for row in _KEYBOARD
    for at, letter in enumerate(row)
}


@dataclass(frozen=True, slots=True)
class Term:
    """A term that no paragraph holds."""

    word: str
    near: Sequence[Near]
    meant: str | None
    """The term that was mistyped; None for one that is as it was asked."""


def mistype(word: str, random: Random) -> str:
    """Make one mistake behind the first letter."""
    at = random.randrange(1, len(word))
    near = _NEIGHBOURS.get(word[at].lower(), "enisra")
    match random.choice("replace insert drop swap".split()):
        case "replace":
            return word[:at] + random.choice(near) + word[at + 1 :]
        case "insert":
            return word[:at] + random.choice(near + word[at]) + word[at:]
        case "swap" if at + 1 < len(word) and word[at] != word[at + 1]:
            return word[:at] + word[at + 1] + word[at] + word[at + 2 :]
        case _:
            return word[:at] + word[at + 1 :]


def absent_terms(
    texts: Iterable[str], questions: Iterable[str], language: str, random: Random
) -> list[Term]:
    """Return the absent terms of questions as they are, and of each with one mistake."""
    counts = Counter(term for text in texts for term in set(terms(text, language)))
    lettered: dict[str, list[tuple[str, int, frozenset[str]]]] = {}
    for term, count in counts.items():
        lettered.setdefault(term[0], []).append((term, count, frozenset(term)))
    found = []
    for question in questions:
        asked = [term for term in question_terms(question, language) if term not in counts]
        found += [Term(term, _near(term, lettered), None) for term in asked]
        known = [
            word
            for word in regex.findall(r"\p{L}{5,}", question)
            if word.lower() not in question_words(language)
            and all(term in counts for term in terms(word, language))
        ]
        if known:
            word = random.choice(known)
            meant, made = terms(word, language), terms(mistype(word, random), language)
            if len(meant) == len(made) == 1 and made[0] not in counts:
                found.append(Term(made[0], _near(made[0], lettered), meant[0]))
    return found


def _near(word: str, lettered: Mapping[str, list[tuple[str, int, frozenset[str]]]]) -> list[Near]:
    slips = most_slips(word)
    letters = frozenset(word)
    # A slip changes which letters there are by two at most; to count all edits takes long.
    likely = (
        (term, count)
        for term, count, own in (lettered.get(word[0], ()) if slips else ())
        if len(own ^ letters) <= 2 * slips
    )
    return near_terms(word, likely)


def fit(rows: Floats, mistyped: Floats) -> tuple[Floats, float]:
    """Return weights and bias of a ridge logistic regression, both kinds weighing the same."""
    mean, deviation = rows.mean(axis=0), rows.std(axis=0) + 1e-9
    scaled = np.column_stack([(rows - mean) / deviation, np.ones(len(rows))])
    share = mistyped.mean()
    importance = np.where(mistyped == 1, 0.5 / share, 0.5 / (1 - share))
    found = np.zeros(scaled.shape[1])
    for _ in range(50):
        chance = 1 / (1 + np.exp(-scaled @ found))
        slope = scaled.T @ (importance * (chance - mistyped)) + PENALTY * found
        curve = (scaled.T * (importance * chance * (1 - chance))) @ scaled
        found = found - np.linalg.solve(curve + PENALTY * np.eye(len(found)), slope)
    weights = found[:-1] / deviation
    scores = rows[mistyped == 1] @ weights
    return weights, -float(np.quantile(scores, 1 - FOUND))


def read_terms(folder: Path, language: str) -> list[Term]:
    random = Random(folder.name)
    texts = [row["text"] for row in read_lines(folder / "paragraphs.jsonl")]
    questions = [row["question"] for row in read_lines(folder / "questions.jsonl")]
    random.shuffle(questions)
    return absent_terms(texts, questions[:QUESTIONS], language, random)


def table_of(found: Iterable[Term], language: str) -> tuple[Floats, Floats]:
    """Return the features of those that have a near term, and which are mistyped."""
    kept = [item for item in found if item.near]
    rows = [features(item.word, item.near, language) for item in kept]
    return np.array(rows), np.array([float(item.meant is not None) for item in kept])


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="the folder of the sets")
    parser.add_argument("--fit", nargs="+", required=True, metavar="LANGUAGE:SET")
    parser.add_argument("--test", nargs="*", default=[], metavar="LANGUAGE:SET")
    options = parser.parse_args(arguments)
    sets = {}
    for name in (*options.fit, *options.test):
        language, _, folder = name.partition(":")
        sets[name] = (read_terms(options.data / folder, language), language)
    tables = [table_of(*sets[name]) for name in options.fit]
    weights, bias = fit(
        np.concatenate([rows for rows, _ in tables]), np.concatenate([told for _, told in tables])
    )
    print(json.dumps({"weights": weights.round(3).tolist(), "bias": round(bias, 3)}))
    for name, (found, language) in sets.items():
        rows, mistyped = table_of(found, language)
        chosen = rows @ weights + bias > 0
        right = np.array([item.near[0].term == item.meant for item in found if item.near])
        mistakes = sum(item.meant is not None for item in found)
        print(f"{name}: {mistakes} mistakes, {right.sum()} put right by the nearest term,", end=" ")
        print(f"{(chosen & right).sum()} by the model; {len(found) - mistakes} terms as", end=" ")
        asked = mistyped == 0
        print(f"asked, {asked.sum()} near another one, {(chosen & asked).sum()} replaced")


if __name__ == "__main__":
    main()
