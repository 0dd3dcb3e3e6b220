"""The sample articles and their gold questions and roles belong together."""

import json
from collections import Counter
from functools import cache
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

from corpus.article import ANSWERING_ROLES, Role
from corpus.samples import samples_folder

DATA = Path(__file__).resolve().parents[1] / "data"
FILES = sorted(
    path for path in samples_folder().glob("*/*") if path.suffix in {".html", ".md", ".txt"}
)


def rows(name: str) -> list[dict[str, Any]]:
    lines = (DATA / name).read_text(encoding="utf-8").splitlines()
    return [json.loads(line) for line in lines]


QUESTIONS = rows("sample_questions.jsonl")
ROLES = rows("sample_roles.jsonl")
ANSWERED = [row for row in QUESTIONS if row["answer"]]
UNANSWERED = [row for row in QUESTIONS if not row["answer"]]


class VisibleText(HTMLParser):
    """Collects a page's text; far simpler than the readers, and independent of them."""

    def __init__(self) -> None:
        super().__init__()
        self.parts: list[str] = []
        self.hidden = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.hidden += tag in {"script", "style", "title"}

    def handle_endtag(self, tag: str) -> None:
        self.hidden -= tag in {"script", "style", "title"}

    def handle_data(self, data: str) -> None:
        if not self.hidden:
            self.parts.append(data)


@cache
def visible(path: Path) -> str:
    """Return the file's text with white space collapsed."""
    text = path.read_text(encoding="utf-8")
    if path.suffix == ".html":
        parser = VisibleText()
        parser.feed(text)
        parser.close()
        text = "".join(parser.parts)
    if path.suffix == ".md":
        text = text.replace("**", "").replace("[", "").replace("]", "")
    return " ".join(text.split())


def name(path: Path) -> str:
    return f"{path.parent.name}/{path.name}"


def named_by(row: dict[str, Any]) -> list[Path]:
    return [path for path in FILES if row["uri_contains"] in path.name]


def test_there_are_enough_articles_half_german_half_english() -> None:
    languages = Counter(path.parent.name for path in FILES)
    formats = Counter(path.suffix for path in FILES)
    assert len(FILES) >= 24
    assert languages["de"] == languages["en"]
    assert set(languages) == {"de", "en"}
    assert formats[".html"] >= 16
    assert formats[".txt"] + formats[".md"] >= 10
    assert formats[".md"] >= 2


@pytest.mark.parametrize("path", FILES, ids=name)
def test_each_file_is_utf8_of_an_articles_length(path: Path) -> None:
    assert 350 <= len(visible(path).split()) <= 800
    assert "\ufffd" not in visible(path)


def test_names_are_unique_across_languages() -> None:
    assert max(Counter(path.stem for path in FILES).values()) == 1


def test_there_are_enough_questions_of_each_kind() -> None:
    languages = Counter(row["language"] for row in QUESTIONS)
    assert len(QUESTIONS) >= 60
    assert languages["de"] == languages["en"]
    assert len({row["question"] for row in QUESTIONS}) == len(QUESTIONS)
    traps = [row for row in UNANSWERED if "trap" in row]
    near_misses = [row for row in UNANSWERED if row.get("near_miss")]
    assert len(traps) >= 6
    assert len(near_misses) >= 6
    assert len(UNANSWERED) - len(traps) - len(near_misses) >= 12
    assert sum(bool(row.get("cross_lingual")) for row in ANSWERED) >= 8


@pytest.mark.parametrize("row", ANSWERED, ids=lambda row: row["question"][:40])
def test_each_gold_answer_stands_in_a_file_it_names(row: dict[str, Any]) -> None:
    texts = [visible(path) for path in named_by(row)]
    assert any(row["answer"] in text and row["quote_contains"] in text for text in texts)


@pytest.mark.parametrize("row", [row for row in ANSWERED if row.get("cross_lingual")])
def test_cross_lingual_answers_are_only_in_the_other_language(row: dict[str, Any]) -> None:
    assert {path.parent.name for path in named_by(row)} == {"de", "en"} - {row["language"]}


@pytest.mark.parametrize("row", [row for row in QUESTIONS if "trap" in row])
def test_each_trap_is_laid_in_clutter(row: dict[str, Any]) -> None:
    """No block that answers may begin with, or lead up to, the trap's words."""
    holders = [path for path in named_by(row) if row["trap"] in visible(path)]
    assert holders
    for path in holders:
        before = visible(path).partition(row["trap"])[0] + row["trap"]
        blocks = [
            (before.rfind(block["text"]), block["role"])
            for block in ROLES
            if block["file"] == name(path)
        ]
        assert Role(max(blocks)[1]) not in ANSWERING_ROLES


@pytest.mark.parametrize("path", FILES, ids=name)
def test_gold_roles_fit_the_file(path: Path) -> None:
    blocks = [row for row in ROLES if row["file"] == name(path)]
    counts = Counter(Role(row["role"]) for row in blocks)
    assert counts[Role.HEADLINE] == 1
    assert counts[Role.LEAD] == 1
    assert counts[Role.BODY] >= 6
    assert counts[Role.PROMO] >= 3
    for row in blocks:
        assert len(row["text"]) <= 60
        assert row["text"].replace(" ", "") in visible(path).replace(" ", "").replace("*", "")


def test_gold_roles_name_only_files_that_exist() -> None:
    assert {row["file"] for row in ROLES} == {name(path) for path in FILES}
