"""The measuring tools, against values computed by hand."""

from collections.abc import Sequence

import numpy as np
import pytest

from qa.evaluation.span_metrics import auroc, exact, f1
from qa.reader import Reading
from qa.reader.read import trim_span
from training.reader.calibration import fit_calibration
from training.reader.evaluate import answers_found, measure_removed, recall_at_1, unseen_part
from training.reader.sets import LabelledSet


class FirstWord:
    """Answers with a passage's first word; the longer the passage, the surer."""

    def read(
        self, question: str, passages: Sequence[str], about: Sequence[str] = ()
    ) -> list[Reading]:
        return [Reading(0, text.index(" "), float(len(text)), 0.5) for text in passages]


def labelled(*rows: tuple[str, str, str | None]) -> LabelledSet:
    """Make a set of (paragraph id, text, answer); no answer is unanswerable."""
    paragraphs = {key: {"id": key, "article": "a", "text": text} for key, text, _ in rows}
    questions = [
        {
            "id": f"q{key}",
            "question": "Was?",
            "paragraph_id": key,
            "answers": [{"text": answer, "start": 0}] if answer else [],
        }
        for key, _, answer in rows
    ]
    return LabelledSet("some", paragraphs, questions)


def test_f1_counts_words_without_articles() -> None:
    assert f1("der Rote Turm", ["roter Turm", "Rote Turm!"]) == 1.0
    assert f1("Turm am Markt", ["Turm"]) == pytest.approx(2 / 4)
    assert f1("Markt", ["Turm"]) == 0.0
    assert f1("", ["Turm"]) == 0.0
    assert exact("Die „Rote“ Burg", ["rote burg"])
    assert not exact("Burgen", ["Burg"])


def test_auroc_against_every_pair() -> None:
    rng = np.random.default_rng(1)
    positive, negative = rng.integers(0, 9, 40).tolist(), rng.integers(0, 6, 30).tolist()
    wins = [(p > n) + (p == n) / 2 for p in positive for n in negative]
    assert auroc(positive, negative) == pytest.approx(np.mean(wins))
    assert np.isnan(auroc([], [1.0]))


def test_answers_are_compared_with_the_answerable_ones_only() -> None:
    data = labelled(("a", "Turm am Markt", "Turm"), ("b", "Im Mai", "Mai"), ("c", "Nur so", None))
    assert answers_found(FirstWord(), data) == {"f1": 0.5, "exact": 0.5, "questions": 2}


def test_a_removed_paragraph_is_read_over_the_top() -> None:
    data = labelled(("a", "Turm am Markt vor Ort", "Turm"), ("b", "Im Mai", None))
    ranked = {"qa": [("b", 2.0), ("a", 1.0)], "qb": [("b", 2.0)]}
    counts = {"answerable": 1, "removed": 1}
    # "Im Mai" reads as 6, "Turm am Markt vor Ort" as 21: retrieval knows no difference.
    found = measure_removed(FirstWord(), data, ranked, 0.1)
    assert found == {"auroc": 1.0, "with_retrieval": 1.0, "retrieval": 0.5, **counts}
    ranked["qb"] = [("b", 3.0)]
    found = measure_removed(FirstWord(), data, ranked, 0.01)
    assert found == {"auroc": 1.0, "with_retrieval": 0.0, "retrieval": 0.0, **counts}


def test_reading_moves_the_right_paragraph_up() -> None:
    data = labelled(("a", "Turm am Markt vor Ort", "Turm"), ("b", "Im Mai", "Mai"))
    ranked = {"qa": [("b", 2.0), ("a", 1.0)], "qb": [("b", 2.0), ("a", 1.9)]}
    found = recall_at_1(FirstWord(), data, ranked, [0.0, 0.1])
    assert found == {"fused": 0.5, "with_reading": {"0": 0.5, "0.1": 0.5}, "questions": 2}
    del ranked["qb"]
    found = recall_at_1(FirstWord(), data, ranked, [0.0, 0.1])
    assert found["with_reading"] == {"0": 0.0, "0.1": 1.0}


def test_paragraphs_of_training_are_known_again_in_another_edition() -> None:
    seen = labelled(("x", "Die Brücke, 1894 gebaut.", None))
    data = labelled(("a", "die Brücke 1894 gebaut", None), ("b", "Im Mai", "Mai"))
    assert unseen_part(data, seen).paragraphs.keys() == {"b"}
    assert [row["id"] for row in unseen_part(data, seen).questions] == ["qb"]


def test_the_calibration_finds_the_chances_back() -> None:
    rng = np.random.default_rng(2)
    scores = rng.normal(size=(20_000, 2)) * 2
    chance = 1 / (1 + np.exp(-(0.8 * scores[:, 0] - 0.3 * scores[:, 1])))
    found = fit_calibration(scores, rng.random(20_000) < chance)
    assert found.margin == pytest.approx(0.8, abs=0.05)
    assert found.decided == pytest.approx(-0.3, abs=0.05)
    assert found.bias == pytest.approx(0.0, abs=0.05)


@pytest.mark.parametrize(
    ("text", "span", "expected"),
    [
        ("am 3. Mai 1894, abends", (3, 15), "3. Mai 1894"),
        ("Kosten von 3,5 Mio. Euro.", (11, 14), "3,5"),
        ("die „Rote Burg“ im Tal", (5, 15), "Rote Burg"),
        ("Bau (1894) begann", (0, 10), "Bau (1894)"),
        ("Hochwasserschutz", (4, 8), "Hochwasserschutz"),
        ("...", (0, 3), "..."),
    ],
)
def test_spans_end_at_words(text: str, span: tuple[int, int], expected: str) -> None:
    begin, end = trim_span(text, *span)
    assert text[begin:end] == expected
