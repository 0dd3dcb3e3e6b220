"""Characters of fonts that show symbols in the place of letters, as Word inserts them.

Such a character is a number in a font: F0B4 in "Symbol" is ×. Tables: Adobe's encoding of
Symbol, and what texts use of Wingdings. What is not in them becomes a blank.
"""

_SYMBOL = {
    0x22: "∀", 0x24: "∃", 0x27: "∋", 0x2A: "∗", 0x2D: "−", 0x40: "≅", 0x5C: "∴", 0x5E: "⊥",
    0x7E: "∼",
    **{0x41 + i: c for i, c in enumerate("ΑΒΧΔΕΦΓΗΙϑΚΛΜΝΟΠΘΡΣΤΥςΩΞΨΖ")},
    **{0x61 + i: c for i, c in enumerate("αβχδεφγηιϕκλμνοπθρστυϖωξψζ")},
    **{0xA0 + i: c for i, c in enumerate("€ϒ′≤⁄∞ƒ♣♦♥♠↔←↑→↓°±″≥×∝∂•÷≠≡≈…⏐⎯↵ℵℑℜ℘⊗⊕∅∩∪⊃⊇⊄⊂⊆∈∉")},
    **{0xD0 + i: c for i, c in enumerate("∠∇®©™∏√⋅¬∧∨⇔⇐⇑⇒⇓◊〈®©™∑")},
    0xF1: "〉", 0xF2: "∫",
}  # fmt: skip
_WINGDINGS = {
    0x28: "☎", 0x2A: "✉", 0x4A: "☺", 0x4C: "☹", 0x6C: "●", 0x6E: "■", 0x6F: "□", 0x71: "❑",
    0x76: "❖", 0x9F: "•", 0xA7: "▪", 0xA8: "◻", 0xAB: "★", 0xD8: "➢", 0xDF: "←", 0xE0: "→",
    0xE1: "↑", 0xE2: "↓", 0xE8: "➔", 0xF0: "⇨", 0xFB: "✗", 0xFC: "✓", 0xFD: "☒", 0xFE: "☑",
}  # fmt: skip
_FONTS = {"symbol": _SYMBOL, "wingdings": _WINGDINGS}


def symbol(code: str, font: str) -> str:
    """Return the character with a hexadecimal number in a font; a blank where none is known.

    >>> symbol("F0B4", "Symbol")
    '×'
    >>> symbol("2192", "Calibri")
    '→'
    """
    try:
        number = int(code, 16)
    except ValueError:
        return " "
    if 0xF000 <= number <= 0xF0FF:
        number -= 0xF000
    elif font.lower() not in _FONTS:
        return chr(number) if 0x20 <= number < 0xD800 else " "
    table = _FONTS.get(font.lower(), {})
    if number in table:
        return table[number]
    plain = 0x20 <= number < 0x7F and font.lower() != "wingdings"
    return chr(number) if plain else " "


def spell_symbols(text: str, font: str) -> str:
    """Return text with the characters that a symbol font keeps in the private area."""
    if not any("\uf000" <= char <= "\uf0ff" for char in text):
        return text
    return "".join(
        symbol(f"{ord(char):X}", font) if "\uf000" <= char <= "\uf0ff" else char for char in text
    )
