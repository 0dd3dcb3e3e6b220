"""Languages of texts and questions."""

import pytest

from corpus.text.language import detect, question_language


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Der Stadtrat hat am Montag den Bau der neuen Brücke beschlossen.", "de"),
        ("The council voted on Monday to build the new bridge.", "en"),
        ("Le conseil municipal a voté lundi la construction du nouveau pont.", "fr"),
        ("El ayuntamiento aprobó el lunes la construcción del nuevo puente.", "es"),
        ("市議会は月曜日に新しい橋の建設を決定した。", "ja"),
        ("3:1", "und"),
        ("", "und"),
        ("Foto: dpa", "und"),
    ],
)
def test_detect(text: str, language: str) -> None:
    assert detect(text) == language


def test_an_expected_language_does_not_hide_another() -> None:
    assert detect("The council voted on Monday to build the new bridge.", "de") == "en"


@pytest.mark.parametrize(
    ("question", "language"),
    [
        ("Wann war das?", "de"),
        ("Was kostet das?", "de"),
        ("Wer gewann?", "de"),
        ("Wie hoch ist der Turm?", "de"),
        ("Wo liegt die Hyde Park Day School?", "de"),
        ("Who won?", "en"),
        ("What did it cost?", "en"),
        ("Who is Angela Merkel?", "en"),
        ("¿Quién ganó?", "es"),
        ("???", "und"),
    ],
)
def test_question_language(question: str, language: str) -> None:
    assert question_language(question) == language
