"""What inline elements do to the text in them."""

import pytest

from corpus.readers import read


def paragraphs(body: str, head: str = "", name: str = "a.html") -> list[str]:
    markup = f"<!DOCTYPE html><html lang=de><head>{head}</head><body>{body}</body></html>"
    [article] = read(markup.encode(), name, uri="file:///a.html")
    return [article.paragraph_text(paragraph) for paragraph in article.paragraphs]


@pytest.mark.parametrize(
    "mark",
    [
        "<sup>1</sup>", "<sup><a href='#n1'>1</a></sup>", "<a href='#n1'><sup>1</sup></a>",
        "<sup class=footnote>1</sup>", "<sup>[1]</sup>", "<sup>(1)</sup>", "<sup>1)</sup>",
        "<sup>*</sup>", "<sup> 1 </sup>", "<sup>1,2</sup>", "<sup class=fn>a</sup>",
        "<span style='vertical-align: super; font-size: .7em'>1</span>",
        "<span class=hoch>1</span>", "<span class=footnote-ref>1</span>", "<a href='#n1'>1</a>",
        "<a href='#n1'>[1]</a>", "<a href='x.html#n' role=doc-noteref>1</a>",
        "<a epub:type=noteref href='#n'>1</a>", "<sup><b>1</b></sup>",
    ],
)  # fmt: skip
def test_a_footnotes_mark_is_no_digit(mark: str) -> None:
    head = "<style>p{margin:0} span.hoch , .x{ font-size:9px; vertical-align:super }</style>"
    found = paragraphs(f"<p>Die Halle kostet 320{mark} Millionen Euro, so der Rat.</p>", head)
    assert found == ["Die Halle kostet 320 Millionen Euro, so der Rat."]


@pytest.mark.parametrize(
    ("body", "text"),
    [
        ("1.200 m<sup>2</sup>, CO<sub>2</sub>, 10<sup>6</sup>", "1.200 m², CO₂, 10⁶"),
        ("48 Fach<wbr>arbeiter <b>und</b> Lehrlinge", "48 Facharbeiter und Lehrlinge"),
        ("Das Werk<embed src=x> zahlt<track> 3<source> Euro", "Das Werk zahlt 3 Euro"),
        ("streicht <del>480</del> 48 Stellen", "streicht 48 Stellen"),
        ("streicht <s>480</s> 48 <strike>Ämter</strike> Stellen", "streicht 48 Stellen"),
        ("streicht <span style='text-decoration:line-through'>9</span> 8", "streicht 8"),
        ("streicht <span class=weg>9</span> 8 <ins>Stellen</ins>", "streicht 8 Stellen"),
        ("nennt das <q>eine <q>kleine</q> Not</q>", "nennt das „eine ‚kleine‘ Not“"),
        ("says <q lang=en>no</q>, dit <q lang=fr>non</q>", "says “no”, dit «\u00a0non\u00a0»"),
        ("sagt <q lang=de-CH>nein</q> und <q>„ja“</q>", "sagt «nein» und „ja“"),
        ("Das Werk in <button>Moos</button> streicht <output>48</output> Stellen",
         "Das Werk in Moos streicht 48 Stellen"),
        ("zahlt <output>48</output> <ruby>Euro</ruby> mit <output>9</output> <s>8</s> Prozent",
         "zahlt 48 Euro mit 9 Prozent"),
        ("ist <math><mi>x</mi><mo>=</mo><msup><mi>y</mi><mn>2</mn></msup></math> groß",
         "ist x=y² groß"),
        ("ist <math><mfrac><mn>1</mn><mn>2</mn></mfrac></math> groß", "ist 1/2 groß"),
        ("<ruby>東京<rp>(</rp><rt>とうきょう</rt><rp>)</rp></ruby> ist groß",
         "東京 (とうきょう) ist groß"),
    ],
)  # fmt: skip
def test_inline_elements(body: str, text: str) -> None:
    head = "<style>.weg{text-decoration: line-through}</style>"
    assert paragraphs(f"<p>{body} heute.</p>", head) == [f"{text} heute.".replace("\u00a0", " ")]


def test_cells_are_read_as_paragraphs_are() -> None:
    body = (
        "<table><tr><th>Ort</th><th>Fläche in m<sup>2</sup></th></tr>"
        "<tr><td>Roden<sup>1</sup></td><td><del>410</del> 420<wbr>000</td></tr>"
        "<tr style='display:none'><td>Immersen</td><td>3</td></tr></table>"
    )
    assert paragraphs(body) == ["Ort: Roden; Fläche in m²: 420000"]


def test_a_button_beside_a_sentence_is_none_of_its_words() -> None:
    assert paragraphs("<p>Der Rat tagt am Montag. <button>Teilen</button></p>") == [
        "Der Rat tagt am Montag."
    ]
