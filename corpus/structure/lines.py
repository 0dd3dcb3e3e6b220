"""The blocks of one article while their roles are found, and what a line looks like."""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property

from corpus.article import Role
from corpus.blocks import Block
from corpus.structure.boilerplate import is_credit

ENDS_SENTENCE = re.compile(
    # A footnote's mark may follow: "müssten.[1]", "müssten.²".
    r"[.!?…:;,。！？؟।][\"'”“„»«›‹’‘)\]]*(?:\[\d{1,3}\]|[¹²³⁰-⁹])*$"
)
_ADDRESSED = re.compile(r"\b(?:Sie|Ihnen|Ihre?[mnrs]?|[Yy]ou|[Yy]ours?)\b")
_LABELLED = re.compile(r"(?:[A-ZÄÖÜ][\w.'’-]*\s?){1,4}:\s+\S")
_CONTENT_WORD = re.compile(r"[^\W\d_]{4,}|\d{3,}")


@dataclass
class BlockRoles:
    """The blocks of one article while their roles are found."""

    blocks: Sequence[Block]
    title: str
    roles: list[Role | None] = field(default_factory=list)

    @cached_property
    def is_interview(self) -> bool:
        """Whether short questions stand in the text by themselves, more than once."""
        asked = (block.text for block in self.blocks)
        return sum(1 for text in asked if text.endswith("?") and len(text) <= 160) >= 2

    @cached_property
    def is_conversation(self) -> bool:
        """Whether questions are put to somebody: answers name the speaker, or they address one."""
        asked = [block.text for block in self.blocks if block.text.endswith("?")]
        addressed = sum(1 for text in asked if _ADDRESSED.search(text))
        named = sum(1 for block in self.blocks if _LABELLED.match(block.text))
        return self.is_interview and (named >= 2 or addressed * 2 >= len(asked))

    @cached_property
    def stems(self) -> Counter[str]:
        """How many blocks that may be the article use each content word."""
        counts: Counter[str] = Counter()
        for block, role in zip(self.blocks, self.roles, strict=True):
            if role is None:
                counts.update(stems_of(block.text))
        return counts


def is_short_line(text: str) -> bool:
    """Say whether a text is one short line that ends no sentence."""
    return len(text) <= 60 and "\n" not in text and not ENDS_SENTENCE.search(text)


def is_prose(text: str) -> bool:
    """Say whether a text is longer than a line and ends a sentence."""
    return len(text) > 60 and bool(ENDS_SENTENCE.search(text))


def stems_of(text: str) -> set[str]:
    """Return the beginnings of the words that carry content."""
    return {word.lower()[:6] for word in _CONTENT_WORD.findall(text)}


def is_heading_like(state: BlockRoles, index: int) -> bool:
    """Say whether a block is a heading by its kind, or a short line above a longer paragraph."""
    blocks = state.blocks
    block = blocks[index]
    if block.kind == "heading":
        spoken = block.level == 0 and block.text.endswith("?") and state.is_conversation
        return not spoken
    if block.kind != "paragraph" or index + 1 >= len(blocks):
        return False
    text, following = block.text, blocks[index + 1]
    asks = text.endswith("?") and len(text.split()) <= 7 and ":" not in text
    if "\n" in text or len(text) > 90 or len(text.split()) > 12:
        return False
    if ENDS_SENTENCE.search(text) and not (asks and not state.is_interview):
        return False
    if is_credit(following.text) and index + 2 < len(blocks):
        following = blocks[index + 2]
    if re.search(r":\s*\S*\d", text) and not stems_of(text) <= stems_of(following.text):
        return False  # "Eintritt: 5 Euro" is a fact, unless the text below says it again
    return (
        following.kind in ("paragraph", "lead", "item", "row")
        and len(following.text) >= max(25, 1.3 * len(text))
        and bool(ENDS_SENTENCE.search(following.text))
    )
