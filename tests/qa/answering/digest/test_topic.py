"""Whether articles are on a question's topic, whose names may be others in their language."""

from datetime import date
from typing import Any, cast

import numpy as np
import pytest

from index.search import Analysed
from qa.answering.digest.topic import is_about, is_on_topic, topic_terms
from qa.answering.sentences import Found
from qa.results import ArticleInfo, Passage

INFO = ArticleInfo("urn:b:1", "Der Bund", (), date(2024, 5, 1), None, "Bote", "", "de", "", None)


def found(language: str, dense_z: float) -> Found:
    passage = Passage(
        "Der Städtebund zerfiel.", 1.0, 1, {"dense_z": dense_z}, 1, 0, 23, "", "body", None, "de",
        INFO, "Der Bund, Bote",
    )  # fmt: skip
    question = Analysed("the Town League", np.zeros(2, dtype=np.float32), language, {}, {})
    return Found(question, (passage,), cast(Any, None))


@pytest.mark.parametrize(
    ("language", "dense_z", "is_meant"),
    [("en", 3.3, True), ("en", 2.4, False), ("de", 3.3, False)],
)
def test_a_name_may_be_another_in_another_language_where_the_meaning_is_near(
    language: str, dense_z: float, is_meant: bool
) -> None:
    held = {"stadtebund", "zerfall"}
    assert is_on_topic(found(language, dense_z), ["Town", "League"], held) is is_meant


def test_an_article_is_about_what_it_names() -> None:
    held = {"schleus", "brakum"}
    assert is_about("Was wird zur Schleuse in Brakum berichtet?", ["Brakum"], held, "de")
    assert not is_about("Was wird zur Schleuse in Querau berichtet?", ["Querau"], held, "de")
    assert not is_about("Was ist mit dem Leuchtturm?", [], held, "de")


def test_what_asks_for_a_timeline_is_not_its_topic() -> None:
    asked = topic_terms("Zeitlicher Verlauf: Seilbahn Bad Querau", "de")
    assert asked == topic_terms("Seilbahn Bad Querau", "de")
