"""From a reader's blocks to an article: what each paragraph is, and where it stands.

Readers say what they saw (a heading, a list item, a line in a box); this module decides
what that is in the article. Its two mistakes cost differently from place to place, so
both are kept small: clutter that answers a question is a wrong citation, and body text
taken for clutter can never be found again. Where signs are weak, text stays body.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date

from corpus.article import ANSWERING_ROLES, Article, Paragraph, Role
from corpus.bylines import Facts, is_bare_date, read_line
from corpus.clutter import (
    is_correction,
    is_credit,
    is_section_name,
    line_role,
    opens_comments,
    opens_promo,
)
from corpus.language import UNDETERMINED, detect
from corpus.text import clean

SEPARATOR = "\n\n"

_ENDS_SENTENCE = re.compile(r"[.!?…:;,。！？؟।][\"'”“„»«›‹’‘)\]]*$")
# A paragraph that opens so goes on from the one above; a teaser cannot.
_SPEAKS_ON = re.compile(
    r"(?:er|diese[rsmn]?|dieses|dabei|dafür|damit|dagegen|deshalb|daher|doch|zudem|außerdem|trotzdem|"
    r"dennoch|danach|he|she|they|these|those|but|however|still|therefore|that)\b",
    re.IGNORECASE,
)
_SPEAKER = re.compile(r"[“”\"«»]\s*,?\s*(?:sagte?|said|says|so|erklärte?|meinte?)\b")
_CONTENT_WORD = re.compile(r"[^\W\d_]{4,}|\d{3,}")


@dataclass(slots=True)
class Block:
    """A stretch of text as a reader found it, in reading order."""

    text: str
    kind: str = "paragraph"
    """"paragraph", "title", "heading", "lead", "item", "quote", "caption", "row" or "verbatim"."""
    role: Role | None = None
    """A role that is known already; None has it found out."""
    page: int | None = None
    suspicion: float = 0.0
    """How much the format speaks against it being the article, from 0 to 1 (certain)."""
    linked: bool = False
    """Nearly all of it is a link."""
    level: int = 0
    """A heading's rank, 1 the highest; 0 where the format has none."""
    box: int = 0
    """Blocks with the same number stand in a small box of their own; 0 is none."""


@dataclass(slots=True)
class Metadata:
    """What is known about an article beside its text; empty fields are filled from the text."""

    title: str = ""
    authors: Sequence[str] = ()
    published: date | None = None
    modified: date | None = None
    source: str = ""
    section: str = ""
    url: str = ""
    language: str = ""
    """The language, where the user or a table says it."""
    hint: str = ""
    """The language that a page claims; used where the text does not show its own."""


@dataclass(slots=True)
class _State:
    """The blocks of one article while their roles are found."""

    blocks: list[Block]
    title: str
    roles: list[Role | None] = field(default_factory=list)


def assemble(blocks: Iterable[Block], *, uri: str, metadata: Metadata | None = None) -> Article:
    """Return the article that these blocks make.

    Its text is the blocks' cleaned texts with a blank line between them; paragraph n is
    `article.text[paragraphs[n-1].start:paragraphs[n-1].end]`. Blocks without text vanish.
    At least one paragraph carries the article where there is any text at all.
    """
    metadata = metadata or Metadata()
    kept = _cleaned(blocks)
    title = " ".join(clean(metadata.title).split()) or _title_of(kept)
    state = _State(kept, title, [block.role for block in kept])
    if None in state.roles:
        _mark_lines(state)
        _mark_menus(state)
        _mark_above_headline(state)
        _mark_sections(state)
        _mark_comments(state)
        _mark_boxes(state)
        _mark_teasers(state)
        _mark_captions(state)
        _mark_headings(state)
        _mark_lead(state)
    _keep_something(state)
    metadata = _filled(state, metadata)
    return _article(state, uri, metadata)


def _cleaned(blocks: Iterable[Block]) -> list[Block]:
    kept = []
    for block in blocks:
        text = clean(block.text)
        if block.kind != "verbatim":
            text = text.strip()
        if text.strip():
            block.text = text
            kept.append(block)
    return kept


def _title_of(blocks: Sequence[Block]) -> str:
    for block in blocks:
        if block.kind == "title":
            return " ".join(block.text.split())
    return ""


def _mark_lines(state: _State) -> None:
    """Give the roles that a block's own words, kind and markup give."""
    headline_seen = False
    for index, block in enumerate(state.blocks):
        if state.roles[index] is not None:
            continue
        same = bool(state.title) and _same(block.text, state.title)
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
    if len(dated) >= 3:
        for index in dated:
            state.roles[index] = None


def _mark_above_headline(state: _State) -> None:
    """Mark short lines above the headline: the paper's name, the section, a kicker."""
    if Role.HEADLINE not in state.roles:
        return
    for index in range(state.roles.index(Role.HEADLINE)):
        if state.roles[index] is None and _is_short_line(state.blocks[index].text):
            state.roles[index] = Role.SOURCE


def _same(one: str, other: str) -> bool:
    return _letters(one) == _letters(other)


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


def _mark_sections(state: _State) -> None:
    """Mark what hangs under "Mehr zum Thema", "Related" and the like, until text resumes."""
    open_ = False
    for index, block in enumerate(state.blocks):
        text = block.text
        if state.roles[index] is Role.PROMO:
            open_ = opens_promo(text) and not re.search(r"[:–|-]\s*\S.{12,}", text)
            continue
        if not open_ or state.roles[index] is not None:
            continue
        if block.kind == "item" or block.linked or (len(text) <= 120 and not _is_prose(text)):
            state.roles[index] = Role.PROMO
        else:
            open_ = False


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
    found = [box for box in (_teaser_at(state, i) for i in range(len(state.blocks))) if box]
    sections = sum(1 for i in range(len(state.blocks)) if _heading_like(state.blocks, i))
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
    if not free or not _heading_like(blocks, index) or index + 1 >= len(blocks):
        return []
    if not any(role is None and len(blocks[i].text) > 80 for i, role in enumerate(roles[:index])):
        return []  # the article has not begun
    inside = index + 1
    credit = is_credit(blocks[inside].text) or is_credit(blocks[index - 1].text)
    if is_credit(blocks[inside].text):
        inside += 1
    if inside >= len(blocks) or roles[inside] is not None or not _is_brief(blocks[inside]):
        return []
    credit = credit or (inside + 1 < len(blocks) and is_credit(blocks[inside + 1].text))
    return [index, inside] if credit else []


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
    outside: set[str] = set()
    for index, role in enumerate(state.roles):
        if role is None and index not in box:
            outside |= _stems(state.blocks[index].text)
    return len(inside & outside) >= 0.65 * max(len(inside), 1)


def _stems(text: str) -> set[str]:
    return {word.lower()[:6] for word in _CONTENT_WORD.findall(text)}


def _mark_captions(state: _State) -> None:
    """Mark the line above a picture's credit where it is a caption: one short sentence."""
    blocks, roles = state.blocks, state.roles
    for index in range(1, len(blocks) - 1):
        if roles[index] is not None or not is_credit(blocks[index + 1].text):
            continue
        text = blocks[index].text
        first = roles[index - 1] in (Role.HEADLINE, Role.SOURCE) and None not in roles[:index]
        standfirst = (
            first and bool(_ENDS_SENTENCE.search(text)) and Role.SOURCE not in roles[:index]
        )
        single = len(re.findall(r"[.!?…](?=\s)", text)) == 0
        if len(text) <= 140 and single and "\n" not in text and not standfirst:
            if roles[index - 1] is not None or not _heading_like(blocks, index - 1):
                roles[index] = Role.CAPTION


def _heading_like(blocks: Sequence[Block], index: int) -> bool:
    """Say whether a block is a heading by its kind, or a short line above a longer paragraph."""
    block = blocks[index]
    if block.kind == "heading":
        return True
    if block.kind != "paragraph" or index + 1 >= len(blocks):
        return False
    text, following = block.text, blocks[index + 1]
    asks = text.endswith("?") and len(text.split()) <= 7 and ":" not in text
    if "\n" in text or len(text) > 90 or len(text.split()) > 12:
        return False
    if _ENDS_SENTENCE.search(text) and not (asks and not _is_interview(blocks)):
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


def _is_interview(blocks: Sequence[Block]) -> bool:
    """Say whether short questions stand in the text by themselves, more than once."""
    return sum(1 for b in blocks if b.text.endswith("?") and len(b.text) <= 160) >= 2


def _mark_headings(state: _State) -> None:
    for index, block in enumerate(state.blocks):
        if state.roles[index] is None:
            if block.kind == "heading" or (
                _heading_like(state.blocks, index) and not _in_list(state, index)
            ):
                state.roles[index] = Role.HEADING


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


def _filled(state: _State, given: Metadata) -> Metadata:
    """Return the metadata with its gaps filled from lines at the article's head and foot."""
    facts = Facts()
    if any(block.role is None for block in state.blocks):
        for index in _margins(state):
            line = read_line(state.blocks[index].text)
            if line:
                facts.authors = facts.authors or line.authors
                facts.published = facts.published or line.published
                facts.modified = facts.modified or line.modified
                facts.source = facts.source or line.source
                facts.url = facts.url or line.url
    return Metadata(
        title=state.title,
        authors=tuple(given.authors) or tuple(facts.authors),
        published=given.published or facts.published,
        modified=given.modified or facts.modified,
        source=given.source or facts.source,
        section=given.section,
        url=given.url or facts.url,
        language=given.language,
        hint=given.hint,
    )


def _margins(state: _State) -> list[int]:
    """Return the source lines that speak of the whole article: above it, or at its end."""
    answering = [i for i, role in enumerate(state.roles) if role in ANSWERING_ROLES]
    if not answering:
        return []
    head = answering[1] if len(answering) > 1 else answering[0] + 1
    return [
        index
        for index, role in enumerate(state.roles)
        if role is Role.SOURCE and (index < head or index > answering[-1])
    ]


def _article(state: _State, uri: str, metadata: Metadata) -> Article:
    text = SEPARATOR.join(block.text for block in state.blocks)
    language = metadata.language or detect(
        "\n".join(
            block.text
            for block, role in zip(state.blocks, state.roles, strict=True)
            if role in ANSWERING_ROLES
        )
    )
    if language == UNDETERMINED and metadata.hint:
        language = metadata.hint
    paragraphs, start, heading = [], 0, ""
    for number, (block, role) in enumerate(zip(state.blocks, state.roles, strict=True), start=1):
        assert role is not None
        end = start + len(block.text)
        own = detect(block.text) if len(block.text) >= 40 else UNDETERMINED
        paragraphs.append(
            Paragraph(
                number=number,
                start=start,
                end=end,
                role=role,
                language=own if own != UNDETERMINED else language,
                heading="" if role in (Role.HEADING, Role.HEADLINE) else heading,
                page=block.page,
            )
        )
        if role is Role.HEADING:
            heading = " ".join(block.text.split())
        start = end + len(SEPARATOR)
    return Article(
        uri=uri,
        title=metadata.title,
        text=text,
        paragraphs=tuple(paragraphs),
        authors=tuple(metadata.authors),
        published=metadata.published,
        modified=metadata.modified,
        source=metadata.source,
        section=metadata.section,
        language=language,
        url=metadata.url,
    )
