"""What search asks of an index, of the files and of PostgreSQL: the same answers from both."""

import random
from collections.abc import Iterator, Sequence
from contextlib import closing
from datetime import date
from typing import Any

import numpy as np
import pytest

from corpus.article import Article, Role
from corpus.catalog.selection import EVERYTHING, Filters
from index.boosts import Preferences
from index.search import Hit, analyse_many, search, with_near_terms
from index.store.postgres import PostgresSelection
from tests.fakes import FakeEncoder, article
from tests.index.rig import PostgresRig, Rig

SmallRig = Rig | PostgresRig
STORES = ("files", "postgresql")
SCORE = 1e-4
"""By how much scores may differ."""
LENGTHS = (1, 10, 49, *(20 for _ in range(47)))
"""Paragraphs of each article."""
_TOWNS = "Osterholm Bad-Lauten Kelmsbach Immersen Wiesenau Tannfurt Ellery Marlow".split()
_SUBJECTS = (
    "Fähre Seilbahn Brücke Mühle Turnhalle Bücherei Kläranlage Werft Molkerei Schleuse".split()
)
_VERBS = "öffnet schließt wächst brennt sinkt feiert kostet verliert sucht prüft".split()
_THINGS = "Strom Gäste Karten Pläne Uhren Boote Kinder Gelder Dächer Namen Stege Felder".split()
_COMMON = "die der und in am mit wieder heute noch seit nach".split()


def write_paragraph(draw: random.Random) -> str:
    """Return three sentences of invented news."""
    sentences = []
    for _ in range(3):
        words = [draw.choice(group) for group in (_SUBJECTS, _TOWNS, _VERBS, _THINGS, _THINGS)]
        words += [*draw.choices(_COMMON, k=draw.randint(3, 9)), str(draw.randint(1, 400))]
        draw.shuffle(words)
        sentences.append(" ".join(words).capitalize() + ".")
    return " ".join(sentences)


def write_articles() -> list[Article]:
    """Return articles with a thousand paragraphs; the first has one alone."""
    draw = random.Random(5)
    made = []
    for number, count in enumerate(LENGTHS):
        made.append(
            article(
                f"x:{number}",
                *(write_paragraph(draw) for _ in range(count)),
                language="en" if number % 7 == 3 else "de",
                title=f"{draw.choice(_SUBJECTS)} in {draw.choice(_TOWNS)}",
                source="Der Bote" if number == 1 else "Kurier",
                section="Hafen" if number % 10 == 0 else "Stadt",
                published=date(2020 + number % 5, 1 + number % 12, 1 + number % 28),
            )
        )
    return made


@pytest.fixture(params=STORES)
def rig(request: pytest.FixtureRequest, tmp_path: Any) -> Iterator[SmallRig]:
    if request.param == "files":
        made: SmallRig = Rig(tmp_path / "collection")
    else:
        made = PostgresRig(request.getfixturevalue("postgres_url"))
    yield made
    made.close()


@pytest.fixture(scope="module")
def pair(
    tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest
) -> Iterator[dict[str, SmallRig]]:
    """Yield the same thousand paragraphs in both stores."""
    server = request.getfixturevalue("postgres_server")
    with server.fresh_schema() as schema:
        rigs: dict[str, SmallRig] = {
            "files": Rig(tmp_path_factory.mktemp("pair") / "collection"),
            "postgresql": PostgresRig(server.url(schema)),
        }
        for made in rigs.values():
            for item in write_articles():
                made.catalog.put(item)
            made.brought_up()
        yield rigs
        for made in rigs.values():
            made.close()


def find(
    rig: SmallRig, question: str, k: int = 10, filters: Filters = EVERYTHING, **preferences: Any
) -> list[Hit]:
    index = rig.sync.snapshot()
    asked = with_near_terms(
        analyse_many([question], rig.encoder, index.languages)[0], index.lexical
    )
    with index.hold():
        return search(index, asked, k, index.select(filters), Preferences(**preferences))


def named(rig: SmallRig, hits: Sequence[Hit]) -> list[tuple[str, int]]:
    """Return the article's URI and the paragraph's number of each hit."""
    rows = {row.id: row for row in rig.catalog.paragraphs(hit.paragraph_id for hit in hits)}
    articles = rig.catalog.articles()
    return [
        (articles[rows[hit.paragraph_id].article_id].uri, rows[hit.paragraph_id].paragraph.number)
        for hit in hits
    ]


def questions(count: int = 40) -> list[str]:
    draw = random.Random(11)
    return [
        f"Wann {draw.choice(_VERBS)} die {draw.choice(_SUBJECTS)} in {draw.choice(_TOWNS)} "
        f"mit {draw.choice(_THINGS)} {draw.randint(1, 400)}?"
        for _ in range(count)
    ]


CHOICES = {
    "a thousandth": (Filters.of(uris="x:0"), 1),
    "a hundredth": (Filters.of(sources="der bote"), 10),
    "a tenth": (Filters.of(sections="Hafen"), 81),
    "a fifth, by date": (Filters.of(since="2023-01-01", until="2023-12-31"), 200),
    "one language": (Filters.of(languages="en"), 140),
    "all": (EVERYTHING, 1000),
}


@pytest.mark.parametrize("choice", CHOICES)
def test_both_stores_rank_and_score_alike(pair: dict[str, SmallRig], choice: str) -> None:
    filters, _ = CHOICES[choice]
    for question in questions(12 if choice == "all" else 4):
        ours, theirs = (find(made, question, filters=filters) for made in pair.values())
        assert ours
        assert named(pair["files"], ours) == named(pair["postgresql"], theirs)
        for one, other in zip(ours, theirs, strict=True):
            assert other.score == pytest.approx(one.score, abs=SCORE)
            assert other.scores == pytest.approx(one.scores, abs=SCORE)


@pytest.mark.parametrize("store", STORES)
@pytest.mark.parametrize("choice", CHOICES)
def test_filters_choose_paragraphs_and_change_no_score(
    pair: dict[str, SmallRig], store: str, choice: str
) -> None:
    made, (filters, count) = pair[store], CHOICES[choice]
    question = questions()[3]
    whole = find(made, question, 1000)
    chosen = find(made, question, 1000, filters)
    table = made.sync.snapshot().describe(np.array(sorted(hit.paragraph_id for hit in chosen)))
    assert len(chosen) == count
    assert len(table.ids) == count
    kept = {hit.paragraph_id for hit in chosen}
    assert [hit for hit in whole if hit.paragraph_id in kept] == chosen
    assert find(made, question, 5, filters) == chosen[:5]


def test_preferences_order_both_alike(pair: dict[str, SmallRig]) -> None:
    for options in ({"diversity": 0.6}, {"per_article": 1}, {"boosts": {5: 3.0, 9: 2.0}}):
        found = [named(made, find(made, questions()[7], **options)) for made in pair.values()]
        assert found[0] == found[1]


def test_the_spread_and_the_words_are_the_same(pair: dict[str, SmallRig]) -> None:
    ours, theirs = (made.sync.snapshot() for made in pair.values())
    assert (theirs.paragraph_count, theirs.languages) == (ours.paragraph_count, ours.languages)
    assert ours.spread is not None
    assert theirs.spread is not None
    np.testing.assert_allclose(theirs.spread.mean, ours.spread.mean, atol=1e-9)
    np.testing.assert_allclose(theirs.spread.covariance, ours.spread.covariance, atol=1e-9)
    for field, words in (("de", ["fahr", "osterholm", "nirgend"]), ("en", ["1", "strom"])):
        expected = ours.lexical.document_frequencies(field, words)
        assert theirs.lexical.document_frequencies(field, words) == expected
        assert theirs.lexical.rarities(field, words) == ours.lexical.rarities(field, words)
    for word in ("seilbhan", "osterholn", "kläranlagn", "xyzxyzxyz"):
        assert theirs.lexical.near_terms("de", word) == ours.lexical.near_terms("de", word)


def test_a_graph_finds_what_comparing_all_finds(
    pair: dict[str, SmallRig], monkeypatch: pytest.MonkeyPatch
) -> None:
    made = pair["postgresql"]
    assert isinstance(made, PostgresRig)
    exact = [named(made, find(made, question)) for question in questions()]
    monkeypatch.setattr("index.store.postgres.FEW", 50)
    monkeypatch.setattr("index.store.postgres_keeper.FEW", 50)
    made.sync.tidy()
    (name,) = made.database.one("SELECT CAST(to_regclass('chunks_near') AS TEXT)")
    assert name == "chunks_near"
    with monkeypatch.context() as patch:
        patch.setattr(PostgresSelection, "_compare_all", lambda *_: pytest.fail("no graph"))
        found = [named(made, find(made, question)) for question in questions()]
    plan = made.database.all(
        "EXPLAIN SELECT paragraph_id FROM chunks ORDER BY CAST(near AS HALFVEC(512)) <=> "
        "(SELECT CAST(near AS HALFVEC(512)) FROM chunks LIMIT 1) LIMIT 9"
    )
    assert any("chunks_near" in row[0] for row in plan)
    shares = [len(set(a) & set(b)) / len(a) for a, b in zip(exact, found, strict=True)]
    assert np.mean(shares) >= 0.98
    filters, _ = CHOICES["a tenth"]
    assert len(find(made, questions()[0], 81, filters)) == 81


def test_an_empty_collection_finds_nothing(rig: SmallRig) -> None:
    index = rig.brought_up()
    assert (index.paragraph_count, index.languages, index.spread) == (0, (), None)
    assert find(rig, "Wann fährt die Fähre?") == []


def test_what_is_removed_is_found_no_more(rig: SmallRig) -> None:
    rig.catalog.put(article("x:1", "Die Fähre fährt nach Osterholm.", "Der Rat berät."))
    rig.catalog.put(article("x:2", "Die Fähre liegt in der Werft von Kelmsbach."))
    alone = Counted.of(rig)
    rig.catalog.put(article("x:3", "Die Fähre Kelmsbach wird verkauft.", "Niemand kauft sie."))
    rig.brought_up()
    assert ("x:3", 1) in named(rig, find(rig, "Wer kauft die Fähre Kelmsbach?"))
    rig.catalog.remove("x:3")
    assert Counted.of(rig) == alone
    assert {uri for uri, _ in named(rig, find(rig, "Wer kauft die Fähre?"))} == {"x:1", "x:2"}


class Counted:
    """What an index says of its whole, to compare."""

    def __init__(self, rig: SmallRig) -> None:
        index = rig.brought_up()
        assert index.spread is not None
        self.values = (
            index.paragraph_count,
            index.lexical.document_frequencies("de", ["fahr", "kelmsbach", "verkauft", "rat"]),
            index.spread.mean.round(9).tolist(),
            [hit.scores for hit in find(rig, "Wo liegt die Fähre?")],
        )

    @classmethod
    def of(cls, rig: SmallRig) -> "Counted":
        return cls(rig)

    def __eq__(self, other: object) -> bool:
        assert isinstance(other, Counted)
        assert other.values[:3] == self.values[:3]
        for one, two in zip(self.values[3], other.values[3], strict=True):
            assert one == pytest.approx(two, abs=SCORE)
        return True

    __hash__ = None  # type: ignore[assignment]


def test_a_new_version_takes_the_place_of_the_old(rig: SmallRig) -> None:
    rig.catalog.put(article("x:1", "Die Fähre kostet vier Euro.", "Der Rat berät."))
    before = rig.brought_up().generation
    rig.catalog.put(article("x:1", "Die Fähre kostet sechs Euro.", "Der Rat berät."))
    index = rig.brought_up()
    assert index.generation > before
    assert index.lexical.document_frequencies("de", ["vier", "sech", "rat"]) == {
        "vier": 0, "sech": 1, "rat": 1,
    }  # fmt: skip
    (first, *_) = find(rig, "Was kostet die Fähre?")
    (row,) = rig.catalog.paragraphs([first.paragraph_id])
    assert row.text == "Die Fähre kostet sechs Euro."


def test_copies_are_one_hit(rig: SmallRig) -> None:
    rig.catalog.put(article("x:1", "Die Fähre fährt nach Osterholm.", "Der Rat berät."))
    rig.catalog.put(article("x:2", "Die Fähre fährt nach Osterholm.", "Ein eigener Absatz."))
    rig.brought_up()
    hits = find(rig, "Wohin fährt die Fähre?")
    assert [len(hit.twins) for hit in hits] == [1, 0, 0]


def test_words_are_found_before_anything_is_embedded(rig: SmallRig) -> None:
    rig.catalog.put(article("x:1", "Die Fähre fährt nach Osterholm.", "Der Rat berät."))
    rig.brought_up()
    rig.catalog.put(article("x:2", "Die Mühle in Tannfurt mahlt."))
    index = rig.sync.snapshot()
    assert index.lexical.holds("de", "tannfurt")
    (first, *_) = find(rig, "Was mahlt in Tannfurt?")
    assert named(rig, [first]) == [("x:2", 1)]
    assert first.scores["dense"] == 0


def test_a_title_and_roles_are_followed(rig: SmallRig) -> None:
    rig.catalog.put(
        article("x:1", "Sie fährt wieder.", ("Foto: Bote", Role.CAPTION), title="Fähre")
    )
    rig.brought_up()
    assert named(rig, find(rig, "Fähre", filters=Filters.of(roles="caption"))) == [("x:1", 2)]
    rig.catalog.put(article("x:1", "Sie fährt wieder.", "Foto: Bote", title="Seilbahn"))
    index = rig.brought_up()
    counts = index.lexical.document_frequencies("de", ["fahr", "seilbahn"])
    assert counts["seilbahn"] == 2
    assert find(rig, "Seilbahn", filters=Filters.of(roles="caption")) == []
    assert len(find(rig, "Seilbahn")) == 2


def test_another_model_with_another_dimension(rig: SmallRig) -> None:
    rig.catalog.put(article("x:1", "Die Fähre fährt nach Osterholm.", "Der Rat berät."))
    rig.brought_up()

    other = FakeEncoder("wide", dimension=256)
    with closing(rig.open_again(other)) as again:
        again.sync.adopt_model()
        index = again.brought_up()
        assert len(find(again, "Wohin fährt die Fähre?")) == 2
    assert index.spread is not None
    assert len(index.spread.mean) == 256
