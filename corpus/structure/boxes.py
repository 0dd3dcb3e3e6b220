"""What stands in boxes between and below the paragraphs: polls, offers, cards, lists of contents.

Most of it says nothing of itself that an article would not say; its shape and place tell it.
"""

import re
from collections.abc import Iterator

from corpus.article import Role
from corpus.structure.boilerplate import is_advertisement, opens_author_box
from corpus.structure.lines import BlockRoles, is_prose, stems_of
from corpus.structure.teasers import is_brief, speaks_on
from corpus.text.normalize import letters_of

_TO_READER = re.compile(
    r"\b(?:du|dich|dir|dein\w*|Sie|Ihnen|Ihre?[mnrs]?|ihr|euch|eure?\w*|you|your)\b"
)
_SHORT = 90
_BIO_LONGEST = 700
_MORE_THAN_A_CARD = 3


def mark_boxes(state: BlockRoles) -> None:
    """Mark small boxes that are no article as a whole, by what is in them and where they stand."""
    for box in _boxes(state):
        if any(state.roles[index] is Role.HEADLINE for index in box):
            continue  # the article's head
        if _is_mostly_promo(state, box) or _is_poll(state, box) or _is_offer(state, box):
            _mark(state, box, Role.PROMO)
    _mark_cards(state)
    _mark_contents(state)
    _mark_author_box(state)


def _boxes(state: BlockRoles) -> list[list[int]]:
    boxes: dict[int, list[int]] = {}
    for index, block in enumerate(state.blocks):
        if block.box:
            boxes.setdefault(block.box, []).append(index)
    return list(boxes.values())


def _mark(state: BlockRoles, indices: Iterator[int] | list[int] | range, role: Role) -> None:
    for index in indices:
        if state.roles[index] is None:
            state.roles[index] = role


def _is_mostly_promo(state: BlockRoles, box: list[int]) -> bool:
    promo = [index for index in box if state.roles[index] is Role.PROMO]
    free = [index for index in box if state.roles[index] is None]
    if not promo or not free or len(promo) < len(free):
        return False
    # "Anzeige" below a paragraph announces what follows the box.
    labels = all(is_advertisement(state.blocks[index].text) for index in promo)
    return not (labels and promo[0] > free[-1])


def _is_poll(state: BlockRoles, box: list[int]) -> bool:
    """Say whether a box asks its reader something and gives short answers to choose from."""
    asked = state.blocks[box[0]].text
    answers = [state.blocks[index] for index in box[1:]]
    if not asked.endswith("?") or len(answers) < 2 or not _TO_READER.search(asked):
        return False
    return all(len(item.text) <= _SHORT for item in answers) and all(
        item.kind == "item" for item in answers[:2]
    )


def _is_offer(state: BlockRoles, box: list[int]) -> bool:
    """Say whether the last box praises something in catchwords: a line with "!" and a list."""
    below = range(box[-1] + 1, len(state.blocks))
    if any(state.roles[index] is None for index in below):
        return False
    head, rest = state.blocks[box[0]], [state.blocks[index] for index in box[1:]]
    if len(rest) < 2 or not head.text.endswith("!") or len(head.text) > _SHORT:
        return False
    return not any(is_prose(block.text) for block in rest)


def _mark_cards(state: BlockRoles) -> None:
    """Mark a heading and a brief text in a box amid paragraphs that stand in none.

    Where the article has sections of its own, the same shape is one of them.
    """
    free = [index for index, role in enumerate(state.roles) if role is None]
    prose = [index for index in free if is_prose(state.blocks[index].text)]
    cards = [box for box in _boxes(state) if _is_card(state, box)]
    own = [index for index in free if state.blocks[index].kind == "heading"]
    inside = {index for card in cards for index in card}
    plain = [index for index in prose if index not in inside and not state.blocks[index].box]
    if len(cards) >= _MORE_THAN_A_CARD or len(plain) * 2 <= len(prose):
        return
    if any(index not in inside for index in own):
        return
    for card in cards:
        words = stems_of(" ".join(state.blocks[index].text for index in card))
        shared = sum(1 for word in words if state.stems[word] > 1)
        if shared * 5 <= len(words) * 2 and not speaks_on(state.blocks[card[-1]].text):
            _mark(state, card, Role.PROMO)


def _is_card(state: BlockRoles, box: list[int]) -> bool:
    if len(box) != 2 or any(state.roles[index] is not None for index in box):
        return False
    head, text = (state.blocks[index] for index in box)
    return head.kind == "heading" and is_brief(text) and not head.text.endswith("?")


def _mark_contents(state: BlockRoles) -> None:
    """Mark a list whose items are the article's own headings, and the line above it."""
    headings = {
        letters_of(block.text): index
        for index, block in enumerate(state.blocks)
        if block.kind == "heading"
    }
    run: list[int] = []
    for index in range(len(state.blocks) + 1):
        inside = index < len(state.blocks) and state.blocks[index].kind == "item"
        if inside and headings.get(letters_of(state.blocks[index].text), -1) > index:
            run.append(index)
            continue
        if len(run) >= 2:
            _mark(state, run, Role.PROMO)
            above = run[0] - 1
            if above >= 0 and len(state.blocks[above].text) <= 40:
                _mark(state, [above], Role.PROMO)
        run = []


def _mark_author_box(state: BlockRoles) -> None:
    """Mark a box below the text that tells who wrote it: "Die Autorin", and a few lines."""
    for index, block in enumerate(state.blocks):
        if not opens_author_box(block.text):
            continue
        below = range(index + 1, min(index + 4, len(state.blocks)))
        texts = [state.blocks[i].text for i in below if state.roles[i] is None]
        if not texts or any(role is None for role in state.roles[index + 4 :]):
            continue
        if sum(map(len, texts)) <= _BIO_LONGEST and index > len(state.blocks) // 3:
            _mark(state, [index, *below], Role.SOURCE)
