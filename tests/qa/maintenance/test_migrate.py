"""A collection moved to PostgreSQL and back."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from corpus.catalog.sql.address import parse_address
from corpus.errors import CollectionDamaged, CollectionLocked
from qa.chat_history import ConversationStore, TurnState
from qa.collection import Collection, open_collection
from qa.conversation_file import conversation_place
from qa.maintenance import migrate as migration
from qa.maintenance.migrate import Rankings, compare_rankings, migrate
from qa.places import CollectionPlace
from tests.fakes import FakeEncoder

QUESTIONS = ("Wann fährt die Fähre?", "Wie viele Taschenuhren?", "When does the bridge close?")


@pytest.fixture
def full(collection: Collection, press: Path) -> Path:
    """Return the folder of a collection with all that there can be in one."""
    collection.add(press)
    bridge, ferry, _ = sorted(item.uri for item in collection.articles())
    (press / "again.txt").write_text((press / "ferry.txt").read_text(encoding="utf-8"))
    (press / "museum.txt").write_text("Uhrenmuseum\n\nDas Uhrenmuseum zeigt Taschenuhren.")
    collection.add(press)
    collection.edit(ferry, source="Bote", authors=["Ute Lang"])
    collection.remove(bridge)
    store = ConversationStore(conversation_place(collection.place))
    turn = store.ask("jule", store.start("jule", "Fähren"), QUESTIONS[0])
    assert turn is not None
    store.settle(turn.key, TurnState.ANSWERED, answer=collection.ask(QUESTIONS[0]))
    store.close()
    assert collection.path.is_dir()
    return collection.path


def ask(place: Any) -> list[Any]:
    with open_collection(place, encoder=FakeEncoder()) as opened:
        passages = [
            (item.citation, round(item.score, 4))
            for question in QUESTIONS
            for item in opened.retrieve(question)
        ]
        articles = [opened.article(item.uri) for item in opened.articles()]
        removed = [(item.uri, item.removed_at) for item in opened.removed()]
        assert opened.embed() == 0
        return [passages, articles, removed, opened.status().sources]


def test_there_and_back_all_is_the_same(
    full: Path, postgres_url: str, tmp_path: Path, press: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    server = parse_address(postgres_url)
    before = ask(full)
    there = migrate(full, server)
    assert there.rows["articles"] == 2
    assert there.rows["turns"] == 1
    assert ask(postgres_url) == before
    back = migrate(server, tmp_path / "back")
    assert back.rows == there.rows
    assert ask(tmp_path / "back") == before
    with (
        open_collection(full, encoder=FakeEncoder()) as one,
        open_collection(postgres_url, encoder=FakeEncoder()) as other,
    ):
        assert compare_rankings(one, other, 4) == Rankings(4, 4)
    # Numbers go on after those that were brought along.
    with open_collection(postgres_url, encoder=FakeEncoder()) as opened:
        (press / "new.txt").write_text("Neues\n\nDas Rathaus von Immersen öffnet um acht.")
        assert opened.add(press / "new.txt").added == 1
        assert opened.restore_removed(*(item.uri for item in opened.removed()))


def test_one_that_was_cut_short_is_not_opened_and_goes_on(
    full: Path, postgres_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setattr(migration, "_AT_ONCE", 2)
    server = parse_address(postgres_url)
    seen: list[tuple[str, int]] = []

    def stop_at(table: str) -> Callable[[str, int], None]:
        def note(now: str, done: int) -> None:
            seen.append((now, done))
            if now == table:
                raise KeyboardInterrupt

        return note

    with pytest.raises(KeyboardInterrupt):
        migrate(full, server, stop_at("paragraphs"))
    with pytest.raises(CollectionLocked, match="goes on where it was"):
        open_collection(postgres_url)
    first = len(seen)
    migrate(full, server, stop_at("nothing"))
    assert "articles" not in [table for table, _ in seen[first:]]
    assert ask(postgres_url) == ask(full)


def test_a_place_that_holds_something_is_left_alone(
    full: Path, postgres_url: str, press: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    places: list[CollectionPlace] = [parse_address(postgres_url), tmp_path / "other"]
    for place in places:
        with open_collection(
            postgres_url if place is places[0] else tmp_path / "other",
            create=True, encoder=FakeEncoder(),
        ) as opened:  # fmt: skip
            opened.add(press / "ferry.txt", embed=False)
        with pytest.raises(CollectionLocked, match="holds a collection already"):
            migrate(full, place)


def test_a_source_that_changes_meanwhile_is_noticed(
    full: Path, postgres_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    server = parse_address(postgres_url)
    migrate(full, server)

    def change(table: str, _: int) -> None:
        if table == "versions":
            with open_collection(postgres_url, encoder=FakeEncoder()) as opened:
                uri = next(iter(opened.articles())).uri
                opened.edit(uri, title="Ein anderer Titel")

    with pytest.raises(CollectionDamaged, match="while nobody writes"):
        migrate(server, tmp_path / "back", change)
