"""The wording of a question as numbers."""

import numpy as np

from qa.answering.wording import COLUMNS, count_features, wording_of


def test_features_are_words_pairs_places_and_pieces() -> None:
    found = count_features("Fasse den Text zusammen")
    for feature in ("word:fasse", "bigram:den text", "first:fasse", "last:zusammen", "_fas"):
        assert found[feature] == 1
    assert found["length:2"] == 1


def test_rows_have_length_one_and_say_how_alike_wordings_are() -> None:
    one, like, other = map(
        wording_of, ("Fasse den Text zusammen", "Bitte fasse alles zusammen", "Wer baut die Mole?")
    )
    assert one.shape == (COLUMNS,)
    assert np.isclose(np.linalg.norm(one), 1)
    assert one @ like > one @ other + 0.2


def test_neither_nothing_nor_ten_thousand_characters_are_trouble() -> None:
    assert not wording_of("").any()
    assert not wording_of("  \n").any()
    assert np.isfinite(wording_of("Warum " * 2000 + "x" * 10000)).all()
