"""Search in PostgreSQL against search in files: `python -m benchmarks.speed.stores`.

The same articles go into both stores, and the same questions are asked of both in turn: medians of
the time on the clock, with a server on this machine, and whether passages and scores are the same.
With `--texts` the texts are those of a file, and each vector is mixed of two of a collection's with
noise, so that they lie about as far apart as those of texts do. Without, all is that of the
collection, and questions are encoded by the default model.
"""

import argparse
import gzip
import json
import random
import tempfile
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from itertools import islice
from pathlib import Path
from time import perf_counter
from typing import Any
from zlib import crc32

import numpy as np

from benchmarks.speed.shards import divide
from corpus.article import Article, Paragraph, Role
from corpus.catalog.articles import Catalog
from corpus.catalog.database import Database, open_database
from corpus.catalog.embeddings import EmbeddingStore
from corpus.catalog.selection import EVERYTHING, Filters
from corpus.catalog.sql.address import parse_address
from corpus.catalog.sql.postgres_database import PostgresDatabase, open_postgres
from corpus.vector_codes import decode_vectors
from index.arrays import Floats, Ids
from index.encoder import (
    CatalogEncoder,
    Encoder,
    SentenceTransformerEncoder,
    TextKind,
    normalise_rows,
)
from index.search import Analysed, Hit, analyse_many, search
from index.store import Index
from index.store.choose import keep_index
from tests.postgres_server import PostgresServer, start_server

K = 10
READERS = 8
_SOURCES = 100
"""Names of sources: of the first ten a tenth of the articles are, of the first one a hundredth."""
FILTERS = {
    "all": EVERYTHING,
    "a tenth": Filters.of(sources=[f"Zeitung {at}" for at in range(10)]),
    "a hundredth": Filters.of(sources="Zeitung 0"),
}
OF_COLLECTION = {"all": EVERYTHING, "in English": Filters.of(languages="en")}
_DRAWN, _NOISE = 0.35, 0.35


class MixingEncoder:
    """Gives each text a vector that is mixed of two real ones, always the same."""

    fingerprint = "mixed"
    max_tokens = 512

    def __init__(self, real: Floats) -> None:
        """Take real vectors, of shape (n, dimension)."""
        self._real = real

    def encode(self, texts: Sequence[str], kind: TextKind) -> Floats:  # noqa: ARG002
        """Return a vector of length 1 for each text."""
        found = np.empty((len(texts), self._real.shape[1]), dtype=np.float32)
        scale = _NOISE / np.sqrt(self._real.shape[1])
        for at, text in enumerate(texts):
            draw = np.random.default_rng(crc32(text.encode()))
            one, two = self._real[draw.integers(len(self._real), size=2)]
            noise = draw.standard_normal(len(one), dtype=np.float32) * np.float32(scale)
            found[at] = one + _DRAWN * (two - one) + noise
        return normalise_rows(found)


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure, and print as JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--collection", type=Path, required=True, help="its folder")
    parser.add_argument("--texts", type=Path, help="paragraphs as JSONL, or .gz")
    parser.add_argument("--asked", type=Path, help="questions as JSONL, asked too")
    parser.add_argument("--paragraphs", type=int, default=10_000)
    parser.add_argument("--questions", type=int, default=100)
    parser.add_argument("--shards", action="store_true", help="then divided among two servers")
    options = parser.parse_args(arguments)
    known = open_database(options.collection, create=False)
    encoder: Encoder
    if options.texts:
        encoder = MixingEncoder(_read_vectors(known))
        articles = read_articles(options.texts, options.paragraphs)
    else:
        encoder = CatalogEncoder(SentenceTransformerEncoder(), EmbeddingStore(known))
        catalog = Catalog(known)
        articles = [catalog.article(item.uri) for item in catalog.articles().values()]
    server = start_server()
    server.stop()
    server.start(shared_buffers="512MB", maintenance_work_mem="512MB")
    try:
        with tempfile.TemporaryDirectory() as folder, server.fresh_schema() as schema:
            address = parse_address(server.url(schema))
            with (
                closing(open_database(Path(folder), create=True)) as files,
                closing(open_postgres(address, create=True)) as tables,
            ):
                report: dict[str, Any] = {}
                indexes = {}
                for name, database in (("files", files), ("postgresql", tables)):
                    started = perf_counter()
                    indexes[name] = fill(database, Path(folder), articles, encoder)
                    report[f"seconds to fill {name}"] = round(perf_counter() - started, 1)
                server.execute("ANALYZE")
                report["paragraphs"] = indexes["files"].paragraph_count
                report["bytes a paragraph"] = _sizes(tables, report["paragraphs"])
                asked = _read_questions(options.asked)[: options.questions]
                asked += make_questions(articles, options.questions - len(asked))
                report |= compare(
                    (indexes["files"], indexes["postgresql"]),
                    asked,
                    encoder,
                    FILTERS if options.texts else OF_COLLECTION,
                )
                if options.shards:
                    report["two shards"] = _measure_shards(
                        indexes["postgresql"], tables, server, asked, encoder
                    )
        print(json.dumps(report, indent=1))
    finally:
        server.remove()


def _measure_shards(
    index: Index,
    database: PostgresDatabase,
    server: PostgresServer,
    questions: Sequence[str],
    encoder: Encoder,
) -> dict[str, dict[str, float]]:
    """Return how long two servers take together, against the one before, and what they find."""
    asked = analyse_many(questions, encoder, index.languages)
    before = {part: [_time(ask, index, item) for item in asked] for part, ask in _PARTS.items()}
    shards = [start_server() for _ in range(2)]
    try:
        divide(database, server, shards)
        found: dict[str, dict[str, float]] = {}
        for part, ask in _PARTS.items():
            after = [_time(ask, index, item) for item in asked]
            shares = [
                len(np.intersect1d(one, other)) / max(1, len(np.unique(one)))
                for (one, _), (other, _) in zip(before[part], after, strict=True)
            ]
            took = [float(np.median([item[1] for item in some])) for some in (before[part], after)]
            found[part] = {
                "ms": round(took[1] * 1000, 2),
                "times as long as one server": round(took[1] / took[0], 2),
                "the same": round(float(np.mean(shares)), 4),
            }
        return found
    finally:
        for shard in shards:
            shard.remove()


def read_articles(path: Path, paragraphs: int) -> list[Article]:
    """Return the first paragraphs of a file as articles, each with a source."""
    groups: dict[str, list[dict[str, str]]] = defaultdict(list)
    with gzip.open(path, "rt") if path.suffix == ".gz" else path.open() as lines:
        for line in islice(lines, paragraphs):
            row = json.loads(line)
            groups[row["article"]].append(row)
    made = []
    for number, (name, rows) in enumerate(groups.items()):
        parts, text = [], ""
        for at, row in enumerate(rows, start=1):
            start = len(text) + (2 if text else 0)
            text += ("\n\n" if text else "") + row["text"]
            parts.append(Paragraph(at, start, len(text), Role.BODY, "de"))
        made.append(
            Article(
                f"text:{name}", rows[0]["title"], text, tuple(parts), language="de",
                source=f"Zeitung {number % _SOURCES}",
            )
        )  # fmt: skip
    return made


def fill(database: Database, folder: Path, articles: Sequence[Article], encoder: Encoder) -> Index:
    """Put articles into a catalog, embed them, and return the index."""
    keeper = keep_index(database, folder, encoder)
    catalog = Catalog(database)
    for article in articles:
        catalog.put(article)
    keeper.embed()
    keeper.snapshot()
    keeper.tidy()
    return keeper.snapshot()


def make_questions(articles: Sequence[Article], count: int) -> list[str]:
    """Return questions of six words that stand in one place of an article."""
    draw = random.Random(3)
    found: list[str] = []
    while len(found) < count:
        words = draw.choice(articles).text.split()
        at = draw.randrange(max(1, len(words) - 6))
        found.append(f"Was ist mit {' '.join(words[at : at + 6])}?")
    return found


def compare(
    indexes: tuple[Index, Index],
    questions: Sequence[str],
    encoder: Encoder,
    choices: Mapping[str, Filters],
) -> dict[str, Any]:
    """Return how long files and PostgreSQL take, and how far they agree."""
    files, tables = indexes
    asked = analyse_many(questions, encoder, files.languages)
    every = np.arange(1, files.paragraph_count + 1)
    same = files.describe(every).text_hashes.tolist() == tables.describe(every).text_hashes.tolist()
    assert same, "paragraphs have other numbers"
    report: dict[str, Any] = {}
    for name, filters in choices.items():
        ours = [_ask(files, question, filters) for question in asked]
        theirs = [_ask(tables, question, filters) for question in asked]
        pairs = [(one, other) for (one, _), (other, _) in zip(ours, theirs, strict=True)]
        medians = [float(np.median([took for _, took in some])) for some in (ours, theirs)]
        report[name] = {
            "ms in files": round(medians[0], 2),
            "ms in postgresql": round(medians[1], 2),
            "times as long": round(medians[1] / medians[0], 2),
            f"overlap@{K}": round(float(np.mean([_overlap(*pair) for pair in pairs])), 4),
            "first the same": round(float(np.mean([_same_first(*pair) for pair in pairs])), 4),
            "largest difference of BM25": max(_differ(*pair) for pair in pairs),
        }
    for part, ask in _PARTS.items():
        found = [[_time(ask, index, item) for item in asked] for index in indexes]
        took = [float(np.median([seconds for _, seconds in some])) * 1000 for some in found]
        shares = [
            len(np.intersect1d(one, other)) / max(1, len(np.unique(one)))
            for (one, _), (other, _) in zip(*found, strict=True)
        ]
        report[part] = {
            "ms in files": round(took[0], 2),
            "ms in postgresql": round(took[1], 2),
            "the same": round(float(np.mean(shares)), 4),
        }
    for name, index in zip(("files", "postgresql"), indexes, strict=True):
        report[f"{READERS} threads ask {name}"] = _ask_at_once(index, asked)
    return report


def _ask_at_once(index: Index, questions: Sequence[Analysed]) -> dict[str, float]:
    """Return how much faster several threads are done than one, and how long one then waits."""
    started = perf_counter()
    alone = [_ask(index, question, EVERYTHING)[1] for question in questions]
    between = perf_counter()
    with ThreadPoolExecutor(READERS) as pool:
        together = list(pool.map(lambda question: _ask(index, question, EVERYTHING)[1], questions))
    return {
        "times as fast": round((between - started) / (perf_counter() - between), 2),
        "one waits times as long": round(float(np.median(together) / np.median(alone)), 2),
    }


def _near(index: Index, question: Analysed) -> Ids:
    return index.select(EVERYTHING).find_near(question.vector, 100)


def _matching(index: Index, question: Analysed) -> Ids:
    return index.select(EVERYTHING).find_matching(question.terms, 100, question.weights)


_PARTS: dict[str, Callable[[Index, Analysed], Ids]] = {
    "the nearest 100": _near,
    "the best 100 by BM25": _matching,
}


def _ask(index: Index, question: Analysed, filters: Filters) -> tuple[list[Hit], float]:
    started = perf_counter()
    with index.hold():
        hits = search(index, question, K, index.select(filters))
    return hits, (perf_counter() - started) * 1000


def _time(
    ask: Callable[[Index, Analysed], Ids], index: Index, question: Analysed
) -> tuple[Ids, float]:
    started = perf_counter()
    found = ask(index, question)
    return found, perf_counter() - started


def _overlap(ours: Sequence[Hit], theirs: Sequence[Hit]) -> float:
    one, other = ({hit.paragraph_id for hit in hits} for hits in (ours, theirs))
    return len(one & other) / len(one) if one else float(not other)


def _same_first(ours: Sequence[Hit], theirs: Sequence[Hit]) -> bool:
    return [hit.paragraph_id for hit in ours[:1]] == [hit.paragraph_id for hit in theirs[:1]]


def _differ(ours: Sequence[Hit], theirs: Sequence[Hit]) -> float:
    known = {hit.paragraph_id: hit.scores["lexical"] for hit in ours}
    return max(
        (
            abs(hit.scores["lexical"] - known[hit.paragraph_id])
            for hit in theirs
            if hit.paragraph_id in known
        ),
        default=0.0,
    )


def _read_questions(path: Path | None) -> list[str]:
    lines = path.read_text(encoding="utf-8").splitlines() if path else []
    return [json.loads(line)["question"] for line in lines]


def _read_vectors(database: Database) -> Floats:
    rows = database.all("SELECT vector FROM embeddings")
    return np.unique(decode_vectors([row["vector"] for row in rows]), axis=0)


def _sizes(database: Database, paragraphs: int) -> dict[str, int]:
    rows = database.all(
        "SELECT relname, CAST(pg_total_relation_size(oid) AS BIGINT) AS bytes FROM pg_class "
        "WHERE relkind = 'r' AND relnamespace = CAST(current_schema AS regnamespace) "
        "ORDER BY 2 DESC LIMIT 8"
    )
    return {row["relname"]: row["bytes"] // paragraphs for row in rows}


if __name__ == "__main__":
    main()
