"""The committed results as tables: `python -m benchmarks.retrieval.report` writes them.

They stand between two comments in docs/benchmarks.md, the answers' part too, and a small table
in README.md. The plot is drawn where matplotlib is installed (the extra `benchmarks`).
"""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

RESULTS = Path(__file__).with_name("results.json")
ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "benchmarks.md"
README = ROOT / "README.md"
PLOT = ROOT / "docs" / "images" / "retrieval.svg"
BEGIN = "<!-- figures: python -m benchmarks.retrieval.report -->"
END = "<!-- end of figures -->"

_NAMES = {
    "titled": "article-qa, with titles",
    "fused": "article-qa",
    "dense": "its dense side",
    "lexical": "its lexical side",
    "rrf": "both, by rank",
    "bm25s": "BM25 (bm25s)",
    "all-MiniLM-L6-v2": "all-MiniLM-L6-v2",
    "lancedb": "LanceDB hybrid",
    "txtai": "txtai",
    "chroma": "Chroma",
}
_SETS = {
    "xquad-de": "German",
    "xquad-en": "English",
    "xquad-qde-pen": "German questions, English paragraphs",
    "xquad-qen-pde": "English questions, German paragraphs",
    "mlqa-dev-en": "English, other pool",
    "squad2-dev": "English, larger pool",
    "xquad-es": "Spanish",
    "xquad-ru": "Russian",
    "xquad-tr": "Turkish",
    "xquad-ar": "Arabic",
    "xquad-zh": "Chinese",
}
_IN_README = ("xquad-de", "xquad-en", "xquad-qde-pen", "xquad-qen-pde")
_SYSTEMS_IN_README = ("fused", "bm25s", "all-MiniLM-L6-v2")

OURS = ("titled", "fused", "dense", "lexical", "rrf")
_NONE = "–"
_PLOTTED = ("xquad-de", "xquad-en")

Results = Mapping[str, Any]


def page(results: Results, answers: list[str]) -> str:
    """Return the generated part of docs/benchmarks.md; `answers` are its second half."""
    versions = ", ".join(f"{name} {number}" for name, number in results["versions"].items())
    parts = [
        "## Retrieval",
        _METHOD,
        *_remark(results),
        *_earlier(results),
        f"Measured {_when(results)}, with Python {results['python']}, {versions}.",
        "### Recall@1, with 95 % intervals",
        f"![Recall@1 of all systems on German and English](images/{PLOT.name})",
        _table(results, "recall@1", list(results["sets"])),
        "### How far behind article-qa",
        "Difference in recall@1 on the same questions, in points, with its 95 % interval. All "
        "differences, recall@5, MRR@10 and nDCG@10 are in "
        "[results.json](../benchmarks/retrieval/results.json).",
        _behind(results),
    ]
    return "\n\n".join(parts + answers)


def _remark(results: Results) -> list[str]:
    """Return what whoever kept the results has to say of them; a new run drops it."""
    return [results["remark"]] if "remark" in results else []


def _earlier(results: Results) -> list[str]:
    """Say which sets were measured with another search than the first one's."""
    sets = results["sets"]
    now = next(iter(sets.values())).get("search")
    names = [name for name, measured in sets.items() if measured.get("search") != now]
    if not names:
        return []
    return [f"Measured with an earlier version of article-qa's search: {', '.join(names)}."]


def _when(results: Results) -> str:
    """Say on which day and in which precision of the model the sets were measured.

    >>> sets = {name: {"date": "2026-05-02", "precision": "float32"} for name in ("a", "b")}
    >>> _when({"sets": sets})
    'on 2026-05-02 in float32'
    >>> _when({"sets": sets | {"c": {"date": "2026-05-01", "precision": "bfloat16"}}})
    'on 2026-05-02 in float32 (a, b), on 2026-05-01 in bfloat16 (c)'
    """
    names: dict[str, list[str]] = {}
    for name, measured in results["sets"].items():
        names.setdefault(f"on {measured['date']} in {measured['precision']}", []).append(name)
    if len(names) == 1:
        return next(iter(names))
    return ", ".join(f"{when} ({', '.join(sets)})" for when, sets in names.items())


_METHOD = """\
Is the paragraph that answers found first? All systems get the same pool and the same questions \
in one run. Questions without an answer are left out; a copy of the right paragraph with the same \
text counts as right.

- **article-qa** is `Collection.retrieve` with its defaults over the paragraphs' texts alone, as \
the other systems get them; with titles it also has those of the articles, as with your own. Its \
two sides are its indexes, each alone; "both, by rank" is their reciprocal rank fusion (k = 60; \
Cormack and others, 2009).
- **BM25** is bm25s with its defaults, Snowball's stemmer and stop words; Chinese as pairs of \
characters.
- **all-MiniLM-L6-v2** is the model of many tutorials, trained on English; exact search by cosine.
- **LanceDB hybrid** is set up as in haiku.rag, with article-qa's vectors, since haiku.rag's model \
cannot be had offline.
- **txtai** and **Chroma** run as their documentation begins, with all-MiniLM-L6-v2.

– marks sets that a system was not measured on. Metrics are those of ranx, intervals percentile \
bootstraps over the questions (10,000 resamples); several questions ask about one paragraph, so \
they are a little too narrow.

The sets are XQuAD, the English development part of MLQA and half of SQuAD 2.0's development set: \
paragraphs of Wikipedia, "+N" with as many distractors. article-qa's weights were chosen on \
mlqa-dev-en and squad2-dev, its handling of other languages on xquad-qde-pen and -qen-pde, so \
these flatter it; squad2-dev shares paragraphs with xquad-en."""


def figures(results: Results) -> str:
    """Return the README's table: a few sets and systems, without intervals."""
    names = [name for name in _IN_README if name in results["sets"]]
    header = ["", "article-qa", *(_NAMES[system] for system in _SYSTEMS_IN_README[1:])]
    rows = []
    for name in names:
        systems = results["sets"][name]["systems"]
        cells = [_short(systems[system]["recall@1"]["mean"]) for system in _SYSTEMS_IN_README]
        best = cells.index(max(cells))
        cells[best] = f"**{cells[best]}**"
        rows.append([_SETS[name], *cells])
    return "\n\n".join([_markdown(header, rows), *_remark(results)])


def _table(results: Results, metric: str, sets: list[str]) -> str:
    rows = []
    systems = _systems(results, sets)
    for name in sets:
        measured = results["sets"][name]
        cells = [
            _cell(measured["systems"][system][metric]) if system in measured["systems"] else _NONE
            for system in systems
        ]
        title = f"{_title(name, measured['language'])} ({name})"
        rows.append([title, f"{measured['paragraphs']:,} / {measured['questions']:,}", *cells])
    return _markdown(["", "paragraphs / questions", *(_NAMES[name] for name in systems)], rows)


def _title(name: str, language: str) -> str:
    """Say what a set is.

    >>> _title("xquad-de+500", "de")
    'German, 500 distractors'
    """
    base, plus, count = name.partition("+")
    title = _SETS.get(base, language)
    return f"{title}, {int(count):,} distractors" if plus else title


def _systems(results: Results, sets: Sequence[str]) -> list[str]:
    """Return the systems that any of the sets was measured with, as `_NAMES` goes."""
    measured = [results["sets"][name]["systems"] for name in sets]
    return [name for name in _NAMES if any(name in item for item in measured)]


def _behind(results: Results) -> str:
    """Return a row for each other system: on how many sets, its least and greatest distance."""
    rows = []
    for system in _systems(results, list(results["sets"])):
        if system in OURS:
            continue
        gaps = {
            name: measured["systems"][system]["behind"]
            for name, measured in results["sets"].items()
            if system in measured["systems"]
        }
        names = sorted(gaps, key=lambda name: float(gaps[name]["mean"]))
        ends = [f"{_gap(gaps[name])}, {name}" for name in (names[0], names[-1])]
        rows.append([_NAMES[system], str(len(gaps)), *ends])
    return _markdown(["", "sets", "at least", "at most"], rows)


def _gap(value: Mapping[str, float]) -> str:
    mean, low, high = (f"{100 * value[name]:+.1f}" for name in ("mean", "low", "high"))
    return f"{mean} ({low} to {high})"


def _cell(value: Mapping[str, float]) -> str:
    mean, low, high = (_short(value[name]) for name in ("mean", "low", "high"))
    return f"{mean} ({low}–{high})"


def _short(share: float) -> str:
    """Write a share with three digits.

    >>> _short(0.9479), _short(1.0)
    ('.948', '1.000')
    """
    return f"{share:.3f}".removeprefix("0")


def _markdown(header: list[str], rows: list[list[str]]) -> str:
    lines = [header, ["---"] * len(header), *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def with_figures(text: str, made: str) -> str:
    """Return a page with what stands between its two comments replaced."""
    before, _, rest = text.partition(BEGIN)
    _, _, after = rest.partition(END)
    return f"{before}{BEGIN}\n\n{made}\n\n{END}{after}"


def main() -> None:
    from benchmarks.answers.report import parts
    from benchmarks.retrieval.plot import draw

    results = json.loads(RESULTS.read_text(encoding="utf-8"))
    for path, made in ((PAGE, page(results, parts())), (README, figures(results))):
        path.write_text(with_figures(path.read_text(encoding="utf-8"), made), encoding="utf-8")
    draw(results, _NAMES, {name: _SETS[name] for name in _PLOTTED}, PLOT)


if __name__ == "__main__":
    main()
