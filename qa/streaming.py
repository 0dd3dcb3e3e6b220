"""What `Collection.ask_stream` yields: stages, pieces of text, checked sentences, the answer.

    Stage("searching") Stage("reading")                                        Finished(answer)
    Stage("searching") Stage("reading") Stage("writing") Piece Piece Checked … Finished(answer)

The first line is an answer without a language model. The last event is always `Finished`, and
only its answer counts: pieces are unchecked, and an answer may fall back to reading after them.
"""

from dataclasses import dataclass
from typing import Literal

from qa.results import Answer, Sentence


@dataclass(frozen=True, slots=True)
class Stage:
    """Something has begun that takes time."""

    name: Literal["searching", "reading", "writing"]


@dataclass(frozen=True, slots=True)
class Piece:
    """Text as the language model writes it: unchecked, its markers not yet those of the answer."""

    text: str


@dataclass(frozen=True, slots=True)
class Checked:
    """A sentence of the language model's that was checked; see `Sentence.supported`."""

    sentence: Sentence


@dataclass(frozen=True, slots=True)
class Finished:
    """The answer; nothing follows."""

    answer: Answer


Event = Stage | Piece | Checked | Finished
