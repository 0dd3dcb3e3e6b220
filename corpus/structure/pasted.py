"""Which paragraphs of a text that was copied from a page are its article, by the line model.

A model of lines sees form, place and neighbours at once, where rules see one of them. What it
is sure of becomes the paragraph's role, or a guess that counts where the rules of
`corpus.structure.roles`, which see whole articles, find none. How sure it has to be depends on
the text: one with a menu's names in it was copied from a page.
"""

import re
from collections.abc import Sequence

from corpus.article import Role
from corpus.blocks import Block
from corpus.structure.boilerplate import (
    is_bio,
    is_correction,
    is_menu_item,
    is_section_name,
    line_role,
)
from corpus.structure.bylines import is_paper
from corpus.structure.line_features import TextLine
from corpus.structure.line_model import line_model
from corpus.structure.lines import ENDS_SENTENCE, stems_of

_ROLES = {
    "navigation": Role.PROMO,
    "teaser": Role.PROMO,
    "boilerplate": Role.PROMO,
    "kicker": Role.SOURCE,
    "byline": Role.SOURCE,
    "caption": Role.CAPTION,
}
_ARTICLE = ("headline", "lead", "body", "heading")
_FEWEST = 4
"""Lines: fewer say too little of one another."""
_SURE, _SURER = 0.5, 0.95
"""How probable it has to be that a paragraph is no article: of a page, and of another text."""
_REPORTED, _BRIEF, _BELOW = 0.9, 0.7, 0.25
"""The same, on a page, of sentences that do not speak to its reader, of a few words, and of
what stands below the article."""
_PROSE, _CERTAIN = 60, 0.995
_CLEAR, _OWN, _REPORTED_BELOW = 0.9, 0.4, 0.9
_KNOWN = 2
"""Lines that rules know as a page's: so many make a text a page's."""
_HEADLINE, _NO_HEADLINE = 0.5, 0.2
_HEADLINE_WORDS = 4
_TO_READER = re.compile(
    r"\b(?:(?<=[\w,;:–-] )Sie|Ihnen|Ihre?\w?|[Uu]ns\w*|[Yy]ours?|[Yy]ou|[Oo]ur|us|[Ww]e)\b|[!@]"
)


def mark_pasted(blocks: Sequence[Block], gaps: Sequence[bool], title: Block | None) -> Block | None:
    """Give the blocks of a copied text the roles that the line model is sure of.

    Args:
        blocks: the text's paragraphs.
        gaps: whether a blank line stands above each.
        title: what rules take for the headline, if anything.

    Returns the block of the headline, or None.
    """
    if len(blocks) < _FEWEST:
        return title
    pairs = zip(blocks, gaps, strict=True)
    lines = [TextLine(" ".join(block.text.split()), gap) for block, gap in pairs]
    found = line_model().probabilities(lines)
    outside = [1.0 - sum(shares[label] for label in _ARTICLE) for shares in found]
    known = sum(
        1
        for line, share in zip(lines, outside, strict=True)
        if share >= _SURER and _is_of_page(line.text)
    )
    is_page = known >= _KNOWN
    top = _find_headline(lines, found)
    own = next((i for i, block in enumerate(blocks) if block is title), None)
    doubted = own is None or found[own]["headline"] < _NO_HEADLINE
    if found[top]["headline"] >= _HEADLINE and (is_page or doubted):
        title = blocks[top]
    end = _find_end(outside)
    asked = sum(1 for line in lines if line.text.endswith("?")) > 1
    for index, block in enumerate(blocks):
        # In a selection, blank lines stand around paragraphs, not around boxes.
        block.box = 0 if is_page else block.box
        if block is title or is_correction(block.text):
            continue
        text = lines[index].text
        needed = _least_probability(text, is_page=is_page, below=index >= end)
        if asked and text.endswith("?"):
            needed = max(needed, _REPORTED)  # an interview's questions speak to somebody too
        # Without a page around it, a short line amid the text is rather a heading of its own.
        around = is_page or index < top or index >= end
        if around and outside[index] >= needed:
            label = max(_ROLES, key=lambda name: found[index][name])
            _mark(block, label, above=index < top)
        elif is_page and line_role(block.text) is None and not is_bio(block.text):
            _keep(block, found[index], reports=needed >= _REPORTED_BELOW)
    return title


def _find_end(outside: Sequence[float]) -> int:
    """Return where what stands below the article begins: two lines that surely are none."""
    sure = [i for i, share in enumerate(outside) if share <= _OWN]
    first = max(sure, default=len(outside)) + 1
    pairs = range(first, len(outside) - 1)
    return next((i for i in pairs if min(outside[i : i + 2]) >= _CLEAR), len(outside))


def _least_probability(text: str, *, is_page: bool, below: bool) -> float:
    """Return how probable it has to be that a line is no article.

    What stands below all that surely is the article needs less than what stands in it; a
    sentence that does not speak to the reader, and a heading's few words, need more.
    """
    if not is_page:
        return _SURER
    sentence = ENDS_SENTENCE.search(text) and not text.endswith(":")
    if sentence and len(text) > 25 and not _TO_READER.search(text):
        if len(text) >= _PROSE:
            return _CERTAIN
        return _REPORTED_BELOW if below else _REPORTED
    if not sentence and 2 <= len(text.split()) <= 4 and not below and line_role(text) is None:
        return _BRIEF
    return _BELOW if below else _SURE


def _find_headline(lines: Sequence[TextLine], found: Sequence[dict[str, float]]) -> int:
    """Return the line above the text that is the likeliest headline.

    Where several may be, words that the text has too, and more of them than a menu's, decide.
    """
    prose = [i for i, shares in enumerate(found) if _is_text(lines[i].text, shares)]
    words = set().union(*(stems_of(lines[i].text) for i in prose))

    def score(index: int) -> float:
        own = stems_of(lines[index].text)
        shared = len(own & words) / max(len(own), 1)
        long = len(lines[index].text.split()) >= _HEADLINE_WORDS
        return found[index]["headline"] + 0.4 * shared + 0.2 * long

    first = prose[0] if prose else len(found)
    likely = [i for i in range(first) if found[i]["headline"] >= _NO_HEADLINE]
    if likely:
        return max(likely, key=score)
    return max(range(len(found)), key=lambda index: found[index]["headline"])


def _is_text(text: str, shares: dict[str, float]) -> bool:
    return len(text) >= 60 and shares["body"] + shares["lead"] >= _SURER


def _is_of_page(text: str) -> bool:
    return line_role(text) is Role.PROMO or is_menu_item(text) or is_section_name(text)


def _mark(block: Block, label: str, *, above: bool) -> None:
    own = line_role(block.text)
    if label == "navigation" and own is not Role.SOURCE:
        paper = above and is_paper(block.text)
        block.role = Role.SOURCE if paper else Role.PROMO
    elif own is None and label != "navigation":
        block.guess = _ROLES[label]


def _keep(block: Block, shares: dict[str, float], *, reports: bool) -> None:
    """Keep what rules might take for a teaser or a caption."""
    if shares["lead"] >= _SURE:
        block.kind = "lead"
    elif reports or shares["body"] + shares["lead"] >= _SURE:
        block.role = Role.BODY
