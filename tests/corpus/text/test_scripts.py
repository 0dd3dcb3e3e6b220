"""Marks of footnotes are no digits; exponents, units and formulas stay readable."""

import pytest

from corpus.text.scripts import END, NOTE, SUB, SUPER, set_scripts


def marked(text: str) -> str:
    """Write ^1^ for raised, ~2~ for lowered and <3> for a footnote's mark."""
    for sign, marker in (("^", SUPER), ("~", SUB)):
        while sign in text:
            text = text.replace(sign, marker, 1).replace(sign, END, 1)
    return text.replace("<", NOTE).replace(">", END)


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("für 320^1^ Millionen", "für 320 Millionen"),
        ("für 320^1,2^ Millionen", "für 320 Millionen"),
        ("auf 1.250^3^.", "auf 1.250."),
        ("für 320^3)^ Millionen", "für 320 Millionen"),
        ("für 320^[4]^ Millionen", "für 320 Millionen"),
        ("für 320^*^ Millionen", "für 320 Millionen"),
        ("für 320 ^5^ Millionen", "für 320  Millionen"),
        ("Doris Wehling^4^ sprach", "Doris Wehling sprach"),
        ("Doris Wehling^a^ sprach", "Doris Wehling sprach"),
        ("für 45<2> Millionen", "für 45 Millionen"),
        ("für 45<^2^> Millionen", "für 45 Millionen"),
        ("am Markt.^1^ Der Rat", "am Markt. Der Rat"),
        ("siehe Abb. <3> und", "siehe Abb. 3 und"),
        ("siehe <Kapitel drei> und", "siehe Kapitel drei und"),
        ("^1^ Ohne Grund. ^2^ Stand Januar.", "¹ Ohne Grund. ² Stand Januar."),
        ("1.200 m^2^ und 40 km^2^", "1.200 m² und 40 km²"),
        ("32 km^1^ lang", "32 km lang"),
        ("9,81 m/s^2^", "9,81 m/s²"),
        ("CO~2~ und H~2~O", "CO₂ und H₂O"),
        ("10^6^ Watt, 3·10^-3^, 10^1^ Watt", "10⁶ Watt, 3·10⁻³, 10 Watt"),
        ("x^2^+y^2^=r^2^, E=mc^2^", "x²+y²=r², E=mc²"),
        ("2^10^ = 1024, (a+b)^2^", "2¹⁰ = 1024, (a+b)²"),
        ("5^1^/~2~ Stunden", "5¹/₂ Stunden"),
        ("mit ^14^C und Ca^2+^", "mit ¹⁴C und Ca²⁺"),
        ("1^er^, 21^st^, M^me^, XX^e^", "1er, 21st, Mme, XXe"),
        ("Word^TM^", "Word™"),
        ("Art. 5^b^, 320^a^ Euro", "Art. 5ᵇ, 320ª Euro"),
        ("320^1 und 2^ Euro", "320 1 und 2 Euro"),
        ("Preise^Anzeige^", "Preise Anzeige"),
        ("10^1^^,^^2^ Mal", "10 Mal"),
        ("nichts", "nichts"),
        ("a^ ^b", "a b"),
    ],
)
def test_scripts(text: str, written: str) -> None:
    assert set_scripts(marked(text)) == written
