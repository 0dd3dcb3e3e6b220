"""Doubles that can be computed by hand, and small makers of articles and files."""

import subprocess
import sys
from collections.abc import Sequence
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

from corpus.article import Article, Paragraph, Role
from qa.reader import Reading
from qa.testing import FakeEncoder

__all__ = ["FakeEncoder", "FakeReader", "adapter", "article", "run_python", "write"]


class FakeReader:
    """Reads one phrase: a passage that has it answers with it, and no other answers."""

    def __init__(self, phrase: str) -> None:
        """Look for `phrase`."""
        self.phrase = phrase

    def read(
        self, question: str, passages: Sequence[str], about: Sequence[str] = ()
    ) -> list[Reading]:
        starts = [passage.find(self.phrase) for passage in passages]
        return [
            Reading(0, 0, -4.6, 0.01)
            if start < 0
            else Reading(start, start + len(self.phrase), 4.6, 0.99)
            for start in starts
        ]


def article(uri: str, *texts: str | tuple[str, Role], **metadata: Any) -> Article:
    """Return an article of these paragraphs; one given as (text, role) has that role.

    Its language, "de" unless given, is that of all its paragraphs; it has no title unless
    given, so that what is embedded of it is its paragraphs' text alone.
    """
    language = metadata.setdefault("language", "de")
    paragraphs, whole = [], ""
    for number, item in enumerate(texts, start=1):
        text, role = item if isinstance(item, tuple) else (item, Role.BODY)
        start = len(whole) + (2 if whole else 0)
        whole += ("\n\n" if whole else "") + text
        paragraphs.append(Paragraph(number, start, start + len(text), role, language))
    metadata.setdefault("title", "")
    return Article(uri=uri, text=whole, paragraphs=tuple(paragraphs), **metadata)


def write(folder: Path, **texts: str) -> Path:
    """Write `name="text"` as name.txt below the folder, and return the folder."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in texts.items():
        (folder / f"{name}.txt").write_text(text, encoding="utf-8")
    return folder


def run_python(code: str, *arguments: str | Path) -> "subprocess.CompletedProcess[str]":
    """Run code in a process of its own, where nothing has been imported yet, with nothing to read.

    Whoever calls looks at the exit status.
    """
    return subprocess.run(
        [sys.executable, "-c", code, *arguments],
        stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=300, check=False,
        cwd=Path(__file__).parents[1],
    )  # fmt: skip


_PACKAGES = {"langchain": "langchain_core", "llamaindex": "llama_index"}


def adapter(name: str) -> Any:
    """Return the module `qa.integrations.NAME`; without its framework the test is skipped.

    The framework is looked for and not imported: the adapter has to come first, which switches
    off what Haystack would send.
    """
    package = _PACKAGES.get(name, name)
    if find_spec(package) is None:
        pytest.skip(f"{package} is not installed: make test-integrations")
    return import_module(f"qa.integrations.{name}")
