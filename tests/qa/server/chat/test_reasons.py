"""Every reason for which an input is not read has its German."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

import corpus
from corpus import errors
from corpus.errors import InputError
from corpus.readers import _OFFICE, SUFFIXES
from corpus.text import normalize as text
from qa.server.reasons import GERMAN, KINDS, in_german

INPUT_ERRORS = {
    name
    for name, value in vars(errors).items()
    if isinstance(value, type) and issubclass(value, InputError)
}


def templates(node: ast.expr) -> Iterator[str]:
    """Yield the texts that an expression may give, with 7 for what is filled in."""
    if isinstance(node, ast.IfExp):
        yield from templates(node.body)
        yield from templates(node.orelse)
    elif isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value
    elif isinstance(node, ast.JoinedStr):
        parts = node.values
        yield "".join(str(part.value) if isinstance(part, ast.Constant) else "7" for part in parts)


def raised() -> Iterator[str]:
    """Yield the reasons that the readers and the web give."""
    for path in sorted(Path(corpus.__file__).parent.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not isinstance(node, ast.Call) or not node.args:
                continue
            name = getattr(node.func, "id", getattr(node.func, "attr", ""))
            if name in INPUT_ERRORS:
                yield from templates(node.args[0])


KNOWN = sorted(set(raised()))


@pytest.mark.parametrize("reason", KNOWN)
def test_every_reason_has_its_german(reason: str) -> None:
    said = in_german(reason)
    assert said != reason
    assert not re.search(r"\b(the|is|are|of|with|no|it)\b", said)
    assert said.count("7") <= reason.count("7")


def test_there_are_reasons_to_compare() -> None:
    assert len(KNOWN) > 80


def test_every_kind_of_file_has_its_german() -> None:
    kinds = {kind for _, kind in text._MAGIC} | {*text._CONTAINERS.values(), *_OFFICE.values()}
    assert kinds <= KINDS.keys()
    assert in_german("this is a PNG picture, which holds no article that can be read") == (
        "darin steht kein Artikel, der sich lesen ließe (ein PNG-Bild)"
    )


@pytest.mark.parametrize(
    ("reason", "expected"),
    [
        ("the e-book is damaged or cut off: x", "das E-Book ist beschädigt oder abgeschnitten: x"),
        ("the server answers 404 (Not Found); check the address", "der Server antwortet 404 (Not "),
        ("the server answers 500 (Internal Server Error)", "der Server antwortet 500 (Internal "),
        (f"no reader for .xyz files; known are {', '.join(SUFFIXES)}. If it is plain text, rename "
         "it to end in .txt", "mit der Endung .xyz ist nichts anzufangen, bekannt sind "),
        ("The question has 1,000,000 characters; at most 4,000 are read. Shorten it to what you "
         "want to know.", "Die Frage hat 1.000.000 Zeichen; höchstens 4.000 werden gelesen."),
        ("something new", "something new"),
        ("{0} is empty", "{0} ist leer"),
    ],
)  # fmt: skip
def test_what_is_filled_in_stays(reason: str, expected: str) -> None:
    assert in_german(reason).startswith(expected)


@pytest.mark.parametrize("english", GERMAN)
def test_both_languages_fill_in_the_same(english: str) -> None:
    places = re.findall(r"\{\d\}", english)
    assert places == [f"{{{number}}}" for number in range(len(places))]
    assert set(re.findall(r"\{\d\}", GERMAN[english])) <= set(places)
