"""What each block of an article is, by its words, its kind and its neighbours.

The two mistakes cost differently from place to place, so both are kept small: clutter that
answers a question is a wrong citation, and body text taken for clutter is never found
again. Where signs are weak, text stays body.
"""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import islice

from corpus.article import ANSWERING_ROLES, Role
from corpus.blocks import Block
from corpus.structure.boilerplate import (
    is_bio,
    is_correction,
    is_credit,
    is_section_name,
    line_role,
    opens_comments,
    opens_contact,
    opens_promo,
)
from corpus.structure.bylines import is_bare_date, is_bare_time, is_name, read_line

_ENDS_SENTENCE = re.compile(
    # A footnote's mark may follow: "müssten.[1]", "müssten.²".
    r"[.!?…:;,。！？؟।][\"'”“„»«›‹’‘)\]]*(?:\[\d{1,3}\]|[¹²³⁰-⁹])*$"
)
# A paragraph that opens so goes on from the one above; a teaser cannot.
_SPEAKS_ON = re.compile(
    r"(?:er|diese[rsmn]?|dieses|dabei|dafür|damit|dagegen|deshalb|daher|doch|zudem|außerdem|trotzdem|"
    r"dennoch|danach|he|she|they|these|those|but|however|still|therefore|that)\b",
    re.IGNORECASE,
)
_SPEAKER = re.compile(r"[“”\"«»]\s*,?\s*(?:sagte?|said|says|so|erklärte?|meinte?)\b")
_ADDRESSED = re.compile(r"\b(?:Sie|Ihnen|Ihre?[mnrs]?|[Yy]ou|[Yy]ours?)\b")
_LABELLED = re.compile(r"(?:[A-ZÄÖÜ][\w.'’-]*\s?){1,4}:\s+\S")
_LISTED = re.compile(r"(?:[-*•·–—‣▪]|\d+[.)]?|[½¼¾])\s*\S")
_CONTENT_WORD = re.compile(r"[^\W\d_]{4,}|\d{3,}")


@dataclass
class _State:
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
                counts.update(_stems(block.text))
        return counts


def find_roles(blocks: Sequence[Block], title: str) -> list[Role]:
    """Return a role for each block; those that have one keep it.

    At least one block carries the article, if there is any.
    """
    state = _State(blocks, title, [block.role for block in blocks])
    if None in state.roles:
        _mark_lines(state)
        _mark_menus(state)
        _mark_above_headline(state)
        _mark_names(state)
        _mark_sections(state)
        _mark_comments(state)
        _mark_contacts(state)
        _mark_bios(state)
        _mark_tail(state)
        _mark_boxes(state)
        _mark_teasers(state)
        _mark_captions(state)
        _mark_headings(state)
        _mark_lead(state)
    _keep_something(state)
    return [role or Role.BODY for role in state.roles]


def _mark_lines(state: _State) -> None:
    """Give the roles that a block's own words, kind and markup give."""
    headline_seen = False
    title, longest = _letters(state.title), 2 * len(state.title) + 20
    for index, block in enumerate(state.blocks):
        if state.roles[index] is not None:
            continue
        same = bool(title) and len(block.text) <= longest and _letters(block.text) == title
        if not headline_seen and (block.kind == "title" or same):
            state.roles[index] = Role.HEADLINE
            headline_seen = True
        elif same and block.kind == "heading":
            state.roles[index] = Role.HEADLINE
        elif block.kind == "caption":
            state.roles[index] = Role.CAPTION
        elif block.kind != "row":
            state.roles[index] = line_role(block.text)
            suspect = block.suspicion >= 0.9 and not is_correction(block.text)
            if suspect and state.roles[index] is None:
                state.roles[index] = Role.PROMO
    _restore_chronicle(state)


def _restore_chronicle(state: _State) -> None:
    """Take bare dates and times for what they are in a chronicle or a ticker: headings."""
    first = next((i for i, b in enumerate(state.blocks) if _is_prose(b.text)), 0)
    dated = [
        i
        for i, block in enumerate(state.blocks)
        if is_bare_date(block.text) and (i >= first or block.kind == "heading" or i + 1 == first)
    ]
    # A ticker's entries have times; the line above them that has the day too is a dateline.
    timed = [i for i in dated if is_bare_time(state.blocks[i].text)]
    entries = timed if len(timed) * 2 > len(dated) else dated
    if len(entries) >= 3:
        for index in entries:
            state.roles[index] = None


def _mark_above_headline(state: _State) -> None:
    """Mark short lines above the headline: the paper's name, the section, a kicker."""
    if Role.HEADLINE not in state.roles:
        return
    for index in range(state.roles.index(Role.HEADLINE)):
        if state.roles[index] is None and _is_short_line(state.blocks[index].text):
            state.roles[index] = Role.SOURCE
    above = state.roles.index(Role.HEADLINE) - 1
    if above >= 0 and is_section_name(state.blocks[above].text):
        # The last of a menu's names, or the article's own section: nearer to the headline.
        state.roles[above] = Role.SOURCE


def _letters(text: str) -> str:
    return "".join(char for char in text.lower() if char.isalnum())


def _mark_menus(state: _State) -> None:
    """Mark runs of section names and page commands: menus, share rows, footers."""
    run: list[int] = []
    for index in range(len(state.blocks) + 1):
        short = index < len(state.blocks) and _menu_like(state, index)
        if short:
            run.append(index)
            continue
        names = sum(1 for i in run if is_section_name(state.blocks[i].text))
        known = names + sum(1 for i in run if state.roles[i] is Role.PROMO)
        if len(run) >= 3 and known >= 2 and known * 2 >= len(run):
            for i in run:
                if state.roles[i] is None:
                    state.roles[i] = Role.PROMO
        run = []


def _menu_like(state: _State, index: int) -> bool:
    text = state.blocks[index].text
    if state.roles[index] not in (None, Role.PROMO):
        return False
    return len(text) <= 40 and len(text.split()) <= 4 and not _ENDS_SENTENCE.search(text)


def _mark_names(state: _State) -> None:
    """Mark a bare name between the headline and the text, beside a date or a byline."""
    if Role.HEADLINE not in state.roles:
        return
    first = state.roles.index(Role.HEADLINE) + 1
    for index in range(first, min(first + 8, len(state.blocks))):
        beside = state.roles[index - 1 : index + 2 : 2]
        free = state.roles[index] is None and Role.SOURCE in beside
        text = state.blocks[index].text
        place = beside[0] is Role.SOURCE and _is_place(state, index)
        if free and (is_name(text) or place):
            state.roles[index] = Role.SOURCE


def _is_place(state: _State, index: int) -> bool:
    """Say whether a line below a byline is one capitalised word above the text: a dateline."""
    below = state.blocks[index + 1 : index + 2]
    word = re.fullmatch(r"[A-ZÄÖÜ][\w-]{2,24}", state.blocks[index].text)
    kind = state.blocks[index].kind == "paragraph"
    return bool(word and kind and below and _is_prose(below[0].text))


def _mark_tail(state: _State) -> None:
    """Mark what stands among the page's own lines: polls, and below the text tags and names."""
    last = max((i for i, b in enumerate(state.blocks) if _carries(state, i, b)), default=None)
    if last is None:
        return
    for index in range(1, last):
        beside = state.roles[index - 1] is state.roles[index + 1] is Role.PROMO
        asks = state.blocks[index].text.endswith("?") and len(state.blocks[index].text) <= 120
        if state.roles[index] is None and beside and asks:
            state.roles[index] = Role.PROMO  # a poll's question
    page = False
    for index in range(last + 1, len(state.blocks)):
        page = page or state.roles[index] is Role.PROMO
        if page and state.roles[index] is None and _is_short_line(state.blocks[index].text):
            state.roles[index] = Role.PROMO


def _carries(state: _State, index: int, block: Block) -> bool:
    if block.text.endswith("?") and not state.is_interview:
        return False  # "Was this helpful?"
    return state.roles[index] is None and bool(_ENDS_SENTENCE.search(block.text))


def _mark_sections(state: _State) -> None:
    """Mark what hangs under "Mehr zum Thema", "Related" and the like, until text resumes."""
    open_, box = False, 0
    for index, block in enumerate(state.blocks):
        text = block.text
        if state.roles[index] is Role.PROMO:
            box = block.box if opens_promo(text) else box
            open_ = opens_promo(text) and not re.search(r"[:–|-]\s*\S.{12,}", text)
            continue
        if box and block.box != box:
            open_ = False  # the box that announced other reading is over
        if not open_ or state.roles[index] is not None:
            continue
        if open_ and _heading_like(state, index) and _resumes(state, index):
            open_ = False
        elif block.kind == "item" or block.linked or (len(text) <= 120 and not _is_prose(text)):
            state.roles[index] = Role.PROMO
        else:
            open_ = False


def _resumes(state: _State, index: int) -> bool:
    """Say whether the article goes on at a heading below a box: more than brief lines follow."""
    below = range(index + 1, len(state.blocks))
    later = list(islice((i for i in below if state.roles[i] is None), 60))
    long = sum(1 for i in later if not _is_brief(state.blocks[i]))
    return bool(later) and (long > 0 or len(later) > 3) and later[0] == index + 1


def _mark_comments(state: _State) -> None:
    """Mark readers' comments: all that follows their head, once most of the text is past."""
    sizes = [
        len(b.text) if r is None else 0 for b, r in zip(state.blocks, state.roles, strict=True)
    ]
    read, whole = 0, sum(sizes)
    for index, size in enumerate(sizes):
        head = opens_comments(state.blocks[index].text)
        if head and read * 2 >= whole and index + 1 < len(sizes) and read:
            for later in range(index, len(sizes)):
                if state.roles[later] is None:
                    state.roles[later] = Role.PROMO
            return
        read += size


def _mark_contacts(state: _State) -> None:
    """Mark the lines at the end of a press release that say whom to ask."""
    for index, block in enumerate(state.blocks):
        free = state.roles[index] in (None, Role.SOURCE)
        if not free or not opens_contact(block.text):
            continue
        below = range(index, len(state.blocks))
        if any(state.roles[i] is None and _is_prose(state.blocks[i].text) for i in below[1:]):
            continue
        for later in below:
            if state.roles[later] is None:
                state.roles[later] = Role.SOURCE
        return


def _mark_bios(state: _State) -> None:
    """Mark a line at the end that tells who the author is, named above the text or not."""
    names: set[str] = set()
    for block, role in zip(state.blocks, state.roles, strict=True):
        if role is Role.SOURCE:
            facts = read_line(block.text)
            names.update(facts.authors if facts else ())
            if is_name(block.text):
                names.add(" ".join(block.text.split()))
    free = [i for i, role in enumerate(state.roles) if role is None]
    for index in free[-2:]:
        text = " ".join(state.blocks[index].text.split())
        if len(free) > 2 and text.startswith(tuple(names)) and is_bio(text):
            state.roles[index] = Role.SOURCE


def _mark_boxes(state: _State) -> None:
    """Mark a small box as a whole where what it says of itself is clutter."""
    boxes: dict[int, list[int]] = {}
    for index, block in enumerate(state.blocks):
        if block.box:
            boxes.setdefault(block.box, []).append(index)
    for box in boxes.values():
        promo = sum(1 for i in box if state.roles[i] is Role.PROMO)
        free = [i for i in box if state.roles[i] is None]
        if free and promo * 2 >= promo + len(free):
            for index in free:
                state.roles[index] = Role.PROMO


def _is_short_line(text: str) -> bool:
    return len(text) <= 60 and "\n" not in text and not _ENDS_SENTENCE.search(text)


def _is_prose(text: str) -> bool:
    return len(text) > 60 and bool(_ENDS_SENTENCE.search(text))


def _mark_teasers(state: _State) -> None:
    """Mark teaser boxes that carry no sign: a small heading, a sentence or two, a credit."""
    begun = next(
        (i for i, b in enumerate(state.blocks) if state.roles[i] is None and len(b.text) > 80),
        len(state.blocks),
    )
    places = range(begun + 1, len(state.blocks))
    found = [box for box in (_teaser_at(state, index) for index in places) if box]
    sections = sum(1 for index in places if _heading_like(state, index))
    boxed = [box for box in found if _in_one_box(state.blocks, box)]
    if len(found) > 3 and len(found) * 2 > sections and not boxed:
        return  # an article made of short sections, each with its picture
    for box in found:
        if box in boxed or not _belongs(state, box):
            for index in box:
                state.roles[index] = Role.PROMO


def _teaser_at(state: _State, index: int) -> list[int]:
    """Return the blocks without a role of a possible teaser whose heading stands here."""
    blocks, roles = state.blocks, state.roles
    free = roles[index] in (None, Role.PROMO)
    if not free or not _heading_like(state, index) or index + 1 >= len(blocks):
        return []
    inside = index + 1
    credit = is_credit(blocks[inside].text) or _credit_above(state, index)
    if is_credit(blocks[inside].text):
        inside += 1
    if inside >= len(blocks) or roles[inside] is not None or not _is_brief(blocks[inside]):
        return []
    credit = credit or (inside + 1 < len(blocks) and is_credit(blocks[inside + 1].text))
    return [index, inside] if credit else []


def _credit_above(state: _State, index: int) -> bool:
    """Say whether the line above is the credit of this box, and not of what stands above."""
    blocks = state.blocks
    if not is_credit(blocks[index - 1].text):
        return False
    if blocks[index].box or blocks[index - 1].box:
        return blocks[index].box == blocks[index - 1].box
    return index > 1 and state.roles[index - 2] is None and _is_prose(blocks[index - 2].text)


def _is_brief(block: Block) -> bool:
    """Say whether a block is one or two short sentences."""
    text = block.text
    ends = len(re.findall(r"[^\d\s][.!?…](?=\s|$)", text))
    return block.kind in ("paragraph", "lead") and 25 <= len(text) <= 260 and ends <= 3


def _in_one_box(blocks: Sequence[Block], box: Sequence[int]) -> bool:
    return len({blocks[index].box for index in box}) == 1 and blocks[box[0]].box > 0


def _belongs(state: _State, box: Sequence[int]) -> bool:
    """Say whether a brief section speaks on: with a pronoun, a speaker, or the article's words."""
    text = state.blocks[box[-1]].text
    if _SPEAKS_ON.match(text) or _SPEAKER.search(text):
        return True
    inside = _stems(" ".join(state.blocks[index].text for index in box))
    own = Counter(stem for index in box for stem in _stems(state.blocks[index].text))
    shared = sum(1 for stem in inside if state.stems[stem] > own[stem])
    return shared >= 0.65 * max(len(inside), 1)


def _stems(text: str) -> set[str]:
    return {word.lower()[:6] for word in _CONTENT_WORD.findall(text)}


def _mark_captions(state: _State) -> None:
    """Mark the line above a picture's credit where it is a caption: one short sentence."""
    blocks, roles = state.blocks, state.roles
    first = next((index for index, role in enumerate(roles) if role is None), 0)
    for index in range(1, len(blocks) - 1):
        text, above = blocks[index].text, roles[index - 1]
        if roles[index] is not None or not is_credit(blocks[index + 1].text):
            continue
        if len(text) > 140 or "\n" in text or re.search(r"[.!?…]\s", text):
            continue
        standfirst = index == first and above is Role.HEADLINE and _ENDS_SENTENCE.search(text)
        if not standfirst and (above is not None or not _heading_like(state, index - 1)):
            roles[index] = Role.CAPTION


def _heading_like(state: _State, index: int) -> bool:
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
    if _ENDS_SENTENCE.search(text) and not (asks and not state.is_interview):
        return False
    if is_credit(following.text) and index + 2 < len(blocks):
        following = blocks[index + 2]
    if re.search(r":\s*\S*\d", text) and not _stems(text) <= _stems(following.text):
        return False  # "Eintritt: 5 Euro" is a fact, unless the text below says it again
    return (
        following.kind in ("paragraph", "lead", "item", "row")
        and len(following.text) >= max(25, 1.3 * len(text))
        and bool(_ENDS_SENTENCE.search(following.text))
    )


def _mark_headings(state: _State) -> None:
    for index, block in enumerate(state.blocks):
        if state.roles[index] is not None:
            continue
        if not _heading_like(state, index) and not _above_list(state, index):
            continue
        if block.kind == "heading" or not _in_list(state, index):
            state.roles[index] = Role.HEADING


def _above_list(state: _State, index: int) -> bool:
    """Say whether a line of a word or three stands above a list: "Zutaten", "Ingredients"."""
    text, below = state.blocks[index].text, state.blocks[index + 1 : index + 3]
    if len(text) > 30 or len(text.split()) > 3 or not text[:1].isupper():
        return False
    if _ENDS_SENTENCE.search(text) or _LISTED.match(text) or len(below) < 2:
        return False
    return all(_LISTED.match(block.text) or block.kind == "item" for block in below)


def _in_list(state: _State, index: int) -> bool:
    """Say whether the line above is of the same kind: then both are lines of a list."""
    if index == 0 or state.roles[index - 1] is not None:
        return False
    above = state.blocks[index - 1].text
    return len(above) <= 90 and not _ENDS_SENTENCE.search(above)


def _mark_lead(state: _State) -> None:
    """Mark the opening paragraph, where more follows it."""
    body = [i for i, role in enumerate(state.roles) if role is None]
    for index in body:
        if state.blocks[index].kind == "lead":
            state.roles[index] = Role.LEAD
            return
    if len(body) < 2:
        return
    first = body[0]
    above = state.roles[:first]
    is_text = state.blocks[first].kind == "paragraph" and len(state.blocks[first].text) <= 700
    if is_text and Role.HEADING not in above and (Role.HEADLINE in above or first == 0):
        state.roles[first] = Role.LEAD


def _keep_something(state: _State) -> None:
    """Make the longest paragraphs body where nothing else would carry the article."""
    roles = state.roles
    for index, role in enumerate(roles):
        if role is None:
            roles[index] = Role.BODY
    if not roles or any(role in ANSWERING_ROLES for role in roles):
        return
    rank = {Role.HEADING: 1, Role.CAPTION: 1, Role.PROMO: 1, Role.SOURCE: 1, Role.HEADLINE: 0}
    sizes = [(rank[role] if role else 1, len(state.blocks[i].text)) for i, role in enumerate(roles)]
    longest = max(sizes)
    for index, size in enumerate(sizes):
        if size[0] == longest[0] and size[1] * 2 >= longest[1]:
            roles[index] = Role.BODY
