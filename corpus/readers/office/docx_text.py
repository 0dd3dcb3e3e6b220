"""The text of a Word paragraph's runs: what is struck out or hidden left out."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from corpus.readers.office.docx_symbols import spell_symbols, symbol
from corpus.readers.xml import children, local
from corpus.text.scripts import END, SUB, SUPER, set_scripts

if TYPE_CHECKING:
    from lxml.etree import _Element as Element

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
LEFT_OUT = frozenset(
    "del movefrom fallback txbxcontent instrtext deltext rt ppr rpr footnotereference".split()
)
_OFF = frozenset({"0", "false", "off"})
_SCRIPTS = {"superscript": SUPER, "subscript": SUB}
_RAISED_BY = 4
"""Half points from which a run's position counts as raised or lowered."""


@dataclass(frozen=True, slots=True)
class RunStyle:
    """What a run's properties say of its text; None where they say nothing."""

    bold: bool | None = None
    struck: bool | None = None
    hidden: bool | None = None
    script: str | None = None

    def over(self, below: "RunStyle") -> "RunStyle":
        """Return these properties, with those below where these say nothing."""
        own = {name: getattr(self, name) for name in self.__slots__}
        return replace(below, **{name: value for name, value in own.items() if value is not None})


def value_of(element: "Element", child: str) -> str:
    """Return the w:val of a child element, or ""."""
    found = next(children(element, child), None)
    return "" if found is None else found.get(f"{W}val", "")


def run_style(properties: "Element | None") -> RunStyle:
    """Return what a w:rPr says, without its styles."""
    if properties is None:
        return RunStyle()
    struck = [_is_on(properties, name) for name in ("strike", "dstrike")]
    return RunStyle(
        bold=_is_on(properties, "b"),
        struck=None if struck == [None, None] else any(struck),
        hidden=_is_on(properties, "vanish"),
        script=_script(properties),
    )


def _is_on(properties: "Element", name: str) -> bool | None:
    found = next(children(properties, name), None)
    return None if found is None else found.get(f"{W}val", "1").lower() not in _OFF


def _script(properties: "Element") -> str | None:
    align = value_of(properties, "vertalign")
    if align:
        return _SCRIPTS.get(align, "")
    try:
        position = int(value_of(properties, "position") or 0)
    except ValueError:
        return None
    return None if abs(position) < _RAISED_BY else SUPER if position > 0 else SUB


def paragraph_text(
    paragraph: "Element", base: RunStyle, styles: Mapping[str, RunStyle]
) -> tuple[str, bool]:
    """Return a paragraph's text, and whether all of it is bold.

    `base` is what the paragraph's style says, `styles` are those of runs by their identifier.
    """
    from lxml.etree import iterwalk

    parts: list[str] = []
    closing: list[tuple[Element, str]] = []
    all_bold = True
    walk = iterwalk(paragraph, events=("start", "end"))
    for event, element in walk:
        if event == "end":
            if closing and closing[-1][0] is element:
                parts.append(closing.pop()[1])
            continue
        name = local(element)
        if name in LEFT_OUT:
            walk.skip_subtree()
        elif name == "r":
            style = _style_of(element, base, styles)
            if style.struck or style.hidden:
                walk.skip_subtree()
                continue
            run = "".join(child.text or "" for child in children(element, "t"))
            all_bold = all_bold and (bool(style.bold) or not run.strip())
            if style.script:
                parts.append(style.script)
                closing.append((element, END))
        else:
            opening, close = _frame_of(element, name)
            parts.append(opening)
            if close:
                closing.append((element, close))
    text = set_scripts("".join(parts))
    text = "\n".join(" ".join(line.split()) for line in text.split("\n"))
    return text, all_bold and bool(text.strip())


def _style_of(run: "Element", base: RunStyle, styles: Mapping[str, RunStyle]) -> RunStyle:
    properties = next(children(run, "rpr"), None)
    if properties is None:
        return base
    named = styles.get(value_of(properties, "rstyle"), RunStyle())
    return run_style(properties).over(named).over(base)


def _frame_of(element: "Element", name: str) -> tuple[str, str]:
    """Return what an element gives, and what comes behind its children."""
    if name == "t":
        return spell_symbols(element.text or "", _font(element)), ""
    if name in ("tab", "ptab"):
        return " ", ""
    if name in ("br", "cr"):
        return "\n" if element.get(f"{W}type", "textWrapping") == "textWrapping" else " ", ""
    if name == "nobreakhyphen":
        return "-", ""
    if name == "sym":
        return symbol(element.get(f"{W}char", ""), element.get(f"{W}font", "")), ""
    return _math(element, name)


def _font(text: "Element") -> str:
    run = text.getparent()
    properties = next(children(run, "rpr"), None) if run is not None else None
    fonts = next(children(properties, "rfonts"), None) if properties is not None else None
    return "" if fonts is None else fonts.get(f"{W}ascii", "")


def _math(element: "Element", name: str) -> tuple[str, str]:
    """Return the signs that a formula's elements stand for."""
    if name == "sup":
        return SUPER, END
    if name == "sub":
        return SUB, END
    if name == "den":
        return "/", ""
    if name == "rad":
        return "√", ""
    properties = next(children(element, f"{name}pr"), None) if name in ("d", "nary") else None
    if name == "d":
        return _sign(properties, "begchr", "("), _sign(properties, "endchr", ")")
    return (_sign(properties, "chr", "∫"), "") if name == "nary" else ("", "")


def _sign(properties: "Element | None", child: str, usual: str) -> str:
    found = next(children(properties, child), None) if properties is not None else None
    if found is None:
        return usual
    return next((value for key, value in found.items() if key.endswith("}val")), usual)
