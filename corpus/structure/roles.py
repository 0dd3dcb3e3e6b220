"""What each block of an article is, by its words, its kind and its neighbours.

The two mistakes cost differently from place to place, so both are kept small: clutter that
answers a question is a wrong citation, and body text taken for clutter is never found
again. Where signs are weak, text stays body.
"""

import re
from collections.abc import Sequence
from itertools import islice

from corpus.article import ANSWERING_ROLES, Role
from corpus.blocks import LOOSE, Block
from corpus.structure.boilerplate import (
    is_bio,
    is_correction,
    is_section_name,
    line_role,
    opens_comments,
    opens_contact,
    opens_promo,
)
from corpus.structure.boxes import mark_boxes
from corpus.structure.bylines import is_bare_date, is_bare_time, is_name, read_line
from corpus.structure.lines import (
    ENDS_SENTENCE,
    BlockRoles,
    is_heading_like,
    is_prose,
    is_short_line,
)
from corpus.structure.teasers import is_brief, mark_captions, mark_teasers
from corpus.text.normalize import letters_of

_LISTED = re.compile(r"(?:[-*•·–—‣▪]|\d+[.)]?|[½¼¾])\s*\S")


def find_roles(blocks: Sequence[Block], title: str) -> list[Role]:
    """Return a role for each block; those that have one keep it.

    At least one block carries the article, if there is any.
    """
    state = BlockRoles(blocks, title, [block.role for block in blocks])
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
        mark_boxes(state)
        mark_teasers(state)
        mark_captions(state)
        _mark_guesses(state)
        _mark_standfirst(state)
        _mark_headings(state)
        _mark_lead(state)
    _keep_something(state)
    return [role or Role.BODY for role in state.roles]


def _mark_lines(state: BlockRoles) -> None:
    """Give the roles that a block's own words, kind and markup give."""
    headline_seen = False
    title, longest = letters_of(state.title), 2 * len(state.title) + 20
    for index, block in enumerate(state.blocks):
        if state.roles[index] is not None:
            continue
        same = bool(title) and len(block.text) <= longest and letters_of(block.text) == title
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


def _restore_chronicle(state: BlockRoles) -> None:
    """Take bare dates and times for what they are in a chronicle or a ticker: headings."""
    first = next((i for i, b in enumerate(state.blocks) if is_prose(b.text)), 0)
    dated = [
        i
        for i, block in enumerate(state.blocks)
        if is_bare_date(block.text)
        and (i >= first or block.kind == "heading" or i + 1 == first)
        and _heads_text(state, i)
    ]
    # A ticker's entries have times; the line above them that has the day too is a dateline.
    timed = [i for i in dated if is_bare_time(state.blocks[i].text)]
    entries = timed if len(timed) * 2 > len(dated) else dated
    if len(entries) >= 3:
        for index in entries:
            state.roles[index] = None


def _heads_text(state: BlockRoles, index: int) -> bool:
    """Say whether text stands below a date, and not the next headline of a list of teasers."""
    if index + 1 >= len(state.blocks) or state.blocks[index].suspicion >= 0.9:
        return False
    below = state.blocks[index + 1]
    sentence = below.kind != "heading" and bool(ENDS_SENTENCE.search(below.text))
    return below.suspicion < 0.9 and not is_bare_date(below.text) and sentence


def _mark_above_headline(state: BlockRoles) -> None:
    """Mark short lines above the headline: the paper's name, the section, a kicker."""
    if Role.HEADLINE not in state.roles:
        return
    for index in range(state.roles.index(Role.HEADLINE)):
        if _is_free(state, index) and is_short_line(state.blocks[index].text):
            state.roles[index] = Role.SOURCE
    above = state.roles.index(Role.HEADLINE) - 1
    if above >= 0 and is_section_name(state.blocks[above].text):
        # The last of a menu's names, or the article's own section: nearer to the headline.
        state.roles[above] = Role.SOURCE


def _mark_menus(state: BlockRoles) -> None:
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


def _menu_like(state: BlockRoles, index: int) -> bool:
    text = state.blocks[index].text
    if state.roles[index] not in (None, Role.PROMO):
        return False
    return len(text) <= 40 and len(text.split()) <= 4 and not ENDS_SENTENCE.search(text)


def _mark_names(state: BlockRoles) -> None:
    """Mark a bare name between the headline and the text, beside a date or a byline."""
    if Role.HEADLINE not in state.roles:
        return
    first = state.roles.index(Role.HEADLINE) + 1
    for index in range(first, min(first + 8, len(state.blocks))):
        beside = state.roles[index - 1 : index + 2 : 2]
        free = _is_free(state, index) and Role.SOURCE in beside
        text = state.blocks[index].text
        place = beside[0] is Role.SOURCE and _is_place(state, index)
        if free and (is_name(text) or place):
            state.roles[index] = Role.SOURCE


def _is_free(state: BlockRoles, index: int) -> bool:
    """Say whether a block has no role but for a loose line's, which is a guess."""
    block, role = state.blocks[index], state.roles[index]
    guessed = block.suspicion == LOOSE and role is Role.PROMO and line_role(block.text) is None
    return role is None or guessed


def _is_place(state: BlockRoles, index: int) -> bool:
    """Say whether a line below a byline is one capitalised word above the text: a dateline."""
    below = state.blocks[index + 1 : index + 2]
    word = re.fullmatch(r"[A-ZÄÖÜ][\w-]{2,24}", state.blocks[index].text)
    kind = state.blocks[index].kind == "paragraph"
    return bool(word and kind and below and is_prose(below[0].text))


def _mark_tail(state: BlockRoles) -> None:
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
        if page and state.roles[index] is None and is_short_line(state.blocks[index].text):
            state.roles[index] = Role.PROMO


def _carries(state: BlockRoles, index: int, block: Block) -> bool:
    if block.text.endswith("?") and not state.is_interview:
        return False  # "Was this helpful?"
    return state.roles[index] is None and bool(ENDS_SENTENCE.search(block.text))


def _mark_sections(state: BlockRoles) -> None:
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
        if open_ and is_heading_like(state, index) and _resumes(state, index):
            open_ = False
        elif block.kind == "item" or block.linked or (len(text) <= 120 and not is_prose(text)):
            state.roles[index] = Role.PROMO
        else:
            open_ = False


def _resumes(state: BlockRoles, index: int) -> bool:
    """Say whether the article goes on at a heading below a box: more than brief lines follow."""
    below = range(index + 1, len(state.blocks))
    later = list(islice((i for i in below if state.roles[i] is None), 60))
    long = sum(1 for i in later if not is_brief(state.blocks[i]))
    return bool(later) and (long > 0 or len(later) > 3) and later[0] == index + 1


def _mark_comments(state: BlockRoles) -> None:
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


def _mark_contacts(state: BlockRoles) -> None:
    """Mark the lines at the end of a press release that say whom to ask."""
    for index, block in enumerate(state.blocks):
        free = state.roles[index] in (None, Role.SOURCE)
        if not free or not opens_contact(block.text):
            continue
        below = range(index, len(state.blocks))
        if any(state.roles[i] is None and is_prose(state.blocks[i].text) for i in below[1:]):
            continue
        for later in below:
            if state.roles[later] is None:
                state.roles[later] = Role.SOURCE
        return


def _mark_bios(state: BlockRoles) -> None:
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


def _mark_guesses(state: BlockRoles) -> None:
    for index, block in enumerate(state.blocks):
        if state.roles[index] is None:
            state.roles[index] = block.guess


def _mark_standfirst(state: BlockRoles) -> None:
    """Take a sentence in a heading right below the headline for the lead."""
    if Role.HEADLINE not in state.roles or Role.LEAD in state.roles:
        return
    first = len(state.roles) - state.roles[::-1].index(Role.HEADLINE)
    top = next((i for i in range(first, len(state.roles)) if state.roles[i] is None), None)
    if top is None or state.blocks[top].kind != "heading":
        return
    text = state.blocks[top].text
    sentence = text.endswith((".", "!", ".“", ".«", '."')) and len(text.split()) >= 6
    if (sentence or len(text) > 110) and any(role is None for role in state.roles[top + 1 :]):
        state.roles[top] = Role.LEAD


def _mark_headings(state: BlockRoles) -> None:
    for index, block in enumerate(state.blocks):
        if state.roles[index] is not None:
            continue
        if not is_heading_like(state, index) and not _above_list(state, index):
            continue
        if block.kind == "heading" or not _in_list(state, index):
            state.roles[index] = Role.HEADING


def _above_list(state: BlockRoles, index: int) -> bool:
    """Say whether a line of a word or three stands above a list: "Zutaten", "Ingredients"."""
    text, below = state.blocks[index].text, state.blocks[index + 1 : index + 3]
    if len(text) > 30 or len(text.split()) > 3 or not text[:1].isupper():
        return False
    if ENDS_SENTENCE.search(text) or _LISTED.match(text) or len(below) < 2:
        return False
    return all(_LISTED.match(block.text) or block.kind == "item" for block in below)


def _in_list(state: BlockRoles, index: int) -> bool:
    """Say whether the line above is of the same kind: then both are lines of a list."""
    if index == 0 or state.roles[index - 1] is not None:
        return False
    above = state.blocks[index - 1].text
    return len(above) <= 90 and not ENDS_SENTENCE.search(above)


def _mark_lead(state: BlockRoles) -> None:
    """Mark the opening paragraph, where more follows it."""
    if Role.LEAD in state.roles:
        return
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


def _keep_something(state: BlockRoles) -> None:
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
