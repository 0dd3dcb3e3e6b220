"""From a reader's blocks to an article: its paragraphs, where they stand, and its metadata.

Readers say what they saw (a heading, a list item, a line in a box); `corpus.structure.roles`
decides what that is in the article, and this module puts it together.
"""

from collections.abc import Iterable, Sequence

from corpus.article import ANSWERING_ROLES, Article, Paragraph, Role
from corpus.blocks import Block, Metadata
from corpus.structure.bylines import Facts, is_name, is_paper, read_line
from corpus.structure.datelines import read_dateline
from corpus.structure.names import is_person
from corpus.structure.roles import find_roles
from corpus.text.language import UNDETERMINED, detect
from corpus.text.normalize import clean
from corpus.text.quantities import Order, date_order, find_date, order_of

__all__ = ["SEPARATOR", "Block", "Metadata", "assemble"]

SEPARATOR = "\n\n"
_ENOUGH = 4000
"""Characters of body text that settle an article's language."""


def assemble(blocks: Iterable[Block], *, uri: str, metadata: Metadata | None = None) -> Article:
    """Return the article that these blocks make.

    Its text is the blocks' cleaned texts with a blank line between them; paragraph n is
    `article.text[paragraphs[n-1].start:paragraphs[n-1].end]`. Blocks without text vanish.
    At least one paragraph carries the article where there is any text at all.
    """
    given = metadata or Metadata()
    kept = _clean_blocks(blocks)
    title = " ".join(clean(given.title).split()) or _title_of(kept)
    roles = find_roles(kept, title)
    facts = Facts()
    if any(block.role is None for block in kept):
        facts = _facts(kept, roles)
    first, second = (facts, given) if given.properties else (given, facts)
    language = given.language or _language(kept, roles) or given.hint or UNDETERMINED
    published = first.published or second.published or given.guessed
    unread = [] if published else [*given.unread, *filter(None, [facts.unclear])]
    if unread:
        order = given.order or _order(kept, roles) or order_of(language)
        published = next(filter(None, (find_date(text, order) for text in unread)), None)
    elif published is None:
        published = facts.modified  # many pages name the day of their last change alone
    return Article(
        uri=uri,
        title=title,
        text=SEPARATOR.join(block.text for block in kept),
        paragraphs=tuple(_paragraphs(kept, roles, language)),
        authors=tuple(first.authors) or tuple(second.authors) or tuple(given.offices),
        published=published,
        modified=first.modified or second.modified,
        source=first.source or second.source,
        section=given.section or facts.section,
        language=language,
        url=given.url or facts.url,
        unread=() if published else tuple(unread),
    )


def _order(blocks: Sequence[Block], roles: Sequence[Role]) -> Order | None:
    """Return the order of day and month that the lines around an article show."""
    lines = zip(blocks, roles, strict=True)
    return date_order(block.text for block, role in lines if role is Role.SOURCE)


def _clean_blocks(blocks: Iterable[Block]) -> list[Block]:
    kept = []
    for block in blocks:
        text = clean(block.text)
        block.text = text if block.kind == "verbatim" else text.strip()
        if block.text.strip():
            kept.append(block)
    return kept


def _title_of(blocks: Sequence[Block]) -> str:
    title = next((block.text for block in blocks if block.kind == "title"), "")
    return " ".join(title.split())


def _facts(blocks: Sequence[Block], roles: Sequence[Role]) -> Facts:
    """Return what the lines at the article's head and foot say of all of it."""
    facts, papers = Facts(), ""
    answering = [index for index, role in enumerate(roles) if role in ANSWERING_ROLES]
    head = answering[1] if len(answering) > 1 else answering[0] + 1
    foot = answering[-1]
    headline = roles.index(Role.HEADLINE) if Role.HEADLINE in roles else 0
    for index, role in enumerate(roles):
        if role is not Role.SOURCE or head <= index <= foot:
            continue
        line = read_line(blocks[index].text)
        if line is None and index > headline and is_name(blocks[index].text):
            line = Facts(authors=[blocks[index].text])
        if line is None:
            if index < headline and is_paper(blocks[index].text):
                papers = papers or " ".join(blocks[index].text.split())
            continue
        facts.authors = facts.authors or _persons(line.authors)
        facts.published = facts.published or line.published
        facts.modified = facts.modified or line.modified
        facts.source = facts.source or line.source
        facts.section = facts.section or line.section
        facts.url = facts.url or line.url
        facts.unclear = facts.unclear or line.unclear
    opening = read_dateline(blocks[answering[0]].text) if answering else None
    if opening is not None:
        facts.authors = facts.authors or opening.authors
        facts.published = facts.published or opening.published
    # The paper in which it stands, rather than the agency or the office it quotes.
    facts.source = papers or facts.source
    return facts


def _persons(names: list[str]) -> list[str]:
    """Leave papers and broadcasters out that stand behind a name: "Birte Lassen, Radio Nord"."""
    return [name for name in names if is_person(name)] or names


def _language(blocks: Sequence[Block], roles: Sequence[Role]) -> str:
    """Return the language of the text that carries the article, or ""."""
    sample, size = [], 0
    for block, role in zip(blocks, roles, strict=True):
        if role in ANSWERING_ROLES and size < _ENOUGH:
            sample.append(block.text)
            size += len(block.text)
    language = detect("\n".join(sample))
    return "" if language == UNDETERMINED else language


def _paragraphs(blocks: Sequence[Block], roles: Sequence[Role], language: str) -> list[Paragraph]:
    paragraphs, start, heading = [], 0, ""
    for number, (block, role) in enumerate(zip(blocks, roles, strict=True), start=1):
        # A line of a few words says too little about its language; it has the article's.
        own = detect(block.text, language) if len(block.text) >= 40 else UNDETERMINED
        paragraphs.append(
            Paragraph(
                number=number,
                start=start,
                end=start + len(block.text),
                role=role,
                language=language if own == UNDETERMINED else own,
                heading="" if role in (Role.HEADING, Role.HEADLINE) else heading,
                page=block.page,
            )
        )
        if role is Role.HEADING:
            heading = " ".join(block.text.split())
        start += len(block.text) + len(SEPARATOR)
    return paragraphs
