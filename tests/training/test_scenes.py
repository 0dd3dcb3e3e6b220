"""Scenes: each answer stands where its question's slot was filled in, and nowhere else."""

import random

import pytest

from training.reader.data import Source, draw, write_set
from training.reader.scenes import fill_scene, read_scenes, write_scenes

LANGUAGES = ("de", "en")


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_sentence_and_question_of_a_scene_can_be_filled(language: str) -> None:
    for scene in read_scenes(language):
        for says in scene["says"]:
            filled = fill_scene({**scene, "says": [says]}, random.Random(1), "Ort")
            assert "{" not in filled.text
            assert filled.text[0] == filled.text[0].upper()
            for slot, (start, end) in filled.places.items():
                assert filled.text[start:end].lower() == filled.slots[slot].lower()


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_is_asked_has_a_slot(language: str) -> None:
    for scene in read_scenes(language):
        assert set(scene["asks"]) <= set(scene)


@pytest.mark.parametrize("language", LANGUAGES)
def test_values_of_one_scene_differ(language: str) -> None:
    for scene in read_scenes(language):
        drawn = list(fill_scene(scene, random.Random(2), "Ort").slots.values())
        assert len(set(drawn)) == len(drawn)


@pytest.mark.parametrize("language", LANGUAGES)
def test_answers_are_spans_and_some_questions_have_none(language: str) -> None:
    paragraphs, questions = write_scenes(400, 5, language)
    texts = {row["id"]: row["text"] for row in paragraphs}
    answered = [row for row in questions if row["answers"]]
    for row in answered:
        for answer in row["answers"]:
            end = answer["start"] + len(answer["text"])
            assert texts[row["paragraph_id"]][answer["start"] : end] == answer["text"]
    assert 0.5 < len(answered) / len(questions) < 0.85


def test_the_same_seed_writes_the_same() -> None:
    assert write_scenes(30, 5, "de") == write_scenes(30, 5, "de")
    assert write_scenes(30, 5, "de") != write_scenes(30, 6, "de")


def test_a_language_without_scenes_is_an_error() -> None:
    with pytest.raises(ValueError, match="fr"):
        write_scenes(3, 1, "fr")


def test_a_cycle_draws_from_scenes_as_from_a_set() -> None:
    data = write_set("scenes-de", 200, 3)
    pairs = draw(data, Source("scenes-de", 60, unanswered=20), random.Random(3))
    assert sum(pair.answerable for pair in pairs) == 60
    assert len(pairs) == 80
    assert any(pair.about for pair in pairs)
