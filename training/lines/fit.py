"""Fit `corpus.structure.line_model`: `python -m training.lines.fit [--data DIR]`.

Pages are made of the pieces in de.toml and en.toml, and of the paragraphs of train-news-de and
train-news-en below DIR; others of the same pieces measure. Stochastic gradients with AdaGrad
(Duchi and others, 2011) and a penalty on small weights. Writes
corpus/structure/line_model.json and prints the share of labels right.
"""

import argparse
import json
import logging
import random
from collections import Counter
from collections.abc import Sequence
from importlib.resources import files
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from corpus.structure.line_features import TextLine, describe
from corpus.structure.line_model import FILE, LABELS, LineModel
from training.lines.pages import PageLine, load_pools, make_page
from training.lines.plain import make_plain
from training.lines.texts import prose_of, sample_texts

log = logging.getLogger("training.lines.fit")

Floats = NDArray[np.float64]
Example = tuple[list[list[int]], list[int]]
_RATE, _PENALTY, _EPOCHS = 0.15, 5e-4, 4
_LEAST_PAGES = 6
"""A word counts where it stands on so many pages."""
_NUMBER = {label: index for index, label in enumerate(LABELS)}


def _pages(count: int, seed: int, data: Path | None = None) -> list[list[PageLine]]:
    """Return pages and, in a third of the cases, other texts; with the prose of training sets."""
    chance = random.Random(seed)
    languages = [("de", load_pools("de")), ("de", load_pools("de")), ("en", load_pools("en"))]
    prose = {
        language: prose_of(data / f"train-news-{language}", chance) if data else []
        for language in ("de", "en")
    }
    pages = []
    for _ in range(count):
        language, pools = chance.choice(languages)
        make = make_plain if chance.random() < 0.33 else make_page
        pages.append(make(pools, chance, prose[language]))
    return pages


def _describe(page: Sequence[PageLine]) -> list[list[str]]:
    return describe([TextLine(line.text, line.gap) for line in page])


def _log_sum(values: Floats, axis: int) -> Floats:
    highest = values.max(axis=axis, keepdims=True)
    total: Floats = np.squeeze(highest, axis) + np.log(np.exp(values - highest).sum(axis=axis))
    return total


class _Fit:
    def __init__(self, features: int) -> None:
        size = len(LABELS)
        self.weights = np.zeros((features, size))
        self.transitions = np.zeros((size, size))
        self._seen = np.full((features, size), 1e-6)
        self._seen_transitions = np.full((size, size), 1e-6)

    def step(self, example: Example) -> None:
        """Move the weights towards one page's labels."""
        names, labels = example
        scores = np.stack([self.weights[row].sum(axis=0) for row in names])
        ahead, behind = self._chains(scores)
        whole = _log_sum(ahead[-1], 0)
        wrong = np.exp(ahead + behind - whole)
        wrong[np.arange(len(labels)), labels] -= 1.0
        pairs = np.zeros_like(self.transitions)
        for at in range(1, len(labels)):
            both = ahead[at - 1][:, None] + self.transitions + (scores[at] + behind[at])[None, :]
            pairs += np.exp(both - whole)
            pairs[labels[at - 1], labels[at]] -= 1.0
        for row, gradient in zip(names, wrong, strict=True):
            slope = gradient + _PENALTY * self.weights[row]
            self._seen[row] += slope**2
            self.weights[row] -= _RATE * slope / np.sqrt(self._seen[row])
        self._seen_transitions += pairs**2
        self.transitions -= _RATE * pairs / np.sqrt(self._seen_transitions)

    def _chains(self, scores: Floats) -> tuple[Floats, Floats]:
        ahead, behind = np.zeros_like(scores), np.zeros_like(scores)
        ahead[0] = scores[0]
        for at in range(1, len(scores)):
            ahead[at] = scores[at] + _log_sum(ahead[at - 1][:, None] + self.transitions, 0)
        for at in range(len(scores) - 2, -1, -1):
            below = scores[at + 1] + behind[at + 1]
            behind[at] = _log_sum(self.transitions + below[None, :], 1)
        return ahead, behind


def fit(pages: Sequence[Sequence[PageLine]], seed: int = 7) -> str:
    """Return a model fitted to pages, as JSON."""
    described = [_describe(page) for page in pages]
    counts = Counter(name for page in described for name in {n for line in page for n in line})
    kept = sorted(name for name, count in counts.items() if count >= _LEAST_PAGES)
    number = {name: index for index, name in enumerate(kept)}
    examples: list[Example] = [
        (
            [[number[name] for name in line if name in number] for line in lines],
            [_NUMBER[line.label] for line in page],
        )
        for lines, page in zip(described, pages, strict=True)
    ]
    state, order = _Fit(len(kept)), random.Random(seed)
    for epoch in range(_EPOCHS):
        order.shuffle(examples)
        for example in examples:
            state.step(example)
        log.info("epoch %d of %d", epoch + 1, _EPOCHS)
    whole = np.round(state.weights * 100).astype(int)
    weights = {
        name: row.tolist() for name, row in zip(kept, whole, strict=True) if np.abs(row).max() >= 8
    }
    transitions = np.round(state.transitions * 100).astype(int).tolist()
    return json.dumps({"transitions": transitions, "features": weights}, ensure_ascii=False)


def right_labels(model: LineModel, pages: Sequence[Sequence[PageLine]]) -> dict[str, str]:
    """Return for each label how many of its lines get it."""
    right: Counter[str] = Counter()
    lines: Counter[str] = Counter()
    for page in pages:
        found = model.probabilities([TextLine(line.text, line.gap) for line in page])
        for line, shares in zip(page, found, strict=True):
            lines[line.label] += 1
            right[line.label] += max(shares, key=lambda label: shares[label]) == line.label
    return {label: f"{right[label] / lines[label]:.3f} of {lines[label]}" for label in lines}


def main() -> None:
    """Fit, measure on held-out pages, and write the model."""
    parser = argparse.ArgumentParser(prog="python -m training.lines.fit", description=__doc__)
    parser.add_argument("--pages", type=int, default=2500)
    parser.add_argument("--data", type=Path, help="with train-news-de and train-news-en below it")
    parser.add_argument("--out", type=Path, default=Path(str(files("corpus.structure") / FILE)))
    options = parser.parse_args()
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    pages = _pages(options.pages, 1, options.data) + sample_texts(random.Random(3))
    text = fit(pages)
    path = options.out
    path.write_text(text.replace('], "', '],\n"') + "\n", encoding="utf-8")
    model = LineModel.read(text)
    for label, share in sorted(right_labels(model, _pages(200, 2, options.data)).items()):
        log.info("%s: %s", label, share)
    log.info("%d bytes", path.stat().st_size)


if __name__ == "__main__":
    main()
