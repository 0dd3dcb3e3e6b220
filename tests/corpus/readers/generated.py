"""Documents made from a seed, of all inline and block elements in any mixture.

What is raised says by `data-kind` whether it is a footnote's mark or belongs to the word
before it; nothing else tells a reader's test what is right.
"""

import io
import random
import re
import zipfile
from collections.abc import Callable

_WORDS = (
    "Brücke Rathaus Straße Gemeinde Bürgermeisterin Sporthalle Haushalt Müllabfuhr Übung Ärger "
    "öffnet baut zählt prüft fließt kostet bleibt jährlich größer über unter zwischen und oder "
    "mit ohne für gegen alte neue lange Wege Bäume Züge Höfe Süden Norden Westen Osten Wiese"
).split()
_CUT = "gestrichenes verworfenes ungültiges überholtes entferntes".split()
_SECRET = "geheimes verborgenes internes unsichtbares".split()
MARKS = ("1", "2", "17", "[3]", "(4)", "5)", "*", "†", "6,7", "a")
_UNITS = (("m", "2"), ("km", "2"), ("m", "3"), ("10", "6"), ("x", "2"))
_LOW = (("CO", "2"), ("H", "2"), ("SO", "4"))


class Dice:
    """Words and choices of one document."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)

    def words(self, least: int = 1, most: int = 5) -> str:
        count = self.random.randint(least, most)
        return " ".join(self.random.choice(_WORDS) for _ in range(count))

    def number(self) -> str:
        return self.random.choice(("320", "45", "1.250", "3,5", "12", "2024"))

    def of(self, choices: tuple[str, ...] | list[str]) -> str:
        return self.random.choice(choices)

    def name(self) -> str:
        return f"{self.of(_WORDS).capitalize()}{self.of(_WORDS).lower()}"


def html_page(seed: int) -> str:
    """Return a page; the same for the same seed."""
    dice = Dice(seed)
    blocks = "\n".join(_html_block(dice, 0) for _ in range(dice.random.randint(4, 9)))
    return (
        '<!DOCTYPE html><html lang="de"><head><meta charset="utf-8"><title>Seite</title><style>'
        ".up{vertical-align:super;font-size:.7em} b.off{text-decoration:line-through}"
        f"</style></head><body><article><h1>{dice.words(3, 6)}</h1>\n{blocks}\n</article></body>"
        "</html>"
    )


def printed_page(seed: int) -> str:
    """Return a page without what tears lines apart on paper: readings, controls, gaps, tables.

    pdftotext writes cells line by line across the columns; tables in PDF have tests of their own.
    """
    boxes = (
        "<rt>.*?</rt>|<table>.*?</table>|</?button>|<(?:embed|input)[^>]*>"
        "|<span style='visibility: hidden'>.*?</span>|<svg>.*?</svg>"
    )
    return re.sub(boxes, "", html_page(seed), flags=re.S)


def _sentence(dice: Dice) -> str:
    parts = [dice.words(2, 6), *(_inline(dice, 0) for _ in range(dice.random.randint(1, 4)))]
    return " ".join([*parts, dice.words(2, 5)]) + "."


def _prose(dice: Dice) -> str:
    return " ".join(_sentence(dice) for _ in range(dice.random.randint(1, 4)))


def _inline(dice: Dice, depth: int) -> str:
    inner = (
        dice.words(1, 3) if depth > 1 or dice.random.random() < 0.6 else _inline(dice, depth + 1)
    )
    return dice.random.choice(_HTML_INLINES)(dice, inner)


def _wrapping(*tags: str) -> Callable[[Dice, str], str]:
    def made(dice: Dice, inner: str) -> str:
        tag = dice.of(tags)
        return f"<{tag}>{inner}</{tag.split()[0]}>"

    return made


def _mark(dice: Dice, inner: str) -> str:
    mark = dice.of(MARKS)
    form = dice.of((
        "<sup data-kind=mark>{}</sup>", "<sup data-kind=mark><a href='#n'>{}</a></sup>",
        "<a href='#n' data-kind=mark><sup>{}</sup></a>", "<span class=up data-kind=mark>{}</span>",
        "<sup data-kind=mark class=footnote>{}</sup>",
        "<a href='#n' data-kind=mark class=footnote-ref>{}</a>",
        "<span data-kind=mark style='vertical-align:super'>{}</span>",
    ))  # fmt: skip
    # A letter behind a number may be part of it (Art. 5a).
    before = dice.name() if mark.isalpha() else dice.of((dice.number(), dice.name()))
    return inner + " " + before + form.format(mark)


def _script(dice: Dice, inner: str) -> str:
    if dice.random.random() < 0.5:
        base, low = dice.random.choice(_LOW)
        return f"{inner} {base}<sub data-kind=script>{low}</sub>"
    base, high = dice.random.choice(_UNITS)
    before = "" if base.isdigit() else f"{dice.number()} " if len(base) > 1 or base == "m" else ""
    return f"{inner} {before}{base}<sup data-kind=script>{high}</sup>"


def _cut(dice: Dice, inner: str) -> str:
    form = dice.of(("<del>{}</del>", "<s>{}</s>", "<strike>{}</strike>", "<b class=off>{}</b>",
                    "<span style='text-decoration: line-through'>{}</span>"))  # fmt: skip
    return form.format(dice.of(_CUT)) + " " + inner


def _void(dice: Dice, inner: str) -> str:
    tag = dice.of(("wbr", "wbr", "embed", "source", "track", "img alt=''", "wbr/"))
    return f"{dice.name()}<{tag}>{dice.of(_WORDS).lower()} {inner}"


def _unseen(dice: Dice, inner: str) -> str:
    word = dice.of(_SECRET)
    form = dice.of((
        "<span hidden>{}</span>", "<span style='display:none'>{}</span>", "<!-- {} -->",
        "<template>{}</template>", "<script>var x = '{}';</script>", "<noscript>{}</noscript>",
        "<style>.{}{{color:red}}</style>", "<span style='visibility: hidden'>{}</span>",
        "<svg><title>{}</title></svg>", "<input value='{}'>",
    ))  # fmt: skip
    return f"{inner} {form.format(word)}"


def _control(dice: Dice, inner: str) -> str:
    tag = dice.of(("button", "output", "label", "mark"))
    return f"{dice.words(1, 2)} <{tag}>{dice.name()}</{tag}> {inner}"


def _characters(dice: Dice, inner: str) -> str:
    return inner + dice.of(("&nbsp;", " ", "&ensp;")) + dice.of((
        "&auml;hnlich", "Donau&shy;dampf&shy;schiff", "25&times;30&nbsp;Meter", "5&nbsp;&euro;",
        "3 &lt; 4", "Haupt&#8203;bahnhof", "&bdquo;ja&ldquo;", "a&#x0308;hnlich",
    ))  # fmt: skip


def _link(dice: Dice, inner: str) -> str:
    # A browser ends a link where another one begins, wherever that leaves the text.
    return inner if "<a " in inner else f"<a href=https://x.example/a>{inner}</a>"


_HTML_INLINES = (
    _wrapping("b", "strong", "i", "em", "u", "small", "big", "span", "font", "ins", "bdi"),
    _link,
    _wrapping("code", "kbd", "samp", "var", "cite", "dfn", "abbr",
              "time", "data", "tt", "mark"),
    _mark, _mark, _script, _cut, _cut, _void, _unseen, _control, _characters,
    _wrapping("q", "q lang=en", "q lang=fr"),
    lambda dice, inner: f"{inner}<br>{dice.words(1, 3)}",
    lambda dice, inner: f"{inner} <math><mi>y</mi><mo>=</mo><mn>3</mn></math> {dice.words(1, 2)}",
    lambda dice, inner: f"<ruby>{dice.name()}<rt>{dice.of(_WORDS)}</rt></ruby> {inner}",
)  # fmt: skip


def _html_block(dice: Dice, depth: int) -> str:
    if depth < 2 and dice.random.random() < 0.2:
        inner = "".join(_html_block(dice, depth + 1) for _ in range(dice.random.randint(1, 3)))
        tag = dice.of(("div", "section", "blockquote", "details open", "fieldset", "center"))
        return f"<{tag}>{inner}</{tag.split()[0]}>"
    return dice.random.choice(_HTML_BLOCKS)(dice)


def _html_table(dice: Dice) -> str:
    names = [dice.name() for _ in range(dice.random.randint(2, 4))]
    head = "".join(f"<th>{name}</th>" for name in names)
    rows = "".join(
        "<tr>" + "".join(f"<td>{_inline(dice, 2)}</td>" for _ in names) + "</tr>"
        for _ in range(dice.random.randint(1, 4))
    )
    return f"<table><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>"


def _html_list(dice: Dice) -> str:
    tag = dice.of(("ul", "ol"))
    items = "".join(f"<li>{_sentence(dice)}</li>" for _ in range(dice.random.randint(1, 4)))
    return f"<{tag}>{items}</{tag}>"


_HTML_BLOCKS = (
    lambda dice: f"<p>{_prose(dice)}</p>",
    lambda dice: f"<p>{_prose(dice)}</p>",
    lambda dice: f"<p>{_prose(dice)}",  # its end tag left out, as HTML allows
    lambda dice: f"<h2>{dice.words(2, 4)}</h2>",
    lambda dice: f"<pre>{dice.words(3, 5)}\n  {dice.words(2, 4)}</pre>",
    lambda dice: f"<dl><dt>{dice.name()}</dt><dd>{_sentence(dice)}</dd></dl>",
    lambda dice: f"<figure><figcaption>{_sentence(dice)}</figcaption></figure>",
    lambda dice: f"<address>{dice.words(2, 3)}<br>{dice.words(2, 3)}</address>",
    lambda dice: f"<div>{_prose(dice)}</div><hr>",
    _html_table,
    _html_list,
)


# Word

_SPACES = (
    'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main" '
    'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"'
)
_TYPES = (
    '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships'
    '+xml"/><Override PartName="/word/document.xml" ContentType="application/vnd.openxmlformats-'
    'officedocument.wordprocessingml.document.main+xml"/><Override PartName="/word/styles.xml" '
    'ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.styles+xml"/>'
    "</Types>"
)
_RELATIONS = (
    '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
    '<Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/'
    'relationships/{}" Target="{}"/></Relationships>'
)
_STYLES = (
    '<w:style w:type="character" w:styleId="Up"><w:name w:val="Up"/><w:rPr><w:vertAlign '
    'w:val="superscript"/></w:rPr></w:style><w:style w:type="paragraph" w:styleId="H1"><w:name '
    'w:val="heading 1"/></w:style>'
)


def word_document(seed: int) -> bytes:
    """Return a Word document; the same for the same seed."""
    dice = Dice(seed)
    heading = _paragraph(_run(dice.words(3, 6)), '<w:pStyle w:val="H1"/>')
    body = heading + "".join(
        dice.random.choice(_WORD_BLOCKS)(dice) for _ in range(dice.random.randint(4, 9))
    )
    return packed_document(f"<w:document {_SPACES}><w:body>{body}</w:body></w:document>")


def packed_document(document: str) -> bytes:
    """Return the archive that a word/document.xml makes with the parts that it needs."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", _TYPES)
        archive.writestr("_rels/.rels", _RELATIONS.format("officeDocument", "word/document.xml"))
        archive.writestr("word/_rels/document.xml.rels", _RELATIONS.format("styles", "styles.xml"))
        archive.writestr("word/styles.xml", f"<w:styles {_SPACES}>{_STYLES}</w:styles>")
        archive.writestr("word/document.xml", document)
    return stream.getvalue()


def _run(text: str, properties: str = "") -> str:
    return f'<w:r><w:rPr>{properties}</w:rPr><w:t xml:space="preserve">{text}</w:t></w:r>'


def _paragraph(runs: str, properties: str = "") -> str:
    return f"<w:p><w:pPr>{properties}</w:pPr>{runs}</w:p>"


def _word_prose(dice: Dice) -> str:
    runs = [_run(dice.words(2, 5))]
    for _ in range(dice.random.randint(1, 6)):
        runs += [_run(" "), dice.random.choice(_WORD_INLINES)(dice), _run(f" {dice.words(1, 4)}")]
    return "".join(runs) + _run(".")


def _word_mark(dice: Dice) -> str:
    mark = dice.of([mark for mark in MARKS if not mark.isalpha()])
    raised = dice.of(('<w:vertAlign w:val="superscript"/>', '<w:rStyle w:val="Up"/>'))
    return _run(dice.of((dice.number(), dice.name()))) + "".join(_run(c, raised) for c in mark)


def _word_script(dice: Dice) -> str:
    if dice.random.random() < 0.5:
        base, low = dice.random.choice(_LOW)
        return _run(base) + _run(low, '<w:vertAlign w:val="subscript"/>')
    base, high = dice.random.choice(_UNITS)
    before = f"{dice.number()} " if base in ("m", "km") else ""
    return _run(before + base) + _run(high, '<w:vertAlign w:val="superscript"/>')


def _word_table(dice: Dice) -> str:
    names = [dice.name() for _ in range(dice.random.randint(2, 3))]
    rows = [[_run(name) for name in names]]
    rows += [[_word_prose(dice) if dice.random.random() < 0.2 else _run(dice.words(1, 2))
              for _ in names] for _ in range(dice.random.randint(1, 3))]  # fmt: skip
    return _table([[_paragraph(cell) for cell in row] for row in rows])


def _table(rows: list[list[str]]) -> str:
    grid = "".join('<w:gridCol w:w="3000"/>' for _ in rows[0])
    cells = ["".join(f"<w:tc><w:tcPr/>{cell}</w:tc>" for cell in row) for row in rows]
    lines = "".join(f"<w:tr>{row}</w:tr>" for row in cells)
    return f"<w:tbl><w:tblPr/><w:tblGrid>{grid}</w:tblGrid>{lines}</w:tbl>{_paragraph('')}"


_WORD_INLINES = (
    lambda dice: _run(dice.words(1, 3), dice.of(("<w:b/>", "<w:i/>", "<w:u/>", "<w:smallCaps/>"))),
    _word_mark,
    _word_script,
    lambda dice: _run(dice.of(_CUT), dice.of(("<w:strike/>", "<w:dstrike/>"))),
    lambda dice: _run(dice.of(_SECRET), "<w:vanish/>"),
    lambda dice: _run("25") + '<w:r><w:sym w:font="Symbol" w:char="F0B4"/></w:r>' + _run("30"),
    lambda dice: _run(dice.name()) + "<w:r><w:tab/></w:r>" + _run(dice.name()),
    lambda dice: _run(dice.name()) + "<w:r><w:br/></w:r>" + _run(dice.name()),
    lambda dice: _run("0") + "<w:r><w:noBreakHyphen/></w:r>" + _run("800"),
    lambda dice: _run("Donau") + "<w:r><w:softHyphen/></w:r>" + _run("dampfer"),
    lambda dice: f'<w:ins w:id="1" w:author="x">{_run(dice.words(1, 2))}</w:ins>',
    lambda dice: f'<w:hyperlink w:anchor="x">{_run(dice.words(1, 2))}</w:hyperlink>',
    lambda dice: f"<w:sdt><w:sdtContent>{_run(dice.words(1, 2))}</w:sdtContent></w:sdt>",
    lambda dice: '<w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:instrText> QUOTE x '
    '</w:instrText></w:r><w:r><w:fldChar w:fldCharType="separate"/></w:r>'
    + _run(dice.name()) + '<w:r><w:fldChar w:fldCharType="end"/></w:r>',
)  # fmt: skip
_WORD_BLOCKS = (
    lambda dice: _paragraph(_word_prose(dice)),
    lambda dice: _paragraph(_word_prose(dice)),
    lambda dice: _paragraph(_word_prose(dice)),
    lambda dice: _paragraph(_run(dice.words(2, 4)), '<w:pStyle w:val="H1"/>'),
    _word_table,
    lambda dice: _table([[_paragraph(_word_prose(dice)) + _word_table(dice),
                          _paragraph(_run(dice.words(2, 4)))]]),
)  # fmt: skip
