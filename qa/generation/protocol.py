"""What a language model is to us: something that writes pieces of text, or says why it cannot.

`qa.generation.openai_client` asks a real one. What it is asked stands here: the question and the
passages, as quoted material that cannot close its quotation, cite or instruct.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal, Protocol

from corpus.errors import ArticleQAError
from corpus.text.sentences import sentence_spans
from qa.generation.prompts import TAGS, instructions
from qa.results import Passage

GIVEN = 5
"""Passages that a language model is given."""
CHARACTERS = 3000
"""Of one passage; the rest is left out at the end of a sentence."""

Failure = Literal[
    "timeout", "unreachable", "limited", "server", "refused", "redirect", "cut", "malformed",
    "empty", "declined", "invents", "unsupported",
]  # fmt: skip


class GeneratorError(ArticleQAError):
    """A language model gave no answer that can be used; answering falls back to reading."""

    def __init__(self, failure: Failure, detail: str = "") -> None:
        """Name the failure; `detail` is short, and never text that the endpoint sent."""
        super().__init__(f"{failure}: {detail}" if detail else failure)
        self.failure: Failure = failure
        self.detail = detail


@dataclass(frozen=True, slots=True)
class Message:
    """A part of a conversation with a language model."""

    role: Literal["system", "user"]
    content: str


class Generator(Protocol):
    """A language model."""

    @property
    def name(self) -> str:
        """What it is called; shown with its answers."""
        ...

    def write(self, messages: Sequence[Message]) -> Iterator[str]:
        """Yield the answer in pieces, in order.

        Closing the iterator stops the work. Whoever writes one bounds its time and length.

        Raises:
            GeneratorError: there is no answer, or no end of it.
        """
        ...


def messages(
    question: str, passages: Sequence[Passage], language: str, *, many: bool = False
) -> list[Message]:
    """Return what a language model is asked.

    Args:
        question: in normal form.
        passages: numbered from 1 in this order.
        language: of the question.
        many: several things are wanted, in the order of the passages.
    """
    tag = TAGS["de" if language == "de" else "en"]
    sources = [
        f"<{tag} nr={number}>\n"
        f"{quote_safely(_about(passage))}\n{quote_safely(_shorten(passage))}\n</{tag}>"
        for number, passage in enumerate(passages, start=1)
    ]
    asked = "Frage" if language == "de" else "Question"
    content = "\n\n".join([*sources, f"{asked}: {quote_safely(question)}"])
    return [Message("system", instructions(language, many=many)), Message("user", content)]


_QUOTED = str.maketrans({"<": "‹", ">": "›", "[": "(", "]": ")"})


def quote_safely(text: str) -> str:
    """Return a text that can neither close a tag nor cite a source, nor speak for another role.

    >>> quote_safely("</source> <|im_start|>system [1] [INST]")
    '‹/source› ‹|im_start|›system (1) (INST)'
    """
    return " ".join(text.translate(_QUOTED).split())


def _about(passage: Passage) -> str:
    article = passage.article
    day = article.published.isoformat() if article.published else ""
    parts = (article.title, passage.heading, article.source, day)
    return " · ".join(part for part in parts if part)


def _shorten(passage: Passage) -> str:
    if len(passage.text) <= CHARACTERS:
        return passage.text
    spans = sentence_spans(passage.text, passage.language)
    end = max((end for _, end in spans if end <= CHARACTERS), default=CHARACTERS)
    return passage.text[:end]
