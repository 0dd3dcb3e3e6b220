"""The committed results as tables: `python -m benchmarks.retrieval.report` writes them.

docs/benchmarks.md is made whole, the answers' part too; README.md has a table between two
comments. The plot is drawn where matplotlib is installed (the extra `benchmarks`).
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
_IN_README = ("xquad-de", "xquad-en", "xquad-qde-pen", "xquad-qen-pde", "mlqa-dev-en", "squad2-dev")

_NONE = "–"
_PLOTTED = ("xquad-de", "xquad-en")

Results = Mapping[str, Any]


def page(results: Results, answers: list[str]) -> str:
    """Return docs/benchmarks.md; `answers` are the parts of its second half."""
    versions = ", ".join(f"{name} {number}" for name, number in results["versions"].items())
    parts = [
        "# Benchmarks",
        "Made by `python -m benchmarks.retrieval.report` from "
        "[results.json](../benchmarks/retrieval/results.json); do not edit. How to measure on "
        "your own articles: [evaluation.md](evaluation.md).",
        "## Retrieval",
        _METHOD,
        *_remark(results),
        *_earlier(results),
        f"Measured {_when(results)}, with Python {results['python']}, {versions}.",
        "### Recall@1, with 95 % intervals",
        f"![Recall@1 of all systems on German and English](images/{PLOT.name})",
        _table(results, "recall@1", list(results["sets"]), interval=True),
        "### How far behind article-qa",
        "Difference in recall@1 on the same questions, article-qa less the other, in points, with "
        "its 95 % interval. An interval that holds 0 shows no difference.",
        _behind(results),
    ]
    sets = list(results["sets"])
    for metric, title in (("recall@5", "Recall@5"), ("mrr@10", "MRR@10")):
        parts += [f"### {title}", _table(results, metric, sets, interval=False)]
    parts.append("Intervals of these and nDCG@10 are in the JSON file.")
    return "\n\n".join(parts + answers) + "\n"


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
Is the paragraph found that answers the question? All systems see the same pool and the same \
questions in one run; questions without an answer are left out. A copy of the right paragraph \
with the same text counts as right.

- **article-qa** is `Collection.retrieve` with its defaults, on a collection made with \
`add --group-by article` of the paragraphs' texts alone, which is what the other systems see. \
With titles it also has those of the articles, as it has with users' articles. Its two sides are \
the indexes that it asks, each alone; "both, by rank" is the reciprocal rank fusion of their first \
100 with k = 60 (Cormack and others, 2009). Its model runs in bfloat16 where the CPU has that, in \
float32 elsewhere.
- **BM25** is bm25s with its defaults, the Snowball stemmer and its stop words of the paragraphs' \
language, where it has them; Chinese as pairs of characters, because it splits words at blanks.
- **all-MiniLM-L6-v2** is the model that many tutorials begin with, exact search by cosine. It was \
trained on English. Vectors in float32.
- **LanceDB hybrid** is set up as haiku.rag sets it up: cosine, refine factor 30, a full-text \
index with positions and stop words and otherwise LanceDB's defaults, among them English \
stemming, and LanceDB's reciprocal rank fusion. haiku.rag's default model cannot be had offline, \
so it gets article-qa's vectors: the difference is that of the engine.
- **txtai** and **Chroma** are used as their documentation begins, both with their default model, \
all-MiniLM-L6-v2. txtai embeds from a folder; Chroma fetches its copy from the network, so it gets \
the vectors from outside. Neither has a lexical side by default.

These last three run in environments of their own, made by the benchmark; – marks sets that they \
were not measured on.

Metrics are those of ranx; the intervals are percentile bootstraps over the questions, 10,000 \
resamples. Several questions ask about one paragraph, so they are a little too narrow.

The sets are XQuAD (one pool of 240 paragraphs in each language), the English development part of \
MLQA, and half of SQuAD 2.0's development set. All are paragraphs of Wikipedia. The weights of \
article-qa were chosen on mlqa-dev-en and squad2-dev, and what it does with questions in another \
language on xquad-qde-pen and -qen-pde, so the figures on these flatter it; squad2-dev shares \
paragraphs with xquad-en."""


def figures(results: Results) -> str:
    """Return the README's table."""
    names = [name for name in _IN_README if name in results["sets"]]
    table = _table(results, "recall@1", names, interval=False)
    return "\n\n".join([table, *_remark(results)])


def _table(results: Results, metric: str, sets: list[str], *, interval: bool) -> str:
    rows = []
    systems = _systems(results, sets, all_sets=set(sets) <= set(_IN_README))
    for name in sets:
        measured = results["sets"][name]
        cells = [
            _cell(measured["systems"][system][metric], interval)
            if system in measured["systems"]
            else _NONE
            for system in systems
        ]
        if not interval:
            best = max(range(len(cells)), key=lambda at: cells[at].replace(_NONE, ""))
            cells[best] = f"**{cells[best]}**"
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


def _systems(results: Results, sets: Sequence[str], *, all_sets: bool) -> list[str]:
    """Return the systems that all of the sets, or any, were measured with, as `_NAMES` goes."""
    measured = [results["sets"][name]["systems"] for name in sets]
    every = all if all_sets else any
    return [name for name in _NAMES if every(name in item for item in measured)]


def _behind(results: Results) -> str:
    systems = _systems(results, list(results["sets"]), all_sets=False)
    others = [system for system in systems if system != "fused"]
    rows = [
        [
            name,
            *(
                _gap(measured["systems"][system]["behind"])
                if system in measured["systems"]
                else _NONE
                for system in others
            ),
        ]
        for name, measured in results["sets"].items()
    ]
    return _markdown(["", *(_NAMES[system] for system in others)], rows)


def _gap(value: Mapping[str, float]) -> str:
    mean, low, high = (f"{100 * value[name]:+.1f}" for name in ("mean", "low", "high"))
    return f"{mean} ({low} to {high})"


def _cell(value: Mapping[str, float], interval: bool) -> str:
    mean = _short(value["mean"])
    return f"{mean} ({_short(value['low'])}–{_short(value['high'])})" if interval else mean


def _short(share: float) -> str:
    """Write a share with three digits.

    >>> _short(0.9479), _short(1.0)
    ('.948', '1.000')
    """
    return f"{share:.3f}".removeprefix("0")


def _markdown(header: list[str], rows: list[list[str]]) -> str:
    lines = [header, ["---"] * len(header), *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def with_figures(readme: str, results: Results) -> str:
    """Return the README with its table made anew."""
    before, _, rest = readme.partition(BEGIN)
    _, _, after = rest.partition(END)
    return f"{before}{BEGIN}\n\n{figures(results)}\n\n{END}{after}"


def main() -> None:
    from benchmarks.answers.report import parts
    from benchmarks.retrieval.plot import draw

    results = json.loads(RESULTS.read_text(encoding="utf-8"))
    PAGE.write_text(page(results, parts()), encoding="utf-8")
    README.write_text(with_figures(README.read_text(encoding="utf-8"), results), encoding="utf-8")
    draw(results, _NAMES, {name: _SETS[name] for name in _PLOTTED}, PLOT)


if __name__ == "__main__":
    main()
