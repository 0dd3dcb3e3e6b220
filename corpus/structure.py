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
from corpus.bylines import Facts, read_line
from corpus.clutter import is_credit, is_section_name, line_role, opens_promo
from corpus.language import UNDETERMINED, detect
from corpus.text import clean

SEPARATOR = "\n\n"

_ENDS_SENTENCE = re.compile(r"[.!?…:;,。！？؟।][\"'”“„»«›‹’‘)\]]*$")
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
    _mark_lines(state)
    _mark_menus(state)
    _mark_sections(state)
    _mark_teasers(state)
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
        elif block.suspicion >= 0.9:
            state.roles[index] = Role.PROMO
        elif block.kind == "caption":
            state.roles[index] = Role.CAPTION
        elif block.kind not in ("row", "lead"):
            state.roles[index] = line_role(block.text)
            if same and block.kind == "heading":
                state.roles[index] = Role.HEADLINE


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


def _is_prose(text: str) -> bool:
    return len(text) > 60 and bool(_ENDS_SENTENCE.search(text))


def _mark_teasers(state: _State) -> None:
    """Mark teaser boxes that carry no sign: a small heading, a sentence or two, a credit."""
    vocabulary = _Vocabulary(state)
    for index in range(len(state.blocks)):
        box = _teaser_at(state, index)
        if not box:
            continue
        text = [i for i in box if not is_credit(state.blocks[i].text)]
        if vocabulary.foreign(text):
            for i in text:
                state.roles[i] = Role.PROMO


def _teaser_at(state: _State, index: int) -> list[int]:
    """Return the blocks of a possible teaser box whose heading stands here, or none."""
    blocks, roles = state.blocks, state.roles
    if roles[index] is not None or not _heading_like(blocks, index):
        return []
    first = next((i for i, role in enumerate(roles) if role is None and i < index), None)
    if first is None or index + 1 >= len(blocks):
        return []
    inside = index + 1
    if roles[inside] is not None and is_credit(blocks[inside].text):
        inside += 1
        credit = True
    else:
        credit = index > 0 and is_credit(blocks[index - 1].text)
    if inside >= len(blocks) or roles[inside] is not None or not _brief(blocks[inside]):
        return []
    if inside + 1 < len(blocks) and is_credit(blocks[inside + 1].text):
        credit = True
    return list(range(index, inside + 1)) if credit else []


def _brief(block: Block) -> bool:
    """Say whether a block is one or two short sentences."""
    text = block.text
    ends = len(re.findall(r"[.!?…](?=\s|$)", text))
    return block.kind in ("paragraph", "lead") and 30 <= len(text) <= 320 and ends <= 3


class _Vocabulary:
    """The words of an article's text, to tell what is foreign to it."""

    def __init__(self, state: _State) -> None:
        self._words = [self._stems(block.text) for block in state.blocks]
        self._roles = state.roles

    @staticmethod
    def _stems(text: str) -> set[str]:
        return {word.lower()[:6] for word in _CONTENT_WORD.findall(text)}

    def foreign(self, box: Sequence[int]) -> bool:
        """Say whether most of what a box says is said nowhere else in the article."""
        inside = set().union(*(self._words[i] for i in box))
        outside: set[str] = set()
        for index, words in enumerate(self._words):
            if index not in box and self._roles[index] in (None, Role.LEAD, Role.BODY):
                outside |= words
        return bool(inside) and len(inside & outside) <= 0.45 * len(inside)


def _heading_like(blocks: Sequence[Block], index: int) -> bool:
    """Say whether a block is a heading by its kind, or a short line above a longer paragraph."""
    block = blocks[index]
    if block.kind == "heading":
        return True
    if block.kind != "paragraph" or index + 1 >= len(blocks):
        return False
    text, following = block.text, blocks[index + 1]
    if "\n" in text or len(text) > 90 or len(text.split()) > 12 or _ENDS_SENTENCE.search(text):
        if not (len(text) <= 90 and text.endswith("?") and len(text.split()) <= 12):
            return False
    if re.search(r":\s*\S*\d", text) or re.match(r"[\d\W]+$", text):
        return False  # "Eintritt: 5 Euro" is a fact, not a heading
    if is_credit(following.text) and index + 2 < len(blocks):
        following = blocks[index + 2]
    return (
        following.kind in ("paragraph", "lead", "item", "row")
        and len(following.text) > max(60, len(text))
        and bool(_ENDS_SENTENCE.search(following.text))
    )


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
    if len(body) < 3:
        return
    first = body[0]
    before = state.roles[:first]
    prose = state.blocks[first].kind == "paragraph" and len(state.blocks[first].text) <= 700
    if prose and Role.HEADING not in before and (Role.HEADLINE in before or first == 0):
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
    if not any(block.role is not None for block in state.blocks):
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
