"""A quote with where it stands, in forms that people paste: plain text, Markdown, BibTeX.

Pure functions. What they return is text, not HTML; the card escapes it like any other.
"""

import re
import unicodedata

from qa.results import ArticleInfo, Passage

_MARKDOWN = re.compile(r"([\\`*_{}\[\]<>()#+!|~$&])")
_BIBTEX = {
    "\\": r"\textbackslash{}",
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
    **{char: "\\" + char for char in tuple("{}$&#%_")},
}
_MARKS = {"de": ("„", "“"), "en": ("“", "”")}


def plain(passage: Passage, quote: str, address: str = "") -> str:
    """Return a quote and its citation as one line of text.

    The quotation marks are those of the passage's language.
    """
    opening, closing = _MARKS.get(passage.language, ('"', '"'))
    citation = _line(passage.citation)
    where = f"{citation}, {address}" if address else citation
    return f"{opening}{_line(quote)}{closing} ({where})"


def markdown(passage: Passage, quote: str, address: str = "") -> str:
    """Return a block quote whose title links to the original, where there is one."""
    citation = escape_inline(_line(passage.citation))
    title = escape_inline(_line(passage.article.title))
    if address and title and citation.startswith(title):
        target = address.replace("(", "%28").replace(")", "%29")
        citation = f"[{title}](<{target}>){citation[len(title) :]}"
    return f"> {escape_inline(_line(quote))}\n>\n> — {citation}"


def bibtex(passage: Passage, quote: str, address: str = "") -> str:
    """Return an entry of type @misc, with the quote as its annotation."""
    info = passage.article
    fields = {
        "title": _escape_tex(info.title),
        "author": " and ".join(f"{{{_escape_tex(name)}}}" for name in info.authors),
        "howpublished": _escape_tex(info.source),
        "date": info.published.isoformat() if info.published else "",
        "year": str(info.published.year) if info.published else "",
        "url": re.sub(r"[{}\\]", lambda match: f"%{ord(match[0]):02X}", address),
        "note": _escape_tex(_paragraph(passage)),
        "annote": _escape_tex(_line(quote)),
    }
    lines = [f"  {name} = {{{value}}}," for name, value in fields.items() if value]
    return "\n".join([f"@misc{{{_key(info)},", *lines, "}"])


def _line(text: str) -> str:
    return " ".join(text.split())


def _paragraph(passage: Passage) -> str:
    return f"{'Abs.' if passage.language == 'de' else 'para.'} {passage.paragraph}"


def escape_inline(text: str) -> str:
    r"""Escape what Markdown would act on within a line.

    >>> print(escape_inline("a*b [c]"))
    a\*b \[c\]
    """
    return _MARKDOWN.sub(r"\\\1", text)


def _escape_tex(text: str) -> str:
    r"""Escape what TeX would act on.

    >>> print(_escape_tex("5 % & {x}"))
    5 \% \& \{x\}
    """
    return "".join(_BIBTEX.get(char, char) for char in _line(text))


def _key(info: ArticleInfo) -> str:
    """Return a key of ASCII letters and digits: "lautenerbote2025seilbahn"."""
    first = next((word for word in info.title.split() if len(word) > 3), info.title)
    year = str(info.published.year) if info.published else ""
    spelled = unicodedata.normalize("NFKD", f"{info.source}{year}{first}".lower())
    return re.sub(r"[^a-z0-9]", "", spelled) or "article"
