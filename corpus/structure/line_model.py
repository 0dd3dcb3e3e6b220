"""What each line of a page's text is, learned: a conditional random field over lines.

Lafferty, McCallum and Pereira (2001): the score of a sequence of labels is the sum of the
weights of each line's features and of each pair of neighbouring labels; what is returned are
the labels' probabilities, by the forward-backward algorithm. `training/lines` fits the weights.
"""

import json
import math
from collections.abc import Mapping, Sequence
from functools import lru_cache
from importlib.resources import files

from corpus.structure.line_features import TextLine, describe

LABELS = (
    "navigation",
    "kicker",
    "headline",
    "lead",
    "byline",
    "heading",
    "body",
    "caption",
    "teaser",
    "boilerplate",
)
FILE = "line_model.json"
_SCALE = 100.0
"""Weights are whole hundredths in the file."""


class LineModel:
    """The weights of features and of neighbouring labels."""

    def __init__(
        self,
        features: Mapping[str, Sequence[float]],
        transitions: Sequence[Sequence[float]],
    ) -> None:
        """Take a weight a label for each feature, and one for each label after another."""
        self._features = features
        self._transitions = transitions
        self._empty = [0.0] * len(LABELS)

    @classmethod
    def read(cls, text: str) -> "LineModel":
        """Return the model that `training.lines.fit` wrote as JSON."""
        data = json.loads(text)
        features = {
            name: [value / _SCALE for value in values] for name, values in data["features"].items()
        }
        return cls(features, [[value / _SCALE for value in row] for row in data["transitions"]])

    def probabilities(self, lines: Sequence[TextLine]) -> list[dict[str, float]]:
        """Return for each line how probable each label is."""
        if not lines:
            return []
        scores = [self._scores(names) for names in describe(lines)]
        forward, backward = self._forward(scores), self._backward(scores)
        result = []
        for ahead, behind in zip(forward, backward, strict=True):
            total = [one + other for one, other in zip(ahead, behind, strict=True)]
            whole = _log_sum(total)
            shares = (math.exp(value - whole) for value in total)
            result.append(dict(zip(LABELS, shares, strict=True)))
        return result

    def _scores(self, names: Sequence[str]) -> list[float]:
        rows = [self._features[name] for name in names if name in self._features]
        return [sum(column) for column in zip(*rows, strict=True)] if rows else self._empty

    def _forward(self, scores: Sequence[Sequence[float]]) -> list[list[float]]:
        columns = list(zip(*self._transitions, strict=True))
        result = [list(scores[0])]
        for own in scores[1:]:
            above = result[-1]
            steps = (
                _log_sum([one + other for one, other in zip(above, column, strict=True)])
                for column in columns
            )
            result.append([value + step for value, step in zip(own, steps, strict=True)])
        return result

    def _backward(self, scores: Sequence[Sequence[float]]) -> list[list[float]]:
        result = [list(self._empty)]
        for own in reversed(scores[1:]):
            below = [one + other for one, other in zip(own, result[-1], strict=True)]
            result.append(
                [
                    _log_sum([one + other for one, other in zip(row, below, strict=True)])
                    for row in self._transitions
                ]
            )
        return result[::-1]


def _log_sum(values: Sequence[float]) -> float:
    highest = max(values)
    return highest + math.log(sum(math.exp(value - highest) for value in values))


@lru_cache(maxsize=1)
def line_model() -> LineModel:
    """Return the model that comes with the package."""
    path = files("corpus.structure") / FILE
    return LineModel.read(path.read_text(encoding="utf-8"))
