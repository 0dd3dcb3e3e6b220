"""The model card, written from the sidecar so that it cannot say anything else."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from qa.reader.weights import WEIGHTS_NAME, read_sidecar

CARD_NAME = "MODEL_CARD.md"
TEMPLATE_NAME = "card_template.md"

SETS = {
    "train-qed-en": ("QED (Natural Questions with explanations)", "en", "CC BY-SA 3.0"),
    "train-tydi-en": ("TyDi QA gold passages", "en", "Apache-2.0, text CC BY-SA"),
    "train-covidqa-en": ("COVID-QA", "en", "Apache-2.0, papers mostly CC BY"),
    "train-squad2-rt-en": (
        "SQuAD 2.0 after a round trip by machine translation, spans inferred, confidence ≥ .85",
        "en",
        "CC BY-SA 4.0",
    ),
    "train-squad2-sv": ("SQuAD 2.0, Swedish by machine translation", "sv", "CC BY-SA 4.0"),
    "train-squad-it": ("SQuAD-it, by machine translation", "it", "CC BY-SA 4.0"),
    "train-norquad-no": ("NorQuAD", "no", "CC0"),
    "train-piaf-fr": ("PIAF", "fr", "MIT, text CC BY-SA"),
    "train-faquad-pt": ("FaQuAD", "pt", "CC BY 4.0"),
    "train-nq-fi": ("Natural Questions, Finnish by machine translation", "fi", "CC BY-SA 3.0"),
    "train-news-de": ("questions on invented news, four fifths of the articles", "de", "CC0"),
    "train-news-qen-pde": ("the same in English", "en/de", "CC0"),
    "train-news-qde-pen": ("questions on invented English news", "de/en", "CC0"),
    "train-news-en": ("the same in English", "en", "CC0"),
    "train-turns-de": ("questions on turns of phrase, four fifths of the articles", "de", "CC0"),
    "train-turns-qen": ("the same in English", "en/de", "CC0"),
    "scenes-de": ("scenes with two values of one kind, written for each cycle", "de", "CC0"),
    "scenes-en": ("the same in English", "en", "CC0"),
    "train-wiki-de": ("questions on German Wikipedia", "de", "CC0, text CC BY-SA"),
    "train-wiki-qen-pde": ("the same in English", "en/de", "CC0, text CC BY-SA"),
    "unlabelled-mlqa-test-de": ("MLQA test questions", "de", "CC BY-SA 3.0"),
}
"""Folder of a set -> what the card calls it, its language and its licence."""
XQUAD = "XQuAD, first 36 articles (the last 12 are for development)"


def describe_run(training: dict[str, Any]) -> str:
    """Return what else there is to say of a run: what it began with, and what it was mixed with.

    >>> describe_run({"also": ["self-de"], "averaged_with": ["early.pt"]})
    ', with self-de, averaged with early.pt'
    """
    said = ""
    if before := training.get("began_with"):
        said += f", begun with the reader {before['sha256'][:12]}"
        said += f" ({before['pairs']:,} pairs)" if before.get("pairs") else ""
    said += "".join(f", with {name}" for name in training["also"])
    others = training.get("averaged_with", [])
    return said + f", averaged with {' and '.join(others)}" * bool(others)


def command(training: dict[str, Any]) -> str:
    """Return the command that makes such a run; folders and files stand for the run's own.

    >>> command({"minutes": 10.0, "seed": 1, "also": []})
    'python -m training.reader.train --data DIR --out DIR --minutes 10 --seed 1'
    """
    said = "python -m training.reader.train --data DIR --out DIR"
    said += f" --minutes {training['minutes']:g} --seed {training['seed']}"
    if training.get("began_with"):
        said += f" --start READER --rate {training['rate']:g}"
    if training.get("mixture", "base") != "base":
        said += f" --mixture {training['mixture']}"
    said += "".join(f" --also DIR/{name}" for name in training["also"])
    for name in training.get("averaged_with", []):
        said += " --average READER" if name.startswith("reader ") else f" --average DIR/{name}"
    return said


def data_rows(training: dict[str, Any]) -> Iterator[str]:
    """Yield a row of the card for each set that was drawn from.

    >>> list(data_rows({"sets": ["xquad-de", "xquad-qde-pen", "train-norquad-no"], "also": []}))[1]
    '| NorQuAD | no | CC0 |'
    """
    names: Sequence[str] = training["sets"]
    languages = [part for name in names if len(part := name.removeprefix("xquad-")) == 2]
    if languages:
        yield f"| {XQUAD} | {', '.join(languages)} | CC BY-SA 4.0 |"
    for name in names:
        if name in SETS:
            yield f"| {' | '.join(SETS[name])} |"
    for name in training["also"]:
        origin = training.get("labelled", {}).get(name)
        if origin is None:
            yield f"| {name}, named with --also | | |"
            continue
        title, language, licence = SETS.get(origin["set"], (origin["set"], "", ""))
        by = f"spans labelled by the reader {origin['reader'][:12]}"
        yield f"| {title}, {by} ({name}) | {language} | {licence} |"


def write_card(folder: Path) -> None:
    """Write the card of the weights in `folder` beside them."""
    sidecar = read_sidecar(folder)
    training = sidecar["training"]
    processes = training["processes"]
    size = (folder / WEIGHTS_NAME).stat().st_size / 1e6
    rows = [
        f"| {name} | {row['f1']:.3f} | {row['exact']:.3f} | {row['questions']} |"
        for name, row in sidecar.get("development", {}).items()
    ]
    values: dict[str, Any] = {
        **sidecar,
        **sidecar["calibration"],
        **training,
        "in_processes": f"{processes} process{'es' * (processes > 1)}",
        "how": describe_run(training),
        "command": command(training),
        "data": "\n".join(data_rows(training)),
        "megabytes": size,
        "figures": "\n".join(rows),
    }
    template = (Path(__file__).parent / TEMPLATE_NAME).read_text(encoding="utf-8")
    (folder / CARD_NAME).write_text(template.format(**values), encoding="utf-8")
