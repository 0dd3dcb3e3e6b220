"""Question to ranked paragraphs, against every paragraph scored by hand."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from corpus.article import Role
from corpus.errors import QuestionError
from corpus.vector_codes import decode_vectors, encode_vectors
from index.analysis import name_terms, question_terms, terms
from index.arrays import Floats
from index.boosts import Preferences
from index.filters import Allowed
from index.fusion import Spread, fuse
from index.lexical import OTHER
from index.reference import WEIGHT, background_counts, background_texts
from index.search import (
    FOREIGN_WEIGHT,
    MAX_QUESTION,
    Analysed,
    Hit,
    analyse_many,
    check_question,
    search,
    with_near_terms,
    with_terms,
)
from index.store.local import Snapshot
from tests.fakes import FakeEncoder, article
from tests.index.rig import Rig

QUESTION = "Wann fährt die neue Fähre nach Osterholm wieder?"
GERMAN = (
    "Die neue Fähre fährt wieder nach Osterholm, teilte die Reederei mit.",
    "Die alte Fähre liegt seit Jahren im Hafen von Osterholm.",
    "Der Rat berät am Montag über die neue Brücke.",
    "Im Museum stehen wieder alle Uhren.",
)
ENGLISH = ("The new ferry to Osterholm was built in Norway.", "The war never reached the island.")


@pytest.fixture
def rig(tmp_path: Path) -> Rig:
    made = Rig(tmp_path / "collection")
    made.catalog.put(article("x:de", *GERMAN))
    made.catalog.put(article("x:en", *ENGLISH, language="en"))
    return made


@pytest.fixture(scope="module")
def shared_rig(tmp_path_factory: pytest.TempPathFactory) -> Rig:
    made = Rig(tmp_path_factory.mktemp("shared") / "collection")
    made.catalog.put(article("x:de", *GERMAN))
    made.catalog.put(article("x:en", *ENGLISH, language="en"))
    made.brought_up()
    return made


def texts(rig: Rig, hits: Sequence[Hit]) -> list[str]:
    rows = {row.id: row.text for row in rig.catalog.paragraphs(hit.paragraph_id for hit in hits)}
    return [rows[hit.paragraph_id] for hit in hits]


def find(
    rig: Rig,
    question: str = QUESTION,
    k: int = 10,
    allowed: NDArray[np.int64] | None = None,
    **preferences: Any,
) -> list[Hit]:
    snapshot = rig.brought_up()
    asked = analyse_many([question], rig.encoder, snapshot.languages)[0]
    chosen = Allowed(snapshot.table.ids) if allowed is None else Allowed.of(allowed)
    return search(snapshot, asked, k, snapshot.among(chosen), Preferences(**preferences))


def kept_vectors(rig: Rig, texts: Sequence[str]) -> Floats:
    """Return the vectors of texts as the catalog has them."""
    return decode_vectors(encode_vectors(rig.encoder.encode(texts, "document")))


def oracle(rig: Rig, snapshot: Snapshot) -> dict[str, float]:
    """Score every paragraph: all cosines at once, BM25 from the index (tested beside it)."""
    asked = analyse_many([QUESTION], rig.encoder, snapshot.languages)[0]
    rows = {row.id: row.text for row in rig.catalog.paragraphs(snapshot.table.ids)}
    vectors = kept_vectors(rig, list(rows.values()))
    background = kept_vectors(rig, background_texts())
    spread = Spread.of(vectors).mix(Spread.of(background), WEIGHT / (WEIGHT + len(rows)))
    z = spread.standardise(asked.vector, vectors @ asked.vector)
    bm25 = snapshot.lexical.scores(asked.terms, list(rows), asked.weights)
    covered = np.array([shared(rig, snapshot, asked.terms["de"], row) for row in rows])
    return dict(zip(rows.values(), fuse(z, z, bm25, covered, len(rows)).tolist(), strict=True))


def shared(rig: Rig, snapshot: Snapshot, question: Sequence[str], row: int) -> float:
    """Return the share of a German question's terms in a paragraph; 0 in an English one."""
    (found,) = rig.catalog.paragraphs([row])
    if found.paragraph.language != "de":
        return 0.0
    rarity = snapshot.lexical.rarities("de", question, background_counts("de"))
    held = set(terms(found.text, "de"))
    return sum(rarity[word] for word in held & set(question)) / sum(rarity.values())


def test_all_paragraphs_come_ranked_by_the_fused_score(rig: Rig) -> None:
    hits = find(rig)
    expected = oracle(rig, rig.sync.snapshot())
    assert texts(rig, hits) == sorted(expected, key=lambda text: -expected[text])
    for text, hit in zip(texts(rig, hits), hits, strict=True):
        assert hit.score == pytest.approx(expected[text], abs=1e-4)
        cosine = kept_vectors(rig, [text])[0] @ rig.encoder.vector(QUESTION)
        assert hit.scores["dense"] == pytest.approx(cosine, abs=1e-6)
    assert texts(rig, hits)[0] == GERMAN[0]


@pytest.mark.parametrize("k", [1, 2, 5])
def test_fewer_hits_are_the_first_of_more(rig: Rig, k: int) -> None:
    assert find(rig, k=k) == find(rig)[:k]


def test_filters_choose_paragraphs_and_change_no_score(rig: Rig) -> None:
    everything = find(rig)
    allowed = rig.sync.snapshot().table.ids[1::2]
    expected = [hit for hit in everything if hit.paragraph_id in allowed.tolist()]
    assert find(rig, allowed=allowed) == expected
    assert find(rig, allowed=np.zeros(0, dtype=np.int64)) == []


def test_at_most_so_many_of_one_article(rig: Rig) -> None:
    found = texts(rig, find(rig, per_article=1))
    assert len(found) == 2
    assert found == [text for text in texts(rig, find(rig)) if text in found]
    assert len(find(rig, per_article=3)) == 5


def test_the_same_text_in_two_articles_is_one_hit_with_a_twin(rig: Rig) -> None:
    rig.catalog.put(article("x:copy", GERMAN[0], "Ein eigener Absatz des Kuriers."))
    hits = find(rig)
    assert texts(rig, hits).count(GERMAN[0]) == 1
    twins = {
        row.id
        for row in rig.catalog.paragraphs(rig.sync.snapshot().table.ids)
        if row.text == GERMAN[0]
    }
    assert {hits[0].paragraph_id, *hits[0].twins} == twins
    assert hits[0].paragraph_id == min(twins)
    assert all(hit.twins == () for hit in hits[1:])


FIRE = (
    "Ein Feuer zerstörte in der Nacht die Lagerhalle der Seilerei.",
    "Die Seilerei schätzt den Schaden an der Lagerhalle auf zwei Millionen Euro.",
)


@pytest.mark.parametrize("first", ["x:bote", "x:echo"])
def test_a_report_that_two_papers_print_comes_once_where_articles_come_once(
    tmp_path: Path, first: str
) -> None:
    rig = Rig(tmp_path / "collection")
    for uri in sorted(["x:bote", "x:echo"], key=lambda uri: uri != first):
        rig.catalog.put(article(uri, *FIRE, f"Nur in {uri}."))
    rig.put("x:other", "Die Lagerhalle der Reederei ist neu.")
    question = "Feuer Lagerhalle Seilerei Schaden"
    both = find(rig, question, k=2)
    assert {*texts(rig, both)} == {*FIRE}
    assert all(len(hit.twins) == 1 for hit in both)
    hits = find(rig, question, per_article=1)
    table = rig.sync.snapshot().table
    articles = table.articles[np.searchsorted(table.ids, [hit.paragraph_id for hit in hits])]
    # The other paper's own paragraph is nobody's copy, and shows that paper.
    assert len(set(articles.tolist())) == len(hits) == 3
    assert sum(text in FIRE for text in texts(rig, hits)) == 1
    assert len(find(rig, question, per_article=2)) == 4


def test_a_line_that_many_articles_end_with_keeps_none_of_them_away(tmp_path: Path) -> None:
    rig = Rig(tmp_path / "collection")
    line = "Hinweise zur Fähre nimmt die Redaktion entgegen."
    for at in range(4):
        rig.catalog.put(article(f"x:{at}", f"Bericht {at} über ein Museum.", line))
    found = texts(rig, find(rig, "Hinweise zur Fähre", per_article=1))
    assert found[0] == line
    assert len(found) == 4
    assert len(set(found)) == 4


def test_a_paragraph_of_many_windows_hides_no_other(tmp_path: Path) -> None:
    # Each of its windows is closer to the question than anything else.
    rig = Rig(tmp_path / "collection", FakeEncoder(max_tokens=16))
    sentences = [f"Die Fähre nach Osterholm fährt {number}." for number in range(150)]
    rig.catalog.put(article("x:long", " ".join(sentences)))
    rig.catalog.put(article("x:short", "Ein Museum zeigt Uhren.", "Der Rat tagt."))
    hits = find(rig, "fährt Fähre Osterholm", k=3)
    assert len(rig.sync.snapshot().windows) >= 150
    assert len(texts(rig, hits)[0]) > 1000
    assert set(texts(rig, hits)[1:]) == {"Ein Museum zeigt Uhren.", "Der Rat tagt."}
    best = (kept_vectors(rig, sentences) @ rig.encoder.vector("fährt Fähre Osterholm")).max()
    assert hits[0].scores["dense"] == pytest.approx(best, abs=1e-6)


def test_more_hits_than_the_first_look_is_deep(tmp_path: Path) -> None:
    rig = Rig(tmp_path / "collection")
    same = [f"Wortgleich Nummer {number // 2}." for number in range(600)]
    rig.catalog.put(article("x:1", *same))
    assert len(find(rig, "Wortgleich Nummer", k=290)) == 290
    assert len(find(rig, "Wortgleich Nummer", k=999)) == 300


def test_a_question_is_analysed_for_each_language_present(rig: Rig) -> None:
    asked = analyse_many([QUESTION], rig.encoder, ("de", "en", "fr"))[0]
    assert asked.language == "de"
    assert asked.terms["de"] == question_terms(QUESTION, "de")
    assert asked.terms["en"] == name_terms(QUESTION, "en")
    assert dict(asked.weights) == {"de": 1, "en": FOREIGN_WEIGHT, "fr": FOREIGN_WEIGHT}
    assert asked.is_foreign("en")
    assert not asked.is_foreign("de")
    assert not asked.is_foreign("und")
    np.testing.assert_array_equal(asked.vector, rig.encoder.vector(QUESTION))


def test_a_mistyped_name_is_the_one_that_the_paragraphs_hold(tmp_path: Path) -> None:
    rig = Rig(tmp_path)
    rig.put("a", "Der Schriftsteller Kasimir Brandstetter las in Osterholm.", "Es regnete lange.")
    snapshot = rig.brought_up()

    def found(question: str) -> list[str]:
        asked = analyse_many([question], rig.encoder, snapshot.languages)[0]
        return list(with_near_terms(asked, snapshot.lexical).terms["de"])

    assert "brandstett" in found("Wo las der Schriftsteller Bransdtetter?")
    # What a paragraph holds is taken as it is written, and so is what nothing comes near to.
    assert found("Wo las Brandstetter?") == ["las", "brandstett"]
    assert found("Wo las Zeppelin 1234567?") == ["las", "zeppelin", "1234567"]


def test_a_german_verb_is_no_english_war(rig: Rig) -> None:
    hits = find(rig, "Wie teuer war die neue Fähre nach Osterholm?")
    scores = {text: hit.scores for text, hit in zip(texts(rig, hits), hits, strict=True)}
    assert scores[ENGLISH[1]]["lexical"] == 0
    assert scores[ENGLISH[0]]["lexical"] > 0


def test_words_of_the_title_and_the_heading_find_a_paragraph(tmp_path: Path) -> None:
    rig = Rig(tmp_path / "collection")
    made = article("x:1", "Er lief drei Stunden.", "Sie lief vier Stunden.", title="Marathon")
    first, second = made.paragraphs
    paragraphs = (first, replace(second, heading="Siegerin aus Kelmsbach"))
    rig.catalog.put(replace(made, paragraphs=paragraphs))
    rig.put("x:2", "Es regnete drei Stunden.")
    hits = find(rig, "Wer siegte beim Marathon in Kelmsbach?")
    lexical = dict(zip(texts(rig, hits), [hit.scores["lexical"] for hit in hits], strict=True))
    assert lexical["Sie lief vier Stunden."] > lexical["Er lief drei Stunden."] > 0
    assert lexical["Es regnete drei Stunden."] == 0


def test_a_paragraph_is_measured_by_its_best_sentence_too(tmp_path: Path) -> None:
    rig = Rig(tmp_path / "collection")
    question = "Womit fährt die Fähre nach Osterholm?"
    answer = "Die Fähre nach Osterholm fährt mit Strom."
    around = "Das Museum zeigt Uhren. Im Rat wurde gestritten. Der Winter war lang und kalt."
    rig.put("x:1", f"{around} {answer}", "Ein Hund lief über den Kai.")
    hits = dict(zip(texts(rig, found := find(rig, question)), found, strict=True))
    scores = hits[f"{around} {answer}"].scores
    spread = rig.sync.snapshot().spread
    assert spread is not None
    vector = rig.encoder.vector(question)
    sentences = [answer, *(f"{text}." for text in around.removesuffix(".").split(". "))]
    best = spread.standardise(vector, kept_vectors(rig, sentences) @ vector).max()
    assert scores["sentence_z"] == pytest.approx(best, abs=1e-4)
    assert scores["sentence_z"] > scores["dense_z"]
    single = hits["Ein Hund lief über den Kai."].scores
    assert single["sentence_z"] == single["dense_z"]
    assert set(sentences) <= set(rig.encoder.documents)


def test_boosts_lift_articles(rig: Rig) -> None:
    plain = find(rig)
    table = rig.sync.snapshot().table
    english = int(table.articles[table.languages == "en"][0])
    lifted = find(rig, boosts={english: 50.0})
    assert sorted(texts(rig, lifted)[:2]) == sorted(ENGLISH)
    assert {hit.paragraph_id for hit in lifted} == {hit.paragraph_id for hit in plain}
    by_id = {hit.paragraph_id: hit for hit in plain}
    for hit in lifted:
        assert hit.score == pytest.approx(by_id[hit.paragraph_id].score + hit.scores["boost"])
        assert hit.scores["boost"] in (0.0, 50.0)
    assert "boost" not in plain[0].scores


def test_diversity_puts_what_repeats_later(tmp_path: Path) -> None:
    rig = Rig(tmp_path / "collection")
    rig.put("x:1", "Die neue Fähre nach Osterholm fährt wieder.")
    rig.put("x:2", "Die neue Fähre nach Osterholm fährt heute wieder.")
    rig.put("x:3", "Im Museum von Osterholm stehen wieder Uhren.")
    rig.put("x:4", "Ein Hund lief über den Kai.")
    close = texts(rig, find(rig, k=2))
    apart = texts(rig, find(rig, k=2, diversity=0.5))
    assert all("Fähre" in text for text in close)
    assert apart[0] == close[0]
    assert "Fähre" not in apart[1]
    assert len(find(rig, k=4, diversity=1.0)) == 4


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    k=st.integers(1, 9),
    chosen=st.sets(st.integers(0, 5)),
    per_article=st.none() | st.integers(1, 3),
    diversity=st.sampled_from([0.0, 0.5, 1.0]),
    boosted=st.booleans(),
)
def test_k_come_back_whenever_k_exist(
    shared_rig: Rig,
    k: int,
    chosen: set[int],
    per_article: int | None,
    diversity: float,
    boosted: bool,
) -> None:
    table = shared_rig.sync.snapshot().table
    allowed = table.ids[sorted(chosen)]
    articles = table.articles[sorted(chosen)].tolist()
    most = len(allowed) if per_article is None else 10
    exist = sum(min(most, per_article or most, articles.count(item)) for item in set(articles))
    boosts = {int(table.articles[0]): 3.0} if boosted else {}
    hits = find(
        shared_rig, k=k, allowed=allowed, per_article=per_article, boosts=boosts,
        diversity=diversity,
    )  # fmt: skip
    assert len(hits) == min(k, exist)
    found = [hit.paragraph_id for hit in hits]
    assert len(set(found)) == len(found)
    assert set(found) <= set(allowed.tolist())


@pytest.mark.parametrize(
    "question",
    ['AND OR NOT "', "de:Fähre", "Fähre* +Osterholm -wieder", "paragraph:[1 TO 9]", "\\ ^2 ~ (("],
)
def test_query_syntax_is_text(rig: Rig, question: str) -> None:
    hits = find(rig, question)
    assert len(hits) == len(GERMAN) + len(ENGLISH)
    lexical = {
        text: hit.scores["lexical"] for text, hit in zip(texts(rig, hits), hits, strict=True)
    }
    assert (lexical[GERMAN[0]] > 0) == ("Fähre" in question)


def test_a_question_of_stop_words_finds_what_is_near(rig: Rig) -> None:
    assert len(find(rig, "wer wie was")) == len(GERMAN) + len(ENGLISH)


def test_rare_languages_that_share_a_field_are_asked_all_terms_whatever_their_order(
    rig: Rig,
) -> None:
    question = "Pryd mae'r fferi newydd yn rhedeg i Osterholm?"
    bare = Analysed(question, rig.encoder.vector(question), "cy", {}, {})
    for languages in (("de", "cy", "xx"), ("xx", "cy", "de")):
        asked = with_terms(bare, languages)
        assert asked.terms[OTHER] == question_terms(question, "cy")
        assert asked.weights == {OTHER: 1.0, "de": FOREIGN_WEIGHT}


def test_chinese_and_japanese_are_apart(rig: Rig) -> None:
    asked = analyse_many(
        ["東京都の新しいフェリーはいつ運航しますか"], rig.encoder, ("ja", "zh", "und")
    )[0]
    assert asked.language == "ja"
    assert (asked.is_foreign("zh"), asked.is_foreign("ja")) == (True, False)
    assert "東京" in asked.terms["ja"]
    assert asked.terms["zh"] == []


def test_other_roles_are_searched_where_they_are_allowed(tmp_path: Path) -> None:
    rig = Rig(tmp_path / "collection")
    rig.catalog.put(article("x:1", ("Die Fähre am Kai. Foto: Bote", Role.CAPTION), GERMAN[2]))
    snapshot = rig.brought_up()
    captions = snapshot.table.ids[snapshot.table.roles == "caption"]
    assert texts(rig, find(rig, allowed=captions)) == ["Die Fähre am Kai. Foto: Bote"]


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("  Wann\n\t fährt\u00a0sie? ", "Wann fährt sie?"),
        ("Wa\u00adnn\x00\u202e?", "Wann?"),
        ("a\u0308", "ä"),
        ("x" * MAX_QUESTION, "x" * MAX_QUESTION),
        ("\ud800Wann?", "Wann?"),
    ],
)
def test_questions_are_brought_into_normal_form(question: str, expected: str) -> None:
    assert check_question(question) == expected


@pytest.mark.parametrize("question", ["", " \n\t ", "\x00\u200b", "\u00a0" * 100_000])
def test_empty_questions_are_refused(question: str) -> None:
    with pytest.raises(QuestionError, match=r"empty\. Write what you want to know"):
        check_question(question)


def test_overlong_questions_are_refused_with_the_limit() -> None:
    with pytest.raises(QuestionError, match=r"100,000 characters; at most 4,000 are read"):
        check_question("x" * 100_000)


@pytest.mark.parametrize(("question", "kind"), [(None, "NoneType"), (5, "int"), (b"x", "bytes")])
def test_a_question_is_text(question: object, kind: str) -> None:
    with pytest.raises(QuestionError, match=f"not {kind}"):
        check_question(question)  # type: ignore[arg-type]


def test_the_same_text_with_small_edits_is_one_hit_and_the_original_is_shown(rig: Rig) -> None:
    wire = (
        "Die Werft in Tönshafen streicht bis zum Herbst 180 ihrer 430 Stellen, teilte die "
        "Leitung am Donnerstag mit.",
        "Die Gewerkschaft nennt das einen Verrat und ruft die Belegschaft für Samstag zu einer "
        "Versammlung in die Halle.",
    )
    edited = (wire[0].replace("teilte die Leitung", "sagte die Leitung"), wire[1])
    later = (*wire[:1], wire[1] + " Es sollen auch Redner aus Spanien kommen, hieß es.")
    rig.catalog.put(article("x:copy", *edited, published=date(2026, 3, 2)))
    rig.catalog.put(article("x:wire", *wire, published=date(2026, 3, 1)))
    rig.catalog.put(article("x:long", *later, published=date(2026, 3, 3)))
    hits = find(rig, "Wie viele Stellen streicht die Werft, sagte die Leitung?", k=2)
    found = {row.id: row for row in rig.catalog.paragraphs(rig.sync.snapshot().table.ids)}
    first = next(hit for hit in hits if "180" in found[hit.paragraph_id].text)
    # The edited one is the closest; the original, published first, is shown.
    assert found[first.paragraph_id].text == wire[0]
    articles = rig.catalog.articles()
    assert articles[found[first.paragraph_id].article_id].uri == "x:wire"
    assert len(first.twins) == 2
    second = next(hit for hit in find(rig, "Gewerkschaft Versammlung Halle Samstag"))
    # One says more than the others: it is shown.
    assert found[second.paragraph_id].text == later[1]
    assert len(second.twins) == 2
    alone = find(rig, "Stellen Werft Gewerkschaft Versammlung", per_article=1)
    shown = [found[hit.paragraph_id].article_id for hit in alone]
    assert len(shown) == len(set(shown))
