"""The expressions in files, as they become one."""

import tomllib
from pathlib import Path

import pytest

import corpus.structure
from corpus.structure.phrases import Phrases

FOLDER = Path(str(corpus.structure.__file__)).parent / "patterns"
LISTS = [
    (path.name, name)
    for path in sorted(FOLDER.glob("*.toml"))
    for name in tomllib.loads(path.read_text(encoding="utf-8"))
]


@pytest.mark.parametrize(("file", "name"), LISTS)
def test_every_list_can_be_compiled_and_matches_no_empty_line(file: str, name: str) -> None:
    pattern = Phrases(file).pattern(name)
    assert "{" + name not in pattern.pattern
    assert not pattern.fullmatch("")


def test_blanks_lines_and_other_lists_are_put_together() -> None:
    around = Phrases("around.toml")
    call, marker = around.pattern("call"), around.pattern("read_more")
    assert call.match("Bestellen  Sie jetzt unseren Newsletter")  # {own_media} is in the line
    assert marker.fullmatch("Lesetipps der Redaktion")
    assert marker.fullmatch("meistgelesene artikel")  # on a continued line
    assert not around.pattern("read_on").match("A whole line, with or without a full stop")


def test_phrases_of_several_words_are_one() -> None:
    assert {"zum seitenanfang", "what's on", "rss"} <= Phrases("around.toml").words("commands")
