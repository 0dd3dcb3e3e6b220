"""The kind of a question: what sort of answer it wants."""

from typing import Literal, get_args

from corpus.errors import QuestionError

Kind = Literal[
    "fact", "reason", "how", "yesno", "several", "list", "count", "summary", "overview", "timeline",
    "latest", "compare", "quote", "definition", "meta", "smalltalk", "help", "command", "opinion",
    "keywords", "other",
]  # fmt: skip
KINDS: tuple[str, ...] = get_args(Kind)
FACT = "fact"
META = "meta"
COUNT = "count"
TALK = frozenset(("smalltalk", "help", "command", "opinion", "other"))
"""What no article answers: it is replied to in words of the program's own."""


def check_kind(kind: str) -> str:
    """Return the kind.

    Raises:
        QuestionError: there is no such kind.
    """
    if kind not in KINDS:
        raise QuestionError(f"kind={kind!r} is not possible. Give one of {', '.join(KINDS)}.")
    return kind
