"""The reliability diagram of docs/answers.md: `python -m benchmarks.answers.plot`.

Drawn from answerability.json: how sure answers were against how many were right, as a dot for each
tenth, as large as its number of questions. On the diagonal the confidence is what it says.
"""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
OUT = HERE.parents[1] / "docs" / "images" / "confidence.svg"
_SETS = {
    "dev-news-de": "German news, not fitted on",
    "read": "what it was fitted on, out of fold",
}
_COLOURS = ("#1f6f54", "#8a5a2b")


def draw(report: Mapping[str, Any], path: Path) -> None:
    """Write an SVG.

    Args:
        report: as `answerability.json` has it.
        path: where to.
    """
    import matplotlib as mpl

    mpl.use("svg")
    from matplotlib import pyplot as plt

    # The same bytes for the same results: no date, no random ids; text stays text.
    settings: Any = {"svg.hashsalt": "article-qa", "svg.fonttype": "none", "font.size": 10}
    with mpl.rc_context(settings):
        figure, panel = plt.subplots(figsize=(5.6, 5.0), layout="constrained")
        panel.plot([0, 1], [0, 1], color="#999999", linestyle="--", linewidth=1)
        for (name, title), colour in zip(_SETS.items(), _COLOURS, strict=True):
            _line(panel, report[name], title, colour)
        least = report["least"]["balanced"]
        panel.axvline(least, color="#cccccc", linewidth=1)
        panel.annotate("answered by default →", (least, 0.02), (4, 0), textcoords="offset points")
        panel.set(xlim=(0, 1), ylim=(0, 1), xlabel="confidence", ylabel="share of right answers")
        panel.legend(frameon=False, loc="upper left")
        panel.spines[["top", "right"]].set_visible(False)
        path.parent.mkdir(parents=True, exist_ok=True)
        figure.savefig(path, metadata={"Date": None})
        plt.close(figure)
    # matplotlib ends some lines with blanks.
    lines = path.read_text(encoding="utf-8").splitlines()
    path.write_text("\n".join(line.rstrip() for line in lines) + "\n", encoding="utf-8")


def _line(panel: Any, measured: Mapping[str, Any], title: str, colour: str) -> None:
    dots = measured["reliability"]
    predicted = [dot["predicted"] for dot in dots]
    observed = [dot["observed"] for dot in dots]
    # An area for a number.
    sizes = [8 + 0.6 * dot["count"] for dot in dots]
    error = f"{measured['calibration_error']:.2f}".removeprefix("0")
    panel.plot(predicted, observed, color=colour, linewidth=1)
    panel.scatter(predicted, observed, s=sizes, color=colour, label=f"{title}: error {error}")


if __name__ == "__main__":
    draw(json.loads((HERE / "answerability.json").read_text(encoding="utf-8")), OUT)
