"""Both languages say the same things, and nothing that nobody shows."""

import ast
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

import corpus
import index
import qa
from corpus import errors
from corpus.errors import ErrorText, FetchFailed, InputError, InputTooLarge, QuestionError
from corpus.readers.containers import DRAWINGS
from corpus.text import normalize
from qa.i18n import LANGUAGES, Words, _catalogue

ROOM = Path(qa.__file__).parent
ASKED = re.compile(r'\b(?:words|at\.words|EN|DE|i18n)(?:\[|\.fill\(|\.count\(|\()\s*"(\w+)"')
BEGUN = re.compile(r'f"(\w+_)\{|"(\w+_)" ~')
"""Keys that are put together: f"role_{role}", "role_" ~ role."""


@pytest.fixture(scope="module")
def sources() -> str:
    """Return the text of all that may show a message."""
    return "\n".join(
        path.read_text("utf-8")
        for kind in ("*.py", "*.html")
        for path in sorted(ROOM.rglob(kind))
        if path.name != "i18n.py"
    )


def places(text: str | tuple[str, ...]) -> set[str]:
    whole = text if isinstance(text, str) else " ".join(text)
    return set(re.findall(r"\{(\w+)", whole))


def test_both_languages_have_every_message() -> None:
    all_german, all_english = (_catalogue(language, "messages") for language in LANGUAGES)
    assert all_german.keys() == all_english.keys()
    assert len(all_german) > 300
    for key, german in all_german.items():
        assert all(german if isinstance(german, tuple) else (german,)), key
        assert places(german) == places(all_english[key]), key
        assert isinstance(german, tuple) == isinstance(all_english[key], tuple), key


def test_no_message_is_unused(sources: str) -> None:
    begun = {first or second for first, second in BEGUN.findall(sources)}
    unused = [
        key
        for key in _catalogue("de", "messages")
        if f'"{key}"' not in sources and not any(key.startswith(name) for name in begun)
    ]
    assert unused == []


def test_every_message_that_is_asked_for_is_there(sources: str) -> None:
    asked = set(ASKED.findall(sources))
    assert len(asked) > 200
    made = {"navigation", "side_button", "side_title", "switch"}
    assert {
        key for key in asked - _catalogue("de", "messages").keys() - made if not key.endswith("_")
    } == set()


def test_other_languages_get_english() -> None:
    assert Words("fr")["sources"] == "Sources"


@pytest.mark.parametrize("code", ["und", "", "nonsense", "x-y-z"])
def test_what_is_no_language_keeps_its_code(code: str) -> None:
    assert Words("de").language_name(code) == code


# Errors

SHOWN = (
    InputError,
    errors.ArticleNotFound,
    errors.CollectionLocked,
    errors.ModelError,
    errors.ModelMismatch,
    errors.QuestionError,
    errors.SettingsError,
)
"""What a page shows; what is wrong with a collection as a whole is met before it is served."""
SHOWN_ERRORS = {
    name
    for name, value in vars(errors).items()
    if isinstance(value, type) and issubclass(value, SHOWN)
}


@pytest.fixture(scope="module")
def worded() -> Mapping[str, Any]:
    """Return the German of errors."""
    return _catalogue("de", "errors")


@pytest.fixture(scope="module")
def trees() -> dict[str, list[ast.Module]]:
    """Return the modules of each package."""
    return {
        package.__name__: [
            ast.parse(path.read_text("utf-8"))
            for path in sorted(Path(str(package.__file__)).parent.rglob("*.py"))
        ]
        for package in (corpus, index, qa)
    }


def constants(node: ast.expr) -> Iterator[str]:
    if isinstance(node, ast.IfExp):
        yield from constants(node.body)
        yield from constants(node.orelse)
    elif isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value


@pytest.fixture(scope="module")
def raised(trees: dict[str, list[ast.Module]]) -> list[ast.expr]:
    """Return the first argument of each error that a page may show."""
    found = []
    for node in (node for tree in trees["corpus"] + trees["index"] for node in ast.walk(tree)):
        name = getattr(node, "func", node)
        name = getattr(name, "id", getattr(name, "attr", ""))
        if isinstance(node, ast.Call) and node.args and name in {*SHOWN_ERRORS, "ErrorText"}:
            found.append(node.args[0])
    return found


def test_an_error_takes_a_template_and_values(raised: list[ast.expr]) -> None:
    assert [ast.unparse(node) for node in raised if isinstance(node, ast.JoinedStr)] == []


def test_every_reason_has_its_german(raised: list[ast.expr], worded: Mapping[str, Any]) -> None:
    templates = {text for node in raised for text in constants(node)}
    assert len(templates) > 100
    assert templates - worded.keys() == set()
    for template in templates:
        german = worded[template]
        assert isinstance(german, str), template
        assert places(german) <= places(template), template
        plain = re.sub(r"\{[^}]*\}", "", german)
        assert not re.search(r"\b(the|is|are|of|with|no|it)\b", plain), template


def test_no_german_of_an_error_is_unused(
    trees: dict[str, list[ast.Module]], worded: Mapping[str, Any]
) -> None:
    there = {
        node.value
        for tree in (tree for package in trees.values() for tree in package)
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }
    assert sorted(set(worded) - there) == []


def test_every_kind_of_file_has_its_german(worded: Mapping[str, Any]) -> None:
    kinds = {kind for _, kind in normalize._MAGIC}
    kinds |= {*normalize._CONTAINERS.values(), *DRAWINGS.values()}
    assert kinds <= worded.keys()


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        (
            InputError("{what} is damaged or cut off: {reason}", what="the e-book", reason="x"),
            "das E-Book ist beschädigt oder abgeschnitten: x",
        ),
        (
            FetchFailed("the server answers {code} ({name}); check the address", 404,
                        code="404", name="Not Found"),
            "der Server antwortet 404 (Not Found); prüfen Sie die Adresse",
        ),
        (
            InputTooLarge("unpacked, it grows beyond {allowed:,.0f} MB", allowed=1500),
            "entpackt wächst die Datei über 1.500 MB",
        ),
        (
            InputError(
                "it redirects to {location!r}: {reason}",
                location="ftp://x",
                reason=InputError("there is no host in the address"),
            ),
            "die Adresse leitet weiter zu 'ftp://x': in der Adresse fehlt der Rechnername",
        ),
        (QuestionError("something new"), "something new"),
    ],
)  # fmt: skip
def test_an_error_is_worded_in_german(error: errors.ArticleQAError, expected: str) -> None:
    assert Words("de").reason(error.text) == expected
    assert Words("en").reason(error.text) == str(error)


def test_a_text_from_elsewhere_is_not_filled_in() -> None:
    text = ErrorText.restore("as it was sent", "{x.__class__}", {"x": 1})
    assert Words("de").reason(text) == "as it was sent"
