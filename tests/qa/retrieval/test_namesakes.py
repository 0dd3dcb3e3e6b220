"""Two articles of one name: what the question names of them chooses."""

from datetime import date
from pathlib import Path

import pytest

from qa.collection import Collection
from qa.results import ArticleInfo
from qa.retrieval.namesakes import NAMED_WEIGHT, boost_named
from tests.fakes import write

BEFORE = ArticleInfo(
    "file:///press/Lauten/2023/haushalt.txt", "Der Haushalt", (), date(2023, 12, 1), None,
    "Lautener Bote", "", "de", "", None,
)  # fmt: skip
AFTER = ArticleInfo(
    "file:///press/Osterholm/2024/haushalt.txt", "Der Haushalt", (), date(2024, 12, 2), None,
    "Osterholmer Blatt", "", "de", "", None,
)  # fmt: skip


@pytest.mark.parametrize(
    ("question", "named"),
    [
        ("Was steht im Haushalt 2023?", [1]),
        ("Was steht im Haushalt von Osterholm?", [2]),
        ("Was schrieb der Lautener Bote zum Haushalt?", [1]),
        ("Was steht im Haushalt?", []),
        ("Was steht im Haushalt von Lauten und Osterholm?", []),
        ("Was steht unter press?", []),
        ("Was steht im Haushalt 1999?", []),
    ],
)
def test_what_is_named_chooses(question: str, named: list[int]) -> None:
    assert boost_named(question, {1: BEFORE, 2: AFTER}) == dict.fromkeys(named, NAMED_WEIGHT)


def test_articles_of_different_names_are_left_alone() -> None:
    other = ArticleInfo(
        "file:///press/Osterholm/2024/sport.txt", "Der Sport", (), date(2024, 12, 2), None,
        "Osterholmer Blatt", "", "de", "", None,
    )  # fmt: skip
    assert boost_named("Haushalt 2023?", {1: BEFORE, 2: other}) == {}
    rows = [
        ArticleInfo(f"file:///{year}/t.csv#{year}", "", (), None, None, "", "", "de", "", None)
        for year in (2023, 2024)
    ]
    assert boost_named("Haushalt 2023?", dict(enumerate(rows))) == {}


def test_the_year_in_the_question_finds_the_years_article(
    collection: Collection, tmp_path: Path
) -> None:
    said = {
        "2023": "Die Stadt gibt neun Millionen Euro für Schulen aus; das Dach wird neu gedeckt.",
        "2024": "Für Schulen gibt die Stadt zwölf Millionen Euro aus, auch Fenster werden ersetzt.",
    }
    for year, sentence in said.items():
        write(tmp_path / year, haushalt=f"Der Haushalt\n\n{sentence}\n")
    collection.add(tmp_path / "2023", tmp_path / "2024")
    for year, sentence in said.items():
        passage, *_ = collection.retrieve(f"Wie viel gibt die Stadt im Haushalt {year} aus?")
        assert passage.text == sentence
        assert passage.scores["boost"] == NAMED_WEIGHT
