"""Near-identical articles, measured: `python -m benchmarks.duplicates [--out FILE]`.

All texts of one half are put into a catalog, as `add` does, and each labelled pair is asked
for: is one of the other's group? Precision and recall are over the labelled pairs; `strays`
are groups across stories, which no pair asks for.
"""

import argparse
import json
import sys
from collections import defaultdict
from collections.abc import Collection
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from benchmarks.duplicates.pairs import FOLDER, Text, pairs
from corpus.blocks import Block, Metadata
from corpus.catalog.articles import Catalog
from corpus.catalog.database import open_database
from corpus.structure.assemble import assemble

HALVES = ("development", "held")


def measure(half: str, folder: Path = FOLDER) -> dict[str, Any]:
    """Return counts, precision and recall of one half, and the pairs that were wrong."""
    labelled = pairs(half, folder)
    texts = {text.name: text for pair in labelled for text in (pair.first, pair.second)}
    groups = _groups(texts.values())
    wrong: list[dict[str, Any]] = []
    kinds: dict[str, list[int]] = defaultdict(lambda: [0, 0])
    counts = {(True, True): 0, (True, False): 0, (False, True): 0, (False, False): 0}
    for pair in labelled:
        found = pair.second.name in groups[pair.first.name]
        counts[pair.duplicate, found] += 1
        kinds[pair.kind][0] += 1
        kinds[pair.kind][1] += found == pair.duplicate
        if found != pair.duplicate:
            wrong.append({"kind": pair.kind, "pair": [pair.first.name, pair.second.name]})
    hit = counts[True, True]
    return {
        "articles": len(texts),
        "pairs": len(labelled),
        "duplicates": hit + counts[True, False],
        "precision": round(hit / max(1, hit + counts[False, True]), 4),
        "recall": round(hit / max(1, hit + counts[True, False]), 4),
        "strays": _strays(groups),
        "right_by_kind": {kind: f"{right}/{of}" for kind, (of, right) in sorted(kinds.items())},
        "wrong": wrong,
    }


def _groups(texts: Collection[Text]) -> dict[str, set[str]]:
    with TemporaryDirectory() as folder:
        database = open_database(Path(folder), create=True)
        catalog = Catalog(database)
        for text in texts:
            blocks = [Block(item) for item in text.body.split("\n\n")]
            metadata = Metadata(title=text.title, language=text.language, source=text.name)
            catalog.put(assemble(blocks, uri=text.name, metadata=metadata))
        found = {text.name: set(catalog.near_identical(text.name)) for text in texts}
        database.close()
    return found


def _strays(groups: dict[str, set[str]]) -> int:
    """Return how many pairs of different stories stand in one group."""
    return sum(
        1
        for name, others in groups.items()
        for other in others
        if name < other and name.split("-")[0] != other.split("-")[0]
    )


def main() -> None:
    """Measure both halves and print JSON."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.duplicates", description=__doc__)
    parser.add_argument("--out", type=Path, help="also write the JSON there")
    parser.add_argument("--half", choices=HALVES, help="only this half")
    options = parser.parse_args()
    found = {half: measure(half) for half in HALVES if options.half in (None, half)}
    text = json.dumps(found, ensure_ascii=False, indent=2) + "\n"
    sys.stdout.write(text)
    if options.out:
        options.out.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
