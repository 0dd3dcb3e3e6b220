"""The plot of docs/benchmarks.md: recall@1 of every system with its interval, a panel a set."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from benchmarks.retrieval.report import OURS

_COLOURS = {True: "#1f6f54", False: "#8a5a2b"}


def draw(
    results: Mapping[str, Any], names: Mapping[str, str], titles: Mapping[str, str], path: Path
) -> None:
    """Write an SVG.

    Args:
        results: as `results.json` has them.
        names: system -> how it is called, in the order to draw.
        titles: set -> its title, a panel each.
        path: where to.
    """
    import matplotlib as mpl

    mpl.use("svg")
    from matplotlib import pyplot as plt

    # The same bytes for the same results: no date, no random ids; text stays text.
    settings: Any = {"svg.hashsalt": "article-qa", "svg.fonttype": "none", "font.size": 10}
    with mpl.rc_context(settings):
        figure, panels = plt.subplots(
            1,
            len(titles),
            figsize=(9.5, 4.2),
            sharex=True,
            sharey=True,
            squeeze=False,
            layout="constrained",
        )
        for panel, (name, title) in zip(panels[0], titles.items(), strict=True):
            _panel(panel, results["sets"][name], names, title)
        panels[0][0].invert_yaxis()
        path.parent.mkdir(parents=True, exist_ok=True)
        figure.savefig(path, metadata={"Date": None})
        plt.close(figure)
    # matplotlib ends some lines with blanks.
    lines = path.read_text(encoding="utf-8").splitlines()
    path.write_text("\n".join(line.rstrip() for line in lines) + "\n", encoding="utf-8")


def _panel(panel: Any, measured: Mapping[str, Any], names: Mapping[str, str], title: str) -> None:
    systems = [name for name in names if name in measured["systems"]]
    for place, system in enumerate(systems):
        value = measured["systems"][system]["recall@1"]
        sides = [[value["mean"] - value["low"]], [value["high"] - value["mean"]]]
        colour = _COLOURS[system in OURS]
        panel.errorbar(value["mean"], place, xerr=sides, fmt="o", color=colour, capsize=3)
        shown = f"{value['mean']:.3f}".removeprefix("0")
        panel.annotate(
            shown, (value["mean"], place), (0, 6), textcoords="offset points", ha="center",
            fontsize=8, color=colour,
        )  # fmt: skip
    panel.set_yticks(range(len(systems)), [names[system] for system in systems])
    panel.set_xlabel("recall@1, 95 % interval")
    panel.set_title(f"{title}: {measured['questions']:,} questions")
    panel.grid(axis="x", color="#dddddd")
    panel.set_axisbelow(True)
    panel.spines[["top", "right"]].set_visible(False)
