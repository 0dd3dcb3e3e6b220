"""Superscripts and subscripts as characters, and marks of footnotes left out.

Readers put SUPER, SUB or NOTE before a raised or lowered stretch and END behind it, while
they collect a block's text; `set_scripts` then writes "1.200 m²", "CO₂" and "10⁶". A mark
that refers to a footnote is no part of what the sentence says, and glued to a number it
would be its last digit: it is left out, as it is where a format marks it as one.
"""

import re

SUPER, SUB, NOTE, END = "\ufdd0", "\ufdd1", "\ufdd2", "\ufdd3"
"""Non-characters, which no cleaned text holds. NOTE: the format says that it is a mark."""

_MARKERS = re.compile(f"([{SUPER}{SUB}{NOTE}{END}])")
_IGNORED = re.compile("[\x02\x03]")
"""What the HTML reader marks bold text with."""
_RAISED = str.maketrans("0123456789+-−–=()n", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁻⁻⁼⁽⁾ⁿ")
_LOWERED = str.maketrans("0123456789+-−–=()", "₀₁₂₃₄₅₆₇₈₉₊₋₋₋₌₍₎")
_FIGURES = re.compile(r"[\d+−–=()n-]+")
_WORDS = {"TM": "™", "SM": "℠", "o": "º", "a": "ª"}
_LETTERS = dict(zip("bcdfghijklmprstuvwxyz", "ᵇᶜᵈᶠᵍʰⁱʲᵏˡᵐᵖʳˢᵗᵘᵛʷˣʸᶻ", strict=True))
_ONE = r"(?:\d{1,3}|[a-z]|[*†‡§¶#]{1,4})"
_MARK = re.compile(rf"{_ONE}(?:\s*[,;–-]\s*{_ONE})*\s*[.)]?|\(\s*{_ONE}\s*\)|\[[^\[\]]{{1,40}}\]")
_REFERENCE = re.compile(r"(?:\b(?:Abb|Kap|Nr|S|Tab|Fig|Art|Abs|Bd|No|p|pp)\.?|§)\s?$")
"""What a number behind it belongs to: "Abb. 3" is no word with a footnote."""
_SENTENCE_END = re.compile(r"[.!?…:;][\"'”“„»«›‹’‘)\]]*\s+$")
_LONG = 4
"""Letters from which a raised stretch is a word of its own and no ending ("1er", "Mme")."""
_METRES = frozenset("m km cm mm dm µm μm nm".split())
_UNITS = re.compile(r"(?:\d\s?|[/·⋅*(]\s?|\b(?:pro|je|per)\s)(?:ft|in|yd|mi|s|sec|h|a|kg|g|mol|K)$")
_POWER = re.compile(r"(?<![\d.,])10$")
_VARIABLE = re.compile(r"(?<![^\W\d_])(?:[^\W\d_]|mc)$")
_BEFORE_FORMULA = re.compile(r"[=×·⋅*/+^−-]\s?(?:\d+|\([^()]*\))$|\([^()]*[=×·⋅*/+^−-][^()]*\)$")
_AFTER_FORMULA = re.compile(r"\s?[=×·⋅*/+^<>≤≥−]|-\s?\d")


def set_scripts(text: str) -> str:
    r"""Return a block's text with its raised and lowered stretches as characters.

    >>> set_scripts("1.200 m\ufdd02\ufdd3 für 320\ufdd01\ufdd3 Millionen, CO\ufdd12\ufdd3")
    '1.200 m² für 320 Millionen, CO₂'
    """
    if END not in text:
        return text
    # Word cuts what was typed into runs of their own: "1", ",", "2".
    parts = _MARKERS.split(text.replace(END + SUPER, "").replace(END + SUB, ""))
    done, inner, open_, kinds = "", "", 0, ""
    for index, part in enumerate(parts):
        if part == END:
            open_ = max(open_ - 1, 0)
            if not open_ and kinds:
                after = "".join(p for p in parts[index + 1 :][:8] if not _MARKERS.fullmatch(p))
                done += _write_inner(kinds, inner, _IGNORED.sub("", done[-200:]), after)
                inner, kinds = "", ""
        elif part in (SUPER, SUB, NOTE):
            open_ += 1
            kinds += part
        elif open_:
            inner += part
        else:
            done += part
    return done + inner


def _write_inner(kinds: str, inner: str, before: str, after: str) -> str:
    """Return what stands for a stretch between two others of its block."""
    content = " ".join(_IGNORED.sub("", inner).split())
    if not content:
        return inner
    if SUB in kinds:
        return content.translate(_LOWERED) if _FIGURES.fullmatch(content) else content
    if _is_mark(kinds, content, before, after):
        return ""
    if SUPER not in kinds:
        return inner
    return _raise(content, before)


def _is_mark(kinds: str, content: str, before: str, after: str) -> bool:
    """Say whether a raised stretch refers to a footnote."""
    if not before.strip() or not _MARK.fullmatch(content):
        return False
    glued = not before[-1].isspace()
    if NOTE in kinds:
        return (glued or SUPER in kinds) and not _REFERENCE.search(before)
    if not glued:  # the number of a note, or an isotope's: ¹⁴C
        return (not after or not after[0].isalnum()) and not _SENTENCE_END.search(before)
    if content.isalpha():
        return bool(re.search(r"[^\W\d_]{2}$", before)) and not re.search(r"\b[IVXLC]+$", before)
    return not (content.isdecimal() and _is_exponent(content, before, after))


def _is_exponent(content: str, before: str, after: str) -> bool:
    word = re.search(r"[^\W\d_]*$", before)
    unit = (word is not None and word[0] in _METRES) or _UNITS.search(before) is not None
    if unit:
        return content in ("2", "3", "4")
    if _POWER.search(before):
        return content != "1"
    if _VARIABLE.search(before):
        return True
    return bool(_BEFORE_FORMULA.search(before) or _AFTER_FORMULA.match(after))


def _raise(content: str, before: str) -> str:
    if _FIGURES.fullmatch(content):
        return content.translate(_RAISED)
    if before[-1:].isdigit() and content in _LETTERS:
        return _LETTERS[content]
    if content in _WORDS:
        return _WORDS[content]
    apart = content[0].isdigit() if before[-1:].isdigit() else before[-1:].isalpha()
    words = sum(map(str.isalpha, content)) >= _LONG and before[-1:].isalnum()
    return f" {content}" if (apart and content[0].isdigit()) or words else content
