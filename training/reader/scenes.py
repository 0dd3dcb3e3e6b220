"""Passages that hold two values of one kind, and questions that mean one of them.

Old and new, opened and closed, bought and sold, denied, corrected, demanded, said by one or
the other: few written questions turn on such words, and a reader that has seen few takes
whatever value is of the right kind. `training/data/turns.toml` has the sentences and the
questions; names, places and values are drawn anew for every cycle. A question whose slot the
passage does not hold, or which names another place, is one without an answer.
"""

import random
import re
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from corpus.text.quantities.names import month_name

FILE = Path(__file__).parents[1] / "data" / "turns.toml"
COMPANY = 0.55
"""Share of passages that hold a second scene, half of these of the same place."""
ELSEWHERE = 0.08
"""Share of questions that name another place than the passage."""
MISSING = 0.6
"""Share of passages of which something is asked that they do not hold."""
Names = tuple[str, ...]
_SLOT = re.compile(r"\{(\w+)\}")
_NO_SLOTS = {"language", "title", "says", "asks"}

_BEGIN: Names = (
    "Lauen",
    "Brun",
    "Wester",
    "Dorn",
    "Hasel",
    "Grün",
    "Alt",
    "Ober",
    "Schwarz",
    "Eichen",
)
_BEGIN += ("Kalten", "Rosen", "Linden", "Stein", "Mühl", "Nieder", "Hoch", "Ravens", "Elms", "Tann")
_END: Names = (
    "burg",
    "feld",
    "hagen",
    "dorf",
    "au",
    "bach",
    "brück",
    "stedt",
    "heim",
    "rode",
    "moor",
)
_END += ("büttel", "kirchen", "wald", "hausen", "see", "furt", "berg", "born", "leben")
_EN_BEGIN: Names = (
    "Ash",
    "Mill",
    "Stone",
    "Har",
    "Wick",
    "Nether",
    "Black",
    "Old",
    "King's ",
    "Thorn",
)
_EN_END: Names = ("ford", "combe", "bury", "ham", "ton", "wick", "port", "mere", "bridge", "field")
_FIRST: Names = (
    "Anna",
    "Jörg",
    "Mirjam",
    "Selma",
    "Rolf",
    "Ayşe",
    "Tobias",
    "Heike",
    "Piotr",
    "Nadine",
)
_FIRST += ("Ulf", "Carla", "Murat", "Gesine", "Lars", "Doreen", "Emil", "Vera", "Ingo", "Thea")
_LAST: Names = (
    "Brandt",
    "Öztürk",
    "Lehnert",
    "Sauer",
    "Wolters",
    "Kowalski",
    "Thoma",
    "Reimers",
    "Gül",
)
_LAST += ("Haack", "Pohl", "Seidler", "Marx", "Nolde", "Ebert", "Fuchs", "Dietz", "Krumm", "Voigt")
_FIRM: Names = (
    "Ruhland",
    "Solvent",
    "Harkort",
    "Mewes",
    "Tarima",
    "Kolbe",
    "Navis",
    "Ostra",
    "Pellmann",
)
_FIRM += ("Quadrum", "Rheinwerk", "Sandberg", "Vireo", "Wendel", "Zeller", "Altmark", "Borsa")
_FORM: Names = ("", "", " AG", " GmbH", " & Söhne", "-Gruppe")
_CLUB: Names = ("SV", "FC", "TuS", "VfL", "SC", "TSV", "Eintracht", "Viktoria")
_MONTHS = {code: [month_name(n, code) for n in range(1, 13)] for code in ("de", "en")}


def _group_digits(number: int, language: str) -> str:
    return f"{number:,}" if language == "en" else f"{number:,}".replace(",", ".")


def _number(rng: random.Random, language: str) -> str:
    size = rng.choice((100, 1000, 10_000, 100_000))
    number = rng.randint(size // 10 + 2, size)
    if number > 1000 and rng.random() < 0.7:
        number = round(number, -2)
    return _group_digits(number, language)


def _decimal(rng: random.Random, most: int, language: str) -> str:
    whole = str(rng.randint(1, most))
    if rng.random() < 0.5:
        return whole
    return whole + ("." if language == "en" else ",") + str(rng.randint(1, 9))


def _day(rng: random.Random, language: str) -> str:
    day = date(1900, 1, 1) + timedelta(days=rng.randrange(46_000))
    month = _MONTHS[language][day.month - 1]
    if language == "en":
        return rng.choice((f"on {day.day} {month} {day.year}", f"in {day.year}"))
    return rng.choice(
        (f"am {day.day}. {month} {day.year}", f"im Jahr {day.year}", f"im {month} {day.year}")
    )


_VALUES: Mapping[str, Callable[[random.Random], str]] = {
    "money": lambda rng: (
        f"{rng.randint(1, 90)},{rng.randrange(10)}0 Euro"
        if rng.random() < 0.6
        else f"{rng.randint(2, 400)} Euro"
    ),
    "pounds": lambda rng: (
        f"{rng.randint(1, 30)}.{rng.randrange(10)}0 pounds"
        if rng.random() < 0.6
        else f"{rng.randint(2, 200)} pounds"
    ),
    "million": lambda rng: f"{_decimal(rng, 90, 'de')} Millionen Euro",
    "enmillion": lambda rng: f"{_decimal(rng, 90, 'en')} million pounds",
    "percent": lambda rng: f"{_decimal(rng, 25, 'de')} Prozent",
    "enpercent": lambda rng: f"{_decimal(rng, 25, 'en')} per cent",
    "count": lambda rng: _number(rng, "de"),
    "encount": lambda rng: _number(rng, "en"),
    "small": lambda rng: str(rng.randint(2, 48)),
    "year": lambda rng: str(rng.randint(1950, 2035)),
    "years": lambda rng: (
        rng.choice(("zwei", "drei", "vier", "fünf", "sechs", "sieben", "acht"))
        + rng.choice((" Jahren", " Jahren und drei Monaten", " Jahren und acht Monaten"))
    ),
    "time": lambda rng: f"{rng.randint(1, 24)} Uhr",
    "month": lambda rng: (
        f"{rng.choice(_MONTHS['de'])} {rng.randint(2023, 2032)}"
        if rng.random() < 0.6
        else str(rng.randint(2023, 2036))
    ),
    "measure": lambda rng: f"{_decimal(rng, 120, 'de')} {rng.choice(('Meter', 'Grad', 'km/h'))}",
    "kilos": lambda rng: f"{_decimal(rng, 200, 'de')} {rng.choice(('Kilogramm', 'Gramm'))}",
    "date": lambda rng: _day(rng, "de"),
    "endate": lambda rng: _day(rng, "en"),
    "person": lambda rng: f"{rng.choice(_FIRST)} {rng.choice(_LAST)}",
    "firm": lambda rng: rng.choice(_FIRM) + rng.choice(_FORM),
    "club": lambda rng: f"{rng.choice(_CLUB)} {rng.choice(_BEGIN)}{rng.choice(_END)}",
    "town": lambda rng: rng.choice(_BEGIN) + rng.choice(_END),
    "entown": lambda rng: rng.choice(_EN_BEGIN) + rng.choice(_EN_END),
}
"""Kind of value -> one that is drawn."""


@dataclass(frozen=True, slots=True)
class Scene:
    """One scene with its slots filled."""

    scene: Mapping[str, Any]
    slots: Mapping[str, str]
    text: str
    places: Mapping[str, tuple[int, int]]
    """Slot -> where it first stands in `text`."""


@cache
def read_scenes(language: str) -> tuple[Mapping[str, Any], ...]:
    """Read the scenes of one language."""
    scenes = tomllib.loads(FILE.read_text(encoding="utf-8"))["scene"]
    return tuple(scene for scene in scenes if scene["language"] == language)


def fill_scene(scene: Mapping[str, Any], rng: random.Random, town: str) -> Scene:
    """Draw a scene's sentences and its values; those of one kind differ."""
    slots = {"town": town, "firm": _VALUES["firm"](rng)}
    for name, what in scene.items():
        if name in _NO_SLOTS:
            continue
        value = _draw(what, rng, scene["language"])
        while value in slots.values():
            value = _draw(what, rng, scene["language"])
        slots[name] = value
    text, places = _fill(rng.choice(scene["says"]), slots)
    return Scene(scene, slots, text, places)


def _draw(what: str | list[str], rng: random.Random, language: str) -> str:
    """Draw a value of one kind, of a list, or in a unit: `# Meter` is a number of metres."""
    if isinstance(what, list):
        return rng.choice(what)
    if "#" in what:
        number = _decimal(rng, rng.choice((12, 90, 900)), language)
        return rng.choice(what.split("|")).replace("#", number)
    return _VALUES[what](rng)


def _fill(pattern: str, slots: Mapping[str, str]) -> tuple[str, dict[str, tuple[int, int]]]:
    """Return the pattern with its slots filled, and where each stands first."""
    text, end = "", 0
    places: dict[str, tuple[int, int]] = {}
    for found in _SLOT.finditer(pattern):
        text += pattern[end : found.start()]
        value = slots[found[1]]
        if not text or text.endswith((". ", ": ")):
            value = value[:1].upper() + value[1:]
        places.setdefault(found[1], (len(text), len(text) + len(value)))
        text, end = text + value, found.end()
    text += pattern[end:]
    return text, places


def write_scenes(
    count: int, seed: int, language: str
) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Return paragraphs and questions as a set's files have them: `count` questions.

    Raises:
        ValueError: no scene is in this language.
    """
    rng = random.Random(f"{seed}-{language}")
    scenes = read_scenes(language)
    if not scenes:
        raise ValueError(f"no scene in {language}")
    town = _VALUES["entown" if language == "en" else "town"]
    paragraphs: list[dict[str, Any]] = []
    questions: list[dict[str, Any]] = []
    while len(questions) < count:
        place = town(rng)
        core = fill_scene(rng.choice(scenes), rng, place)
        before = after = ""
        if rng.random() < COMPANY:
            kind = core.scene if rng.random() < 0.4 else rng.choice(scenes)
            beside = fill_scene(kind, rng, place if rng.random() < 0.5 else town(rng))
            if not set(beside.slots.values()) & (set(core.slots.values()) - {place}):
                before, after = rng.choice(((beside.text + " ", ""), ("", " " + beside.text)))
        title, _ = _fill(rng.choice(core.scene["title"]), core.slots)
        identifier = f"scene-{language}-{len(paragraphs)}"
        day = date(2019, 1, 1) + timedelta(days=rng.randrange(2500))
        paragraphs.append(
            {
                "id": identifier,
                "article": identifier,
                "title": title,
                "published": day.isoformat(),
                "text": before + core.text + after,
            }
        )
        asks = core.scene["asks"]
        for slot in _choose_slots(asks, core.places, rng):
            elsewhere = rng.random() < ELSEWHERE
            named = dict(core.slots) | ({"town": town(rng)} if elsewhere else {})
            pattern = rng.choice(asks[slot])
            question, _ = _fill(pattern, named)
            answers = []
            if slot in core.places and not (elsewhere and "{town}" in pattern):
                start, end = (len(before) + offset for offset in core.places[slot])
                answers = [{"text": paragraphs[-1]["text"][start:end], "start": start}]
            questions.append(
                {
                    "id": f"{identifier}-{slot}",
                    "question": question,
                    "paragraph_id": identifier,
                    "answers": answers,
                }
            )
    return paragraphs, questions[:count]


def _choose_slots(
    asks: Mapping[str, Any], held: Mapping[str, Any], rng: random.Random
) -> list[str]:
    """Return up to two slots that the passage holds, and often one that it does not."""
    there = [slot for slot in asks if slot in held]
    missing = [slot for slot in asks if slot not in held]
    chosen = rng.sample(there, min(2, len(there)))
    if missing and rng.random() < MISSING:
        chosen.append(rng.choice(missing))
    return chosen
