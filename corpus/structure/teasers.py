"""Teasers and captions that carry no sign: told by a picture's credit and what stands beside it."""

import re
from collections import Counter
from collections.abc import Sequence

from corpus.article import Role
from corpus.blocks import Block
from corpus.structure.boilerplate import is_credit
from corpus.structure.lines import ENDS_SENTENCE, BlockRoles, is_heading_like, is_prose, stems_of

# A paragraph that opens so goes on from the one above; a teaser cannot.
_SPEAKS_ON = re.compile(
    r"(?:er|diese[rsmn]?|dieses|dabei|dafür|damit|dagegen|deshalb|daher|doch|zudem|außerdem|trotzdem|"
    r"dennoch|danach|he|she|they|these|those|but|however|still|therefore|that)\b",
    re.IGNORECASE,
)
_SPEAKER = re.compile(r"[“”\"«»]\s*,?\s*(?:sagte?|said|says|so|erklärte?|meinte?)\b")


def mark_teasers(state: BlockRoles) -> None:
    """Mark teaser boxes that carry no sign: a small heading, a sentence or two, a credit."""
    begun = next(
        (i for i, b in enumerate(state.blocks) if state.roles[i] is None and len(b.text) > 80),
        len(state.blocks),
    )
    places = range(begun + 1, len(state.blocks))
    found = [box for box in (_teaser_at(state, index) for index in places) if box]
    sections = sum(1 for index in places if is_heading_like(state, index))
    boxed = [box for box in found if _in_one_box(state.blocks, box)]
    if len(found) > 3 and len(found) * 2 > sections and not boxed:
        return  # an article made of short sections, each with its picture
    for box in found:
        if box in boxed or not _belongs(state, box):
            for index in box:
                state.roles[index] = Role.PROMO


def _teaser_at(state: BlockRoles, index: int) -> list[int]:
    """Return the blocks without a role of a possible teaser whose heading stands here."""
    blocks, roles = state.blocks, state.roles
    free = roles[index] in (None, Role.PROMO)
    if not free or not is_heading_like(state, index) or index + 1 >= len(blocks):
        return []
    inside = index + 1
    credit = is_credit(blocks[inside].text) or _credit_above(state, index)
    if is_credit(blocks[inside].text):
        inside += 1
    if inside >= len(blocks) or roles[inside] is not None or not is_brief(blocks[inside]):
        return []
    credit = credit or (inside + 1 < len(blocks) and is_credit(blocks[inside + 1].text))
    return [index, inside] if credit else []


def _credit_above(state: BlockRoles, index: int) -> bool:
    """Say whether the line above is the credit of this box, and not of what stands above."""
    blocks = state.blocks
    if not is_credit(blocks[index - 1].text):
        return False
    if blocks[index].box or blocks[index - 1].box:
        return blocks[index].box == blocks[index - 1].box
    return index > 1 and state.roles[index - 2] is None and is_prose(blocks[index - 2].text)


def is_brief(block: Block) -> bool:
    """Say whether a block is one or two short sentences."""
    text = block.text
    ends = len(re.findall(r"[^\d\s][.!?…](?=\s|$)", text))
    return block.kind in ("paragraph", "lead") and 25 <= len(text) <= 260 and ends <= 3


def _in_one_box(blocks: Sequence[Block], box: Sequence[int]) -> bool:
    return len({blocks[index].box for index in box}) == 1 and blocks[box[0]].box > 0


def speaks_on(text: str) -> bool:
    """Say whether a paragraph goes on from the one above: with a pronoun, or a speaker."""
    return bool(_SPEAKS_ON.match(text) or _SPEAKER.search(text))


def _belongs(state: BlockRoles, box: Sequence[int]) -> bool:
    """Say whether a brief section speaks on: with a pronoun, a speaker, or the article's words."""
    text = state.blocks[box[-1]].text
    if speaks_on(text):
        return True
    inside = stems_of(" ".join(state.blocks[index].text for index in box))
    own = Counter(stem for index in box for stem in stems_of(state.blocks[index].text))
    shared = sum(1 for stem in inside if state.stems[stem] > own[stem])
    return shared >= 0.65 * max(len(inside), 1)


def mark_captions(state: BlockRoles) -> None:
    """Mark the line above a picture's credit where it is a caption: one short sentence."""
    blocks, roles = state.blocks, state.roles
    first = next((index for index, role in enumerate(roles) if role is None), 0)
    for index in range(1, len(blocks) - 1):
        text, above = blocks[index].text, roles[index - 1]
        if roles[index] is not None or not is_credit(blocks[index + 1].text):
            continue
        if blocks[index + 1].kind == "caption" and ENDS_SENTENCE.search(text):
            continue  # the picture's own caption is its credit alone
        if len(text) > 140 or "\n" in text or re.search(r"[.!?…]\s", text):
            continue
        standfirst = index == first and above is Role.HEADLINE and ENDS_SENTENCE.search(text)
        if not standfirst and (above is not None or not is_heading_like(state, index - 1)):
            roles[index] = Role.CAPTION
