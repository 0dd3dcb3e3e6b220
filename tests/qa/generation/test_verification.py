"""What supports a sentence: figures, names and small words by hand, all of it on written cases."""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

import pytest
import yaml

from benchmarks.verification import CASES, Checked, check_cases, figures_of
from corpus.text.quantities import find_quantities
from index.fusion import Spread
from qa import Collection
from qa.generation.verification.names import unknown_names
from qa.generation.verification.numbers import is_given, may_be_word
from qa.generation.verification.verify import LONGEST, Verifier
from qa.generation.verification.words import clauses, denies, hides_hearsay, opposes
from qa.results import ArticleInfo, Passage
from tests.fakes import FakeEncoder

HALVES: Sequence[Mapping[str, Any]] = yaml.safe_load(CASES.read_text(encoding="utf-8"))


def given(sentence: str, language: str, source: str, source_language: str) -> bool:
    """Tell whether all figures of a sentence are in a source of 1 June 2024."""
    there = find_quantities(source, source_language)
    claimed = [item for item in find_quantities(sentence, language) if not may_be_word(item)]
    assert claimed
    return all(is_given(item, there, date(2024, 6, 1), claimed) for item in claimed)


@pytest.mark.parametrize(
    ("german", "english"),
    [
        ("am 25. Oktober 2024", "on October 25, 2024"),
        ("am 25. Oktober 2024", "on the 25th of October 2024"),
        ("am 25.10.2024", "on 25 October 2024"),
        ("am 25.10.2024", "on 2024-10-25"),
        ("im März 2023", "in March 2023"),
        ("am 1. Mai", "on May 1"),
        ("am 7. Dez. 2023", "on Dec. 7, 2023"),
        ("1,5 Millionen Euro", "1.5 million euros"),
        ("1,5 Mio. Euro", "€1.5 million"),
        ("2 Milliarden Dollar", "$2 billion"),
        ("eine Million Menschen", "one million people"),
        ("12.500 Gäste", "12,500 guests"),
        ("zwölftausend Gäste", "12,000 guests"),
        ("zwölftausend Gäste", "twelve thousand guests"),
        ("vierhundertzwanzig Uhren", "four hundred and twenty clocks"),
        ("einundzwanzig Masken", "twenty-one masks"),
        ("vier Euro und achtzig Cent", "4.80 euros"),
        ("62,5 Prozent", "62.5 per cent"),
        ("62 %", "62 percent"),
        ("um 22.40 Uhr", "at 10:40 pm"),
        ("um 8 Uhr", "at 8 a.m."),
        ("um 12.15 Uhr", "at 12:15 pm"),
        ("am Sonnabend", "on Saturday"),
        ("mit 2:1", "2-1"),
        ("812,5 Kilogramm", "812.5 kg"),
        ("ein Dutzend Eier", "twelve eggs"),
        ("beide Brücken", "two bridges"),
        ("im Jahr 1911", "in 1911"),
    ],
)
def test_figures_are_the_same_in_both_languages(german: str, english: str) -> None:
    assert given(german, "de", english, "en")
    assert given(english, "en", german, "de")


@pytest.mark.parametrize(
    ("sentence", "source"),
    [
        ("am 25. Oktober", "am 26. Oktober"),
        ("am 25. Oktober", "am 25. November"),
        ("am 25. Oktober 2023", "am 25. Oktober 2024"),
        ("am 25. Oktober 2023", "am 25. Oktober"),
        ("am 25. Oktober", "im Oktober"),
        ("25 Boote", "am 25. Oktober"),
        ("1,5 Millionen", "15 Millionen"),
        ("1,5 Millionen", "1,5 Milliarden"),
        ("1.500 Boote", "1,5 Boote"),
        ("62 Eltern", "62 Prozent der Eltern"),
        ("62 Prozent der Boote", "62 Boote"),
        ("142 Meilen", "142 Kilometer"),
        ("4 Dollar", "4 Euro"),
        ("um 22.40 Uhr", "um 10.40 Uhr"),
        ("am Dienstag", "am Mittwoch"),
        ("am Freitag", "am 5. Juni 2024"),
        ("am Freitag", "am Mittwoch, Einspruch bis zum 30. August 2024"),  # a Friday
        ("am Freitag, 29. August", "am Mittwoch, Einspruch bis zum 30. August 2024"),
        ("mit 3:1", "mit 2:1"),
        ("siebzehn Schafe", "siebzig Schafe"),
        ("neun Uhren", "viele Uhren"),
    ],
)
def test_other_figures_are_noticed(sentence: str, source: str) -> None:
    assert not given(sentence, "de", source, "de")


@pytest.mark.parametrize(
    ("sentence", "source"),
    [
        ("am 25. Oktober 2024", "am 25. Oktober"),  # the year of publication
        ("im Oktober", "am 25. Oktober"),
        ("am Mittwoch", "am 5. Juni 2024"),  # it was one
        ("am Freitag, 30. August", "am Mittwoch, Einspruch bis zum 30. August 2024"),
        ("2024 begann es", "am 25. Oktober 2024"),
        ("14 Wochen", "14-wöchige Arbeiten"),
    ],
)
def test_what_follows_from_a_figure_is_given(sentence: str, source: str) -> None:
    assert given(sentence, "de", source, "de")


@pytest.mark.parametrize(
    ("sentence", "language", "source", "source_language", "unknown"),
    [
        ("Laut Chefin Gesa Thormann eilt es.", "de", "Gesa Thormann sagt es.", "de", []),
        ("Laut Chefin Petra Thormann eilt es.", "de", "Gesa Thormann sagt es.", "de", ["Petra"]),
        ("Thormanns Boot sank.", "de", "Thormann hatte ein Boot.", "de", []),
        ("The boat of Gesa Thormann sank.", "en", "Gesa Thormanns Boot sank.", "de", []),
        ("The boat of Petra sank.", "en", "Gesa Thormanns Boot sank.", "de", ["Petra"]),
        ("She went to Vienna.", "en", "Sie fuhr nach Wien.", "de", []),
        ("Sie fuhr nach Rom.", "de", "She went to Vienna.", "en", ["Rom"]),
        ("Sie fuhr nach Polen.", "de", "Sie fuhr nach Dänemark.", "de", ["Polen"]),
        ("Die NATO sagte es.", "de", "Die EU sagte es.", "de", ["NATO"]),
        ("Die Osterholmer Fähre sank.", "de", "Die Fähre von Osterholm sank.", "de", []),
        ("Am 3. Mai kam sie.", "de", "Sie kam am 3. Mai.", "de", []),
        ("On Monday it rained in May.", "en", "Montag", "de", []),
    ],
)
def test_names_that_a_source_does_not_have(
    sentence: str, language: str, source: str, source_language: str, unknown: list[str]
) -> None:
    assert unknown_names(sentence, language, source, source_language) == unknown


@pytest.mark.parametrize(
    ("sentence", "quote", "expected"),
    [
        ("Die Linie ist betroffen.", "Die Linie ist nicht betroffen.", True),
        ("The line isn't closed.", "The line is closed.", True),
        ("Niemand kam.", "Nobody came.", False),
        ("Der Preis stieg.", "The price rose.", False),
        ("Der Preis stieg.", "The price fell.", True),
        ("Das Gericht erlaubte es.", "Das Gericht untersagte es.", True),
    ],
)
def test_opposites(sentence: str, quote: str, expected: bool) -> None:
    assert (denies(sentence, [quote]) or opposes(sentence, quote)) is expected


@pytest.mark.parametrize(
    ("sentence", "quote", "expected"),
    [
        ("Er stahl das Boot.", "Er soll das Boot gestohlen haben.", True),
        ("Er stahl das Boot.", "Laut Polizei stahl er das Boot.", True),
        ("Laut Polizei stahl er das Boot.", "Er soll das Boot gestohlen haben.", False),
        ("He took it.", "He reportedly took it.", True),
        ("The police said he took it.", "He reportedly took it.", False),
        ("He took it.", "He took it.", False),
    ],
)
def test_hearsay_stays_hearsay(sentence: str, quote: str, expected: bool) -> None:
    assert hides_hearsay(sentence, quote) is expected


def test_clauses_keep_all_words() -> None:
    text = "Sie kam, aber er blieb; und wer sah es?"
    assert " ".join(clauses(text)).replace(" ", "") == "Siekamabererbliebundwersahes?"


def passage(text: str, start: int = 10) -> Passage:
    info = ArticleInfo("a:1", "Titel", published=date(2024, 6, 1), language="de")
    return Passage(text, 1.0, 1, {}, 2, start, start + len(text), "", "body", None, "de", info, "x")


@pytest.fixture
def verifier() -> Verifier:
    encoder = FakeEncoder()
    texts = "Der Zug fährt heute.", "Ein Boot sank gestern.", "Wolken ziehen auf.", "Brot ist alle."
    spread = Spread.of(encoder.encode(texts * 8, "document"))
    text = "Die Fähre fährt mit Strom. Sie kostet vier Euro. Die Fähre Jule hält um 8 Uhr."
    return Verifier("Womit fährt die Fähre?", [passage(text)], encoder, spread, None)


@pytest.mark.parametrize(
    ("sentence", "markers", "reason"),
    [
        ("Die Fähre fährt mit Strom.", [1], ""),
        ("Die Fähre fährt mit Strom.", [1, 1], ""),
        ("Die Fähre fährt mit Strom.", [], "uncited"),
        ("Die Fähre fährt mit Strom.", [2], "invented"),
        ("Die Fähre fährt mit Strom.", [1, 0], "invented"),
        ("Die Fähre fährt mit Strom. " * 60, [1], "long"),
        ("Sie kostet neun Euro.", [1], "figure"),
        ("Die Fähre fährt mit Kapitän Hans Strom.", [1], "name"),
        ("Blaue Pinguine lieben Mathematik und Musik.", [1], "meaning"),
        ("Die Fähre fährt, die Fähre fährt, die Fähre fährt, die Fähre fährt.", [1], "repeats"),
        ("Die Fähre fährt nicht mit Strom.", [1], "denied"),
    ],
)
def test_the_first_check_that_fails_is_named(
    verifier: Verifier, sentence: str, markers: list[int], reason: str
) -> None:
    verdict = verifier.check(sentence, markers)
    assert verdict.reason == reason
    assert verdict.supported == (not reason)
    assert bool(verdict.quotes) == verdict.supported


def test_what_supports_a_sentence_is_located(verifier: Verifier) -> None:
    (quote,) = verifier.check("Die Fähre fährt mit Strom.", [1]).quotes
    assert quote.text == "Die Fähre fährt mit Strom."
    assert (quote.start, quote.end) == (10, 10 + len(quote.text))
    both = verifier.check("Die Fähre fährt um 8 Uhr mit Strom.", [1]).quotes
    assert {item.text for item in both} == {
        "Die Fähre fährt mit Strom.",
        "Die Fähre Jule hält um 8 Uhr.",
    }


@pytest.mark.parametrize("text", ["", "?", "x", "wort " * 4000])
def test_odd_passages_support_nothing_and_do_no_harm(text: str) -> None:
    encoder = FakeEncoder()
    verifier = Verifier("Was?", [passage(text)], encoder, None, None)
    assert verifier.check("Die Fähre fährt mit Strom.", [1]).reason == "meaning"
    assert verifier.check("x" * (LONGEST + 1), [1]).reason == "long"


def test_the_cases_are_enough_and_in_two_halves() -> None:
    cases = [(item["half"], case[1]) for item in HALVES for case in item["cases"]]
    assert len(cases) >= 80
    counts = Counter(cases)
    assert min(counts.values()) >= 20
    assert len({case[0] for item in HALVES for case in item["cases"]}) == len(cases)


@pytest.fixture(scope="module")
def results() -> list[Checked]:
    return list(check_cases(HALVES))


@pytest.mark.parametrize(
    ("half", "precision", "recall"), [("tuning", 0.9, 0.75), ("held-out", 0.85, 0.7)]
)
def test_unsupported_sentences_are_caught(
    results: list[Checked], half: str, precision: float, recall: float
) -> None:
    found = figures_of([item for item in results if item.half == half])
    assert found["precision"] >= precision
    assert found["recall"] >= recall


@pytest.mark.parametrize("kind", ["number", "date", "name", "unit"])
def test_wrong_figures_and_names_are_all_caught(results: list[Checked], kind: str) -> None:
    wrong = [item for item in results if item.kind == kind and not item.supported]
    assert wrong
    assert [item.sentence for item in wrong if item.verdict.supported] == []


def test_all_quotes_are_the_passage_s(results: list[Checked]) -> None:
    for item in results:
        for quote in item.verdict.quotes:
            own = quote.passage
            assert own.text[quote.start - own.start : quote.end - own.start] == quote.text


def test_the_samples_own_sentences_are_supported(samples: Collection) -> None:
    """Whatever reading quotes passes as if a language model had copied it."""
    question = "Wann soll die Seilbahn in Bad Lauten wieder fahren?"
    answer = samples.ask(question)
    encoder, reader = samples.encoder, samples._answerer._reader()
    spread = samples._sync.snapshot().spread
    verifier = Verifier(question, answer.passages, encoder, spread, reader)
    numbers = {item.text: number for number, item in enumerate(answer.passages, 1)}
    for sentence in answer.sentences:
        marker = numbers[sentence.citations[0].passage.text]
        assert verifier.check(sentence.text, [marker]).supported
