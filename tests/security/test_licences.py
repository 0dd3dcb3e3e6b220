"""The licences of everything that `pip install article-qa` brings."""

import re
from collections.abc import Iterator
from importlib import metadata
from typing import Any

import pytest
from packaging.requirements import Requirement

NO = re.compile(r"\b(?:A?GPL|LGPL|GNU (?:Affero|Lesser|General|Library)|SSPL|BUSL|CC-BY-NC)", re.I)


def closure(name: str) -> dict[str, metadata.Distribution]:
    """Return the distributions that one needs, itself included, without extras not asked for."""
    found: dict[str, metadata.Distribution] = {}
    pending: list[tuple[str, frozenset[str]]] = [(name, frozenset())]
    seen = set()
    while pending:
        item = pending.pop()
        if item in seen:
            continue
        seen.add(item)
        wanted, extras = item
        try:
            distribution = metadata.distribution(wanted)
        except metadata.PackageNotFoundError:
            continue  # for another platform
        found[canonical(wanted)] = distribution
        for line in distribution.requires or ():
            requirement = Requirement(line)
            marker = requirement.marker
            if marker is None or any(marker.evaluate({"extra": e}) for e in ("", *extras)):
                pending.append((canonical(requirement.name), frozenset(requirement.extras)))
    return found


def canonical(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def licence(distribution: metadata.Distribution) -> str:
    """Return what a distribution says of its licence, in one line."""
    said: Any = distribution.metadata  # its type has no `get` before Python 3.12
    expression = said.get("License-Expression")
    if expression:
        return str(expression)
    classifiers = [
        str(line).rpartition("::")[2].strip()
        for line in said.get_all("Classifier") or ()
        if str(line).startswith("License ::")
    ]
    text = str(said.get("License") or "").strip().split("\n")[0][:100]
    return " / ".join(dict.fromkeys([*classifiers, *([text] if text else [])]))


def forbids(expression: str) -> bool:
    """Tell whether every choice that a licence leaves is one that we do not take."""
    choices = re.split(r"\bOR\b", expression)
    return all(NO.search(choice) for choice in choices)


def parts() -> Iterator[tuple[str, str]]:
    for name, distribution in sorted(closure("article-qa").items()):
        if name != "article-qa":
            yield name, licence(distribution)


def test_nothing_in_the_runtime_is_copyleft() -> None:
    found = dict(parts())
    assert len(found) > 50  # the closure was walked
    assert {name: text for name, text in found.items() if forbids(text)} == {}


def test_every_part_says_its_licence() -> None:
    assert [name for name, text in parts() if not text] == []


@pytest.mark.parametrize(
    ("text", "forbidden"),
    [
        ("GPL-3.0-or-later", True),
        ("GNU Lesser General Public License v3 (LGPLv3)", True),
        ("AGPL-3.0", True),
        ("MIT OR GPL-2.0-only", False),
        ("Apache-2.0", False),
        ("MPL-2.0", False),
    ],
)
def test_what_is_refused(text: str, forbidden: bool) -> None:
    assert forbids(text) == forbidden
