"""What was answered, kept in a file a line each, so that a stopped run goes on."""

import hashlib
import json
from collections.abc import Iterable, Iterator
from dataclasses import asdict
from pathlib import Path
from time import perf_counter

from benchmarks.answers.data import AnswerSet, Question
from benchmarks.answers.systems import LANGUAGE_MODEL, System, system
from qa.evaluation.answers import AnswerOutcome
from qa.settings import load_settings

ROOT = Path(__file__).parents[2]
Record = tuple[AnswerOutcome, float]
"""An outcome, and the seconds it took."""


def code_fingerprint() -> str:
    """Return a hash of the source that answers: a change to it makes kept answers void."""
    digest = hashlib.sha256()
    for package in ("corpus", "index", "qa"):
        for path in sorted((ROOT / package).rglob("*")):
            if path.suffix in (".py", ".json", ".safetensors", ".sql") and path.is_file():
                digest.update(path.relative_to(ROOT).as_posix().encode() + path.read_bytes())
    return digest.hexdigest()[:16]


def _slug(name: str) -> str:
    """Return a name that can be part of a file's.

    >>> _slug("org/model:7b")
    'org-model-7b'
    """
    return "".join(char if char.isalnum() or char in "._" else "-" for char in name)


class Records:
    """The answers of one set and system."""

    def __init__(self, cache: Path, data: AnswerSet, name: str, code: str) -> None:
        """Keep them below `cache`."""
        self._data, self._name, self._cache = data, name, cache
        folder = cache / "answers" / code
        folder.mkdir(parents=True, exist_ok=True)
        # Answers of one language model are not those of another.
        model = f" {_slug(load_settings().language_model)}" if name == LANGUAGE_MODEL else ""
        self._file = folder / f"{data.name} {name}{model}.jsonl"
        self._system: System | None = None
        self._known = dict(self._read())

    def answer_all(self, questions: Iterable[Question]) -> Iterator[Record]:
        """Yield a record for each question, asking those that were not asked before."""
        for question in questions:
            if question.key not in self._known:
                self._known[question.key] = self._ask(question)
            yield self._known[question.key]

    def is_new(self, question: Question) -> bool:
        """Tell whether a question was not asked before."""
        return question.key not in self._known

    def _ask(self, question: Question) -> Record:
        if self._system is None:
            self._system = system(self._name, self._data, self._cache)
            self._system(question)  # the first one loads models
        started = perf_counter()
        found = self._system(question)
        seconds = perf_counter() - started
        with self._file.open("a", encoding="utf-8") as lines:
            row = {"key": question.key, "seconds": round(seconds, 4), **asdict(found)}
            lines.write(json.dumps(row, ensure_ascii=False) + "\n")
        return found, seconds

    def _read(self) -> Iterator[tuple[str, Record]]:
        if not self._file.exists():
            return
        for line in self._file.read_text(encoding="utf-8").split("\n"):
            try:
                row = json.loads(line)
            except ValueError:
                continue  # the end, or a line that was cut off by a crash
            key, seconds = row.pop("key"), row.pop("seconds")
            yield key, (AnswerOutcome(**row), seconds)
