"""Text to terms: words, stems, scripts without spaces, and what a question asks with."""

import unicodedata
from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.analysis import (
    MAX_TERM,
    STEMMERS,
    name_terms,
    question_terms,
    question_words,
    terms,
)


@pytest.mark.parametrize(
    ("text", "language", "expected"),
    [
        ("Die Häuser, das Haus", "de", ["die", "haus", "das", "haus"]),
        ("houses and housing", "en", ["hous", "and", "hous"]),
        ("houses and housing", "und", ["houses", "and", "housing"]),
        ("70 km/h, 2,3 Mio. €", "de", ["70", "km", "h", "2", "3", "million"]),
        ("Straße STRASSE", "und", ["strasse", "strasse"]),
        ("ﬁnden x²", "und", ["finden", "x", "2", "x2"]),
        ("20th 1950s", "en", ["20th", "1950s"]),
        ("東京都と2020年", "ja", ["東京", "京都", "都と", "2020", "年"]),
        ("हिन्दी में", "und", ["हिन्दी", "में"]),
        ("don't", "und", ["don", "t"]),
        ("", "de", []),
        ("?! – …", "de", []),
    ],
)
def test_terms(text: str, language: str, expected: list[str]) -> None:
    assert terms(text, language) == expected


@pytest.mark.parametrize(
    ("texts", "language"),
    [
        (("B27", "B 27", "B-27", "B\u00a027"), "de"),
        (("A380", "A 380", "A-380"), "en"),
        (("ICE 4", "ICE4"), "de"),
        (("§ 218", "§218", "Paragraph 218", "Paragraf 218"), "de"),
        (("1,5 Mrd. Euro", "1,5 Milliarden Euro"), "de"),
        (("2.3 bn", "2.3 billion"), "en"),
        (("Straße", "STRASSE", "Strasse"), "de"),
        (("Müller", "Mueller", "Muller"), "de"),
        (("Erdoğan", "Erdogan"), "de"),
        (("Erdoğan", "Erdogan"), "en"),
        (("Bröndby", "Brøndby", "Brondby"), "de"),
        (("Brøndby", "Bröndby"), "da"),
        (("Łukasz Żal", "Lukasz Zal"), "de"),
        (("Łukasz Żal", "Lukasz Zal"), "und"),
        (("José Æsir Þór", "Jose Aesir Thor"), "de"),
        (("Αθήνα", "Αθηνα"), "und"),
        (("Семён", "Семен"), "und"),
    ],
    ids=lambda value: value if isinstance(value, str) else value[0],
)
def test_ways_to_write_one_thing_are_the_same_terms(texts: tuple[str, ...], language: str) -> None:
    assert len({tuple(sorted(terms(text, language))) for text in texts}) == 1


@pytest.mark.parametrize(
    ("left", "right", "language"),
    [("и", "й", "ru"), ("か", "が", "ja"), ("B 27", "B, 27", "de"), ("in 27", "in27", "de")],
)
def test_what_means_another_thing_stays_another_term(left: str, right: str, language: str) -> None:
    assert sorted(terms(left, language)) != sorted(terms(right, language))


def test_composed_and_decomposed_letters_are_the_same_term() -> None:
    text = "Fähre über Brücken"
    assert terms(unicodedata.normalize("NFD", text), "de") == terms(text, "de")


def test_very_long_words_are_cut() -> None:
    assert terms("x" * 500, "und") == ["x" * MAX_TERM]


@pytest.mark.parametrize("language", ["de", "en", "ja", "und", "xx"])
@given(text=st.text(max_size=80))
def test_terms_hold_no_blanks_and_are_never_empty(language: str, text: str) -> None:
    # The lexical index splits its texts at blanks and would tear such a term.
    for term in terms(text, language):
        assert term
        assert not any(char.isspace() for char in term)
        assert len(term) <= 4 * MAX_TERM


def test_every_stemmer_exists() -> None:
    for language in STEMMERS:
        assert terms("abc", language)


def test_question_words_fall_away_unless_they_are_all_there_is() -> None:
    assert question_terms("Wer baut die Brücke?", "de") == terms("baut die Brücke", "de")
    assert question_terms("Who builds the bridge?", "en") == terms("builds the bridge", "en")
    assert question_terms("Wer? Wann?", "de") == ["wer", "wann"]
    assert question_terms("Wer baut?", "und") == ["wer", "baut"]
    assert question_words("xx") == frozenset()


def test_names_and_numbers_are_what_other_languages_share() -> None:
    assert name_terms("Wie hoch ist der Lautenkopf im Jahr 2024?", "en") == [
        "lautenkopf",
        "jahr",
        "2024",
    ]
    assert name_terms("Lautenkopf", "en") == []
    assert name_terms("???", "en") == []


def test_threads_share_the_stemmers() -> None:
    text = "Die Seilbahnen fuhren über die verschneiten Wälder " * 20
    expected = terms(text, "de")
    with ThreadPoolExecutor(8) as pool:
        assert all(found == expected for found in pool.map(lambda _: terms(text, "de"), range(64)))
