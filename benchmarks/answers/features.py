"""What answering knows of a question before it decides, written down for fitting offline.

A set becomes a collection; each question is asked of it as it is, with the answering
paragraph taken from the list of what is found, and with its whole article taken from it.
For every third question the collection is cut down to four articles, since much of the
evidence looks otherwise where there is little to compare with.
"""

import hashlib
import json
import random
import sqlite3
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from benchmarks.retrieval.ours import RememberingEncoder
from corpus.catalog.selection import Filters
from corpus.samples import samples_folder
from corpus.text.normalize import clean
from index.analysis import terms
from qa.answering.answerability import unheld
from qa.answering.sentences import Found
from qa.collection import Collection, open_collection
from qa.options import Choice
from qa.reader import Reader, default_reader
from qa.reader.read import Reading
from qa.reader.weights import identity, read_sidecar
from qa.results import Passage
from qa.retrieval.reading import READ
from training.reader.data import parts, read_set
from training.reader.evaluate import unseen_part

SETS = (
    ("xquad-en", 200),
    ("xquad-de", 200),
    ("squad2-dev", 120),
    ("mlqa-dev-en", 60),
    ("xquad-qde-pen", 40),
    ("xquad-qen-pde", 40),
)
"""Set -> at most so many questions of the part that the reader was not trained on."""
_SAMPLE = 200
_DEEP = 60
_SMALL = 4
_KEPT = 8


@dataclass(frozen=True)
class Seen:
    """One passage as answering sees it."""

    fused: float
    z: float
    lexical: float
    covered: float | None
    """None where question and passage differ in language."""
    read: float | None
    """The reader's log odds; None where it was not read."""
    gold: bool
    article: str
    span: str = ""
    unknown: float | None = None
    """Of the question's terms, with what was taken away gone; None between languages."""


@dataclass(frozen=True)
class Asked:
    """One question in one state of its collection."""

    set: str
    id: str
    variant: str
    """"full", "no paragraph", "no article", and "small " before each."""
    question: str
    answerable: bool
    passages: tuple[Seen, ...]


class RememberingReader:
    """A reader that keeps what it has read in a file."""

    def __init__(self, reader: Reader, weights: str, cache: Path) -> None:
        self._reader = reader
        self._weights = weights
        self._file = sqlite3.connect(cache / "readings.sqlite3", timeout=60)
        self._file.execute("CREATE TABLE IF NOT EXISTS readings (name TEXT PRIMARY KEY, row TEXT)")

    def read(self, question: str, passages: Sequence[str]) -> list[Reading]:
        names = [self._name(question, text) for text in passages]
        new = [n for n, name in enumerate(names) if self._path(name) is None]
        if new:
            readings = self._reader.read(question, [passages[n] for n in new])
            with self._file:
                self._file.executemany(
                    "INSERT OR REPLACE INTO readings VALUES (?, ?)",
                    [
                        (names[n], json.dumps(asdict(reading)))
                        for n, reading in zip(new, readings, strict=True)
                    ],
                )
        return [Reading(**json.loads(self._path(name) or "{}")) for name in names]

    def _name(self, question: str, text: str) -> str:
        return hashlib.sha256(f"{self._weights}\0{question}\0{text}".encode()).hexdigest()

    def _path(self, name: str) -> str | None:
        row = self._file.execute("SELECT row FROM readings WHERE name = ?", (name,)).fetchone()
        return row[0] if row else None


def remembering_reader(encode: RememberingEncoder, cache: Path) -> RememberingReader:
    """Return the shipped reader with a memory in `cache`."""
    import qa.reader

    reader = default_reader(encode._encoder)
    if reader is None:
        raise SystemExit("The shipped reader does not fit the default model.")
    known = identity(read_sidecar(Path(qa.reader.__file__).parent))
    return RememberingReader(reader, known, cache)


def open_set(folder: Path, encode: RememberingEncoder, cache: Path) -> Collection:
    """Return a collection of a set's paragraphs, made in `cache` at the first time."""
    place = cache / "collections" / folder.name
    table = cache / f"{folder.name}.jsonl"
    if not table.exists():
        with table.open("w", encoding="utf-8") as lines:
            for row in read_set(folder).paragraphs.values():
                line = {"article": row["article"], "text": row["text"], "title": row["title"]}
                lines.write(json.dumps(line) + "\n")
    collection = open_collection(place, create=True, encoder=encode)
    # What is there is left alone, and what an interrupted run has left out is made up for.
    collection.add(table, group_by="article")
    collection.embed()
    return collection


def open_samples(encode: RememberingEncoder, cache: Path) -> Collection:
    """Return a collection of the sample articles."""
    collection = open_collection(cache / "collections" / "samples", create=True, encoder=encode)
    collection.add(samples_folder() / "de", samples_folder() / "en")
    return collection


def development_rows(data: Path, name: str, most: int) -> list[dict[str, Any]]:
    """Return questions that the reader was not trained on, a seeded sample."""
    found = read_set(data / name)
    rows = found.questions
    if name.startswith("xquad"):
        rows = parts(found)[1].questions
    elif name == "squad2-dev":
        rows = unseen_part(found, parts(read_set(data / "xquad-en"))[0]).questions
    # Of one sample, so that a larger number adds to a smaller one what was read already.
    return random.Random(1).sample(rows, min(len(rows), _SAMPLE))[:most]


def ask_set(
    data: Path, name: str, most: int, encode: RememberingEncoder, reader: Reader, cache: Path
) -> Iterator[Asked]:
    """Yield a set's questions in all their variants."""
    # As the collection holds them: without byte order marks and zero-width blanks.
    paragraphs = {
        key: row | {"text": clean(row["text"])}
        for key, row in read_set(data / name).paragraphs.items()
    }
    rng = random.Random(2)
    with open_set(data / name, encode, cache) as collection:
        uris = [info.uri for info in collection.articles()]
        for number, row in enumerate(development_rows(data, name, most)):
            gold = paragraphs[row["paragraph_id"]]
            filters = {"": Filters.of()}
            if number % 3 == 1:
                own = [uri for uri in uris if uri.endswith(f"#{gold['article']}")]
                filters["small "] = Filters.of(uris=own + rng.sample(uris, _SMALL - 1))
            for size, chosen in filters.items():
                found = collection._answerer.finder.find(row["question"], _DEEP, Choice(chosen))
                assert found is not None
                for variant, kept in _variants(gold, bool(row["answers"])):
                    gone = [
                        f"{item['title']}\n{item['text']}"
                        for item in paragraphs.values()
                        if (variant == "no article" and item["article"] == gold["article"])
                        or (variant == "no paragraph" and item is gold)
                    ]
                    passages = tuple(item for item in found.passages if kept(item))[:_KEPT]
                    yield Asked(
                        name,
                        row["id"],
                        size + variant,
                        row["question"],
                        variant == "full" and bool(row["answers"]),
                        record_evidence(found, passages, reader, gold["text"], gone),
                    )


def _variants(
    gold: dict[str, Any], answered: bool
) -> Iterator[tuple[str, Callable[[Passage], bool]]]:
    yield "full", lambda _: True
    if answered:
        yield "no paragraph", lambda item: item.text != gold["text"]
        yield (
            "no article",
            lambda item: not item.article.uri.endswith(f"#{gold['article']}"),
        )


def record_evidence(
    found: Found,
    passages: Sequence[Passage],
    reader: Reader,
    gold: str,
    gone: Sequence[str] = (),
) -> tuple[Seen, ...]:
    """Write down what is known of the passages.

    Args:
        found: what retrieval found for the question.
        passages: of it, those that are left.
        reader: any reader.
        gold: text that the right one holds.
        gone: texts of the paragraphs that were taken away.
    """
    unknown = {
        language: _unknown(found, language, gone)
        for language in {item.language for item in passages}
    }
    readings = reader.read(found.question.text, [item.text for item in passages[:READ]])
    padded: list[Reading | None] = [*readings, *[None] * (len(passages) - len(readings))]
    return tuple(
        Seen(
            item.score,
            item.scores["dense_z"],
            item.scores["lexical"],
            found.coverage_of(item),
            reading.score if reading else None,
            bool(gold) and gold in item.text,
            item.article.uri,
            item.text[reading.start : reading.end] if reading else "",
            unknown[item.language],
        )
        for item, reading in zip(passages, padded, strict=True)
    )


def _unknown(found: Found, language: str, gone: Sequence[str]) -> float | None:
    """Return what `Found.unknown` would, were the paragraphs with the texts `gone` not there."""
    if found.question.is_foreign(language):
        return None
    counts = Counter(found.frequencies(language))
    counts.subtract(term for text in gone for term in set(terms(text, language)))
    return unheld(found.rarities(language), counts)


def ask_samples(
    questions: Path, encode: RememberingEncoder, reader: Reader, cache: Path
) -> Iterator[Asked]:
    """Yield the labelled questions over the sample articles."""
    with open_samples(encode, cache) as collection:
        for number, line in enumerate(questions.read_text(encoding="utf-8").splitlines()):
            row = json.loads(line)
            found = collection._answerer.finder.find(row["question"], _KEPT, Choice(Filters.of()))
            assert found is not None
            passages = record_evidence(found, found.passages, reader, row["quote_contains"])
            yield Asked(
                "samples", str(number), "full", row["question"], bool(row["answer"]), passages
            )
