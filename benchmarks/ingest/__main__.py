"""Adding, measured: `python -m benchmarks.ingest TABLE [--group-by COLUMN] [--out FILE]`.

TABLE is a JSONL file of paragraphs, or the same gzipped. Each step runs in a process of its
own, with its wall time, its processor time and the most memory it took beyond that of its
imports. Beside article-qa's `add(embed=False)`: pandas reading and grouping the same table
and joining its texts, with nothing found out and nothing stored; and on the sample pages,
trafilatura alone beside our reader, which asks trafilatura too.

Two steps embed. `rows` makes an article of each of the first 100,000 rows, shortened to 200
characters, with vectors that cost nothing, and so measures all memory but the model's.
`embedded` adds the first 240 rows with the real model and then adds them again.
"""

import argparse
import gzip
import json
import os
import platform
import resource
import shutil
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib.metadata import version
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory
from time import monotonic, process_time
from typing import Any
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from index.encoder import TextKind

_PAGES_TIMES = 10
_ROWS = 100_000
_EMBEDDED_ROWS = 240
_ROW_LONGEST = 200


class NoEncoder:
    """Stands where a model would be; nothing is embedded here."""

    fingerprint = "none"
    dimension = 1
    max_tokens = 512

    def encode(self, texts: Sequence[str], kind: TextKind) -> NDArray[np.float32]:  # noqa: ARG002
        """Return a vector of length 1 each, for questions alone."""
        return np.ones((len(texts), 1), dtype=np.float32)


class CheapEncoder(NoEncoder):
    """Vectors of the default model's size, drawn by the text's checksum."""

    fingerprint = "cheap"
    dimension = 384

    def encode(self, texts: Sequence[str], kind: TextKind) -> NDArray[np.float32]:  # noqa: ARG002
        """Return a vector of length 1 for each text, the same for the same text."""
        drawn = [np.random.default_rng(crc32(text.encode())).random(384) - 0.5 for text in texts]
        vectors = np.array(drawn, dtype=np.float32).reshape(len(texts), 384)
        unit: NDArray[np.float32] = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
        return unit


@dataclass(frozen=True, slots=True)
class Setting:
    """What a step works on."""

    table: Path
    group_by: str
    folder: Path


def add(at: Setting) -> dict[str, Any]:
    """Add the table to a new collection, text only."""
    from qa import open_collection

    with open_collection(at.folder, create=True, encoder=NoEncoder()) as collection:
        measured = _measure(lambda: collection.add(at.table, group_by=at.group_by, embed=False))
        report = measured.pop("result")
        status = collection.status()
    return {
        **measured,
        "articles": status.articles,
        "paragraphs": status.paragraphs,
        "skipped": len(report.skipped),
        "articles_per_s": round(report.added / measured["wall_s"], 1),
        "paragraphs_per_s": round(status.paragraphs / measured["wall_s"]),
    }


def add_again(at: Setting) -> dict[str, Any]:
    """Add the same table once more."""
    from qa import open_collection

    with open_collection(at.folder, encoder=NoEncoder()) as collection:
        measured = _measure(lambda: collection.add(at.table, group_by=at.group_by, embed=False))
        return {"unchanged": measured.pop("result").unchanged, **measured}


def index(at: Setting) -> dict[str, Any]:
    """Build the indexes, which the first search waits for."""
    from qa import open_collection

    with open_collection(at.folder, encoder=NoEncoder()) as collection:
        measured = _measure(lambda: collection.retrieve("Wann wurde die Stadt gegründet?"))
        return {"passages": len(measured.pop("result")), **measured}


def rows(at: Setting) -> dict[str, Any]:
    """Add 100,000 rows, an article each, with vectors for all of them."""
    from qa import open_collection

    folder = at.folder.with_name("rows")
    table = _first_rows(at.table, folder.with_suffix(".jsonl"), _ROWS)
    with open_collection(folder, create=True, encoder=CheapEncoder()) as collection:
        measured = _measure(lambda: collection.add(table))
        report = measured.pop("result")
        return {
            **measured,
            "articles": report.added,
            "embedded": report.embedded,
            "skipped": len(report.skipped),
            "duplicates": report.duplicates,
            "articles_per_s": round(report.added / measured["wall_s"], 1),
        }


def embed_again(at: Setting) -> dict[str, Any]:
    """Add a few rows with the real model, and once more; the model is loaded beforehand."""
    from qa import open_collection

    folder = at.folder.with_name("embedded")
    table = _first_rows(at.table, folder.with_suffix(".jsonl"), _EMBEDDED_ROWS)
    with open_collection(folder, create=True) as collection:
        collection.encoder.encode(["Ein Satz."], "document")
        first = _measure(lambda: collection.add(table))
        report = first.pop("result")
    with open_collection(folder) as collection:
        again = _measure(lambda: collection.add(table))
        unchanged = again.pop("result").unchanged
    share = round(100 * again["wall_s"] / first["wall_s"], 2)
    counts = {"articles": report.added, "embedded": report.embedded, "unchanged": unchanged}
    return {**counts, "first": first, "again": again, "again_percent": share}


def pandas_alone(at: Setting) -> dict[str, Any]:
    """Read and group the table with pandas, and join each group's texts."""
    import pandas  # type: ignore[import-untyped, unused-ignore]

    def group() -> int:
        frame = pandas.read_json(at.table, lines=True)
        return len(frame.groupby(at.group_by, sort=False)["text"].agg("\n\n".join))

    measured = _measure(group)
    return {"articles": measured.pop("result"), **measured}


def pages(_: Setting) -> dict[str, Any]:
    """Read the sample pages with our reader."""
    from corpus.readers import read

    return _pages(lambda data, name: list(read(data, name, uri=name)))


def pages_trafilatura(_: Setting) -> dict[str, Any]:
    """Read the sample pages with trafilatura alone."""
    from trafilatura import bare_extraction

    return _pages(lambda data, name: bare_extraction(data, url=f"https://x.example/{name}"))


def _pages(read: Callable[[bytes, str], Any]) -> dict[str, Any]:
    from corpus.samples import samples_folder

    found = [(path.read_bytes(), path.name) for path in samples_folder().glob("*/*.html")]
    read(*found[0])  # what is loaded once is not counted

    def again() -> int:
        for _ in range(_PAGES_TIMES):
            for data, name in found:
                read(data, name)
        return _PAGES_TIMES * len(found)

    measured = _measure(again)
    count = measured.pop("result")
    return {**measured, "pages": count, "pages_per_s": round(count / measured["wall_s"], 1)}


STEPS = {
    "add": add,
    "add_again": add_again,
    "index": index,
    "embedded": embed_again,
    "pandas_alone": pandas_alone,
    "pages": pages,
    "pages_trafilatura": pages_trafilatura,
    "rows": rows,
}


def _first_rows(table: Path, to: Path, count: int) -> Path:
    """Write the texts of a table's first rows, the first characters of each, to another."""
    with table.open(encoding="utf-8") as rows, to.open("w", encoding="utf-8") as out:
        for row in islice(rows, count):
            text = json.loads(row)["text"][:_ROW_LONGEST]
            out.write(json.dumps({"text": text}) + "\n")
    return to


def _measure(work: Callable[[], Any]) -> dict[str, Any]:
    before = _peak_mib()
    wall, cpu = monotonic(), process_time()
    result = work()
    return {
        "wall_s": round(monotonic() - wall, 3),
        "cpu_s": round(process_time() - cpu, 3),
        "peak_mib_above_imports": round(_peak_mib() - before),
        "result": result,
    }


def _peak_mib() -> float:
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / 1024 if sys.platform != "darwin" else peak / 1024**2


def _run(step: str, table: Path, group_by: str, folder: Path) -> dict[str, Any]:
    arguments = [sys.executable, "-m", "benchmarks.ingest", str(table), "--step", step]
    arguments += ["--group-by", group_by, "--folder", str(folder)]
    done = subprocess.run(arguments, capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(f"{step} failed:\n{done.stderr}")
    line = done.stdout.splitlines()[-1]
    sys.stderr.write(f"{step}: {line}\n")
    return dict(json.loads(line))


def main() -> None:
    """Run all steps and print JSON."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.ingest", description=__doc__)
    parser.add_argument("table", type=Path)
    parser.add_argument("--group-by", default="article")
    parser.add_argument("--out", type=Path, help="also write the JSON there")
    parser.add_argument("--step", choices=STEPS, help=argparse.SUPPRESS)
    parser.add_argument("--folder", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.step:
        found = STEPS[options.step](Setting(options.table, options.group_by, options.folder))
        sys.stdout.write(json.dumps(found) + "\n")
        return
    with TemporaryDirectory() as scratch:
        table = options.table
        if table.suffix == ".gz":
            table = Path(scratch) / table.stem
            with gzip.open(options.table) as packed, table.open("wb") as plain:
                shutil.copyfileobj(packed, plain)
        folder = Path(scratch) / "collection"
        results = {step: _run(step, table, options.group_by, folder) for step in STEPS}
        results["add"]["catalog_mb"] = round((folder / "catalog.sqlite3").stat().st_size / 1e6)
        size = table.stat().st_size
    report = {
        "table": options.table.name,
        "table_mb": round(size / 1e6, 1),
        "machine": f"{os.cpu_count()} cores, {platform.machine()}",
        "python": platform.python_version(),
        "load_at_end": round(os.getloadavg()[0], 1),
        "versions": {name: version(name) for name in ("pandas", "trafilatura", "datasketch")},
        "steps": results,
    }
    text = json.dumps(report, indent=2) + "\n"
    sys.stdout.write(text)
    if options.out:
        options.out.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
