"""Kinds of pages that are easily read wrongly: names of boxes, heads, bylines, labels, titles."""

import json

import pytest

from corpus.article import Article
from corpus.readers import read

LONG = (
    "Das Wehr an der alten Papierfabrik stammt aus dem Jahr 1904 und hielt zuletzt nur noch an "
    "zwei "
    "von sieben Tafeln dicht, weshalb der Landesbetrieb den Stau im Herbst um vierzig Zentimeter "
    "gesenkt hatte und die Paddler in Lindwerder seither über Kies laufen mussten, was der Verein "
    "mehrfach beim Kreis beklagt hat."
)
FIRST = "In Lindwerder hat am Montag der Umbau des Wehrs an der Papierfabrik begonnen."
SECOND = "Amtsleiterin Gesa Wolter rechnet mit elf Monaten Bauzeit und zwei Sperrungen."
LAST = "Der Kreis zahlt 1,8 Millionen Euro, den Rest übernimmt die Fabrik selbst."
LEAD = "Seit einem Jahr liegt der Fluss halb trocken, nun kommen endlich die Bagger."
TITLE = "Lindwerder baut sein Wehr um"


def paragraphs(*texts: str, attributes: str = "") -> str:
    return "".join(f"<p{attributes}>{text}</p>" for text in texts)


BODY = paragraphs(FIRST, LONG, SECOND, LAST)


def page(body: str, head: str = "", data: object = None) -> Article:
    """Return the article of a page with this body."""
    script = (
        f'<script type="application/ld+json">{json.dumps(data)}</script>'
        if data is not None
        else ""
    )
    html = (
        f'<html lang="de"><head><title>{TITLE}</title>'
        f'<meta property="og:site_name" content="Werder Kurier">{head}{script}</head>'
        f"<body>{body}</body></html>"
    )
    return next(iter(read(html.encode(), "seite.html", uri="https://werder.example/wehr")))


def roles(article: Article, text: str) -> set[str]:
    """Return the roles of the paragraphs that hold a text."""
    found = {str(p.role) for p in article.paragraphs if text in article.paragraph_text(p)}
    return found or {"missing"}


@pytest.mark.parametrize(
    "wrapped",
    [
        f'<article><h1>{TITLE}</h1><div class="body-paywall">{BODY}</div></article>',
        f"<article><h1>{TITLE}</h1>{paragraphs(FIRST, LONG)}"
        f"{paragraphs(SECOND, LAST, attributes=' class=subscribe')}</article>",
        f"<div><h1>{TITLE}</h1></div><footer>{BODY}</footer>",
        f'<article><h1>{TITLE}</h1>{paragraphs(LONG)}<section id="spenden-fuer-die-wehrkasse">'
        f"<h2>Die Kasse</h2>{paragraphs(FIRST, SECOND, LAST)}</section></article>",
        f'<main class="has_caption"><h1>{TITLE}</h1>{BODY}</main>',
        f'<main><div class="image-caption"><h1>{TITLE}</h1>{BODY}</div></main>',
        f"<nav><ul><li><a href=/>Start</a><li><main><h1>{TITLE}</h1>{BODY}</main></ul></nav>",
        f'<div style="display:none" class="premium">{BODY}</div><h1>{TITLE}</h1>',
    ],
)
def test_the_article_is_kept_whatever_its_box_is_called(wrapped: str) -> None:
    article = page(wrapped)
    for text in (FIRST, SECOND, LAST):
        assert roles(article, text) <= {"body", "lead"}


def test_a_paragraph_hidden_from_screen_readers_alone_is_kept() -> None:
    article = page(f"<h1>{TITLE}</h1><p>{FIRST}</p><p aria-hidden=true>{LONG}</p><p>{LAST}</p>")
    assert roles(article, LONG) == {"body"}


def test_the_text_that_a_script_would_show_is_read_from_the_data_of_the_page() -> None:
    data = {"@type": "NewsArticle", "headline": TITLE, "articleBody": f"{FIRST}\n\n{LONG}"}
    article = page("<div id=app></div>", data=data)
    assert roles(article, FIRST) <= {"lead", "body"}
    assert roles(article, LONG) == {"body"}


@pytest.mark.parametrize(
    "head",
    [
        f"<div><a href=/x>Kreis</a><h1>{TITLE}</h1><p>{LEAD}</p><a href=/a>Gesa Jansen</a></div>",
        f"<div><a href=/x>Abo</a> <a href=/y>Sport</a><h1>{TITLE}</h1><p>{LEAD}</p></div>",
        f"<h1>{TITLE}</h1><h2>{LEAD}</h2>",
        f"<h1>{TITLE}</h1><h3>Am Fluss geht es los. {LEAD}</h3>",
        f"<h1>{TITLE}</h1><div>09:15 Uhr</div><p>{LEAD}</p>",
        f"<h1>{TITLE}</h1><div>Von DPA</div><p>{LEAD}</p>",
        f"<h1>{TITLE}</h1><div>Copyright Ole Brand/Bildstelle Mitte</div><p>{LEAD}</p>",
    ],
)
def test_the_standfirst_is_the_lead(head: str) -> None:
    article = page(f"<article>{head}{BODY}</article>")
    assert roles(article, LEAD) == {"lead"}


@pytest.mark.parametrize(
    ("line", "role"),
    [
        ("14.05.2025, 09:30 Lesezeit: 3 Min.", "source"),
        ("Erstmals veröffentlicht am 14/05/2025 - 09:30", "source"),
        ("Analyse von Gesa Jansen", "source"),
        ("Von Gesa Jansen, Lindwerder 14.05.2025, 09:30 Uhr", "source"),
        ("14. Mai 2025 um 9:30 Uhr / Gesa Jansen", "source"),
        ("Beitrag veröffentlicht am 14. Mai 2025, 9:30 Uhr, Gesa Jansen", "source"),
        ("Von Gesa Jansen mit AFP", "source"),
        ("Übersetzung: Ole Brand, Lektorat: Gesa Jansen", "source"),
        ("Gesa Jansen, Korrespondentin", "source"),
        ("Gestern, 18:05 Uhr", "source"),
        ("Pressemitteilung vom 14.05.2025", "source"),
        ("Anzeige überspringen", "promo"),
        ("Galerie öffnen", "promo"),
        ("4/18", "promo"),
        ("Player wird geladen", "promo"),
        ("Beitrag per Mail versenden", "promo"),
        ("Neu im Blickpunkt", "promo"),
    ],
)
def test_lines_that_stand_in_no_paragraph_do_not_answer(line: str, role: str) -> None:
    article = page(f"<article><h1>{TITLE}</h1><div>{line}</div>{BODY}</article>")
    assert roles(article, line) <= {role, "source"}
    assert roles(article, FIRST) == {"lead"}


@pytest.mark.parametrize(
    ("box", "text", "allowed"),
    [
        ('<div class="bild-box"><img><p>Der Bagger am Ufer, Mai 2025</p></div>', "Der "
            "Bagger", "caption"),
        ('<div class="teaser-img"><img><div class="teaser-img__text">Gesa Wolter am Wehr, sie '
         "leitet das Amt</div></div>", "Gesa Wolter am", "caption"),
        ("<figure><img><figcaption><h3>Das Wehr ist 121 Jahre alt.</h3></figcaption></figure>",
         "121 Jahre", "caption"),
        ("<p>Viele in der Siedlung sprachen von einer Zumutung.</p><figure><img><figcaption>Foto: "
         "Ole Brand</figcaption></figure>", "Zumutung", "body"),
        (f"<div><p>{SECOND}</p><div>Anzeige</div></div>", SECOND, "body"),
        ("<div><p>Wie würden Sie den Fluss nutzen?</p><ul><li>Zum Paddeln.</li><li>Zum Angeln."
         "</li></ul></div>", "Zum Angeln", "promo"),
        ("<section><h3>Post am Sonntag</h3><p>Alle vierzehn Tage: Gedanken über Garten, Hund und "
         "Nachbarn, kurz und heiter.</p></section>", "Gedanken über", "promo"),
        ("<div><h4>Kurz und knapp</h4><p>Diese Zusammenfassung hat eine KI erstellt.</p></div>",
         "eine KI", "promo"),
        ("<p>Bisher haben diese Orte ihr Wehr erneuert:</p><ul><li><a href=/a>Kolk, 2019</a></li>"
         "<li><a href=/b>Rahden, 2021</a></li></ul>", "Rahden, 2021", "body"),
        ("<p>Was am Wehr geschieht, sehen Sie jeden Tag in unserem "
         "Baublog:</p>", "Baublog", "promo"),
        ("<div><b>Wer bezahlt</b>Der Kreis gibt zwei Drittel, die Fabrik ein Drittel dazu.</div>",
         "Wer bezahlt", "heading"),
    ],
)  # fmt: skip
def test_what_stands_between_the_paragraphs(box: str, text: str, allowed: str) -> None:
    inside = paragraphs(FIRST, LONG) + box + paragraphs(LAST)
    article = page(f"<article><h1>{TITLE}</h1>{inside}</article>")
    assert roles(article, text) == {allowed}
    assert roles(article, LAST) == {"body"}


@pytest.mark.parametrize(
    ("below", "text"),
    [
        ("<div><h3>Der Autor</h3><p>Ole Brand (*1971) war zwanzig Jahre Flussmeister und führt "
         "heute "
         "ein Büro für Wasserbau.</p></div>", "Flussmeister"),
        ('<div class="author-box"><p><a href=/a>Ole Brand</a> sitzt seit 2012 am Tisch für '
         'Kreis und '
         "Land.</p></div>", "am Tisch"),
        ("<div><p>Jetzt wird es einfach!</p><ul><li>Alles auf einer Karte</li><li>Lesen, wo man "
         "will"
         "</li></ul></div>", "Alles auf"),
    ],
)  # fmt: skip
def test_what_stands_below_the_last_paragraph(below: str, text: str) -> None:
    article = page(f"<article><h1>{TITLE}</h1>{BODY}{below}</article>")
    assert roles(article, text) <= {"source", "promo"}


def test_an_appeal_below_the_article_element_is_no_part_of_it() -> None:
    appeal = (
        "Diese Zeitung hat keinen Eigentümer außer denen, die sie lesen. Wer mag, gibt im Monat "
        "einen festen Betrag, und wer nicht kann, liest trotzdem alles, so soll es bleiben."
    )
    article = page(
        f"<main><article><h1>{TITLE}</h1>{BODY}</article><div><p>{appeal}</p></div></main>"
    )
    assert roles(article, "keinen Eigentümer") == {"promo"}


def test_dates_of_teasers_make_no_chronicle() -> None:
    teasers = "".join(
        f"<div><h3>Meldung {day}</h3><span>{day}. Mai 2025 12:00 Uhr</span></div>" for day in "123"
    )
    article = page(
        f"<article><h1>{TITLE}</h1><div>5. Mai 2025 18:58 Uhr</div>{BODY}</article>{teasers}"
    )
    assert roles(article, "5. Mai 2025") == {"source"}
    assert roles(article, "2. Mai 2025") <= {"source", "promo"}


def test_a_list_of_the_articles_own_headings_is_its_contents() -> None:
    article = page(
        f"<h1>{TITLE}</h1><p>{FIRST}</p><p>In diesem Text:</p><ul><li><a href=#a>Der Bau</a></li>"
        f"<li><a href=#b>Das Geld</a></li></ul><h2 id=a>Der Bau</h2><p>{LONG}</p>"
        f"<h2 id=b>Das Geld</h2><p>{LAST}</p>"
    )
    assert roles(article, "In diesem Text:") == {"promo"}
    assert roles(article, "Das Geld") == {"promo", "heading"}


NEWS = {"@type": "NewsArticle"}


@pytest.mark.parametrize(
    ("head", "data", "body", "title"),
    [
        ("", NEWS | {"headline": "Wehr in Lindwerder – Zwei Wege zu"}, "<h1>Wehr in Lindwerder "
            "– Zwei "
         "Wege zu</h1>", "Wehr in Lindwerder – Zwei Wege zu"),
        ('<meta property="og:title" content="Streit um das Wehr - Kreis gibt nach">', None,
         "<h2>Streit um das Wehr - Kreis gibt nach</h2>", "Streit um das Wehr - Kreis gibt nach"),
        ("", NEWS | {"headline": "&#8222;Endlich&#8220;: Das Wehr"}, "<h1>„Endlich“: Das Wehr</h1>",
         "„Endlich“: Das Wehr"),
        ("", NEWS | {"headline": "Lindwerder: Wehr kostet Millionen"},
         "<header><h1>Werder Kurier</h1></header><h1>Endlich Wasser unter dem Kiel</h1>",
         "Endlich Wasser unter dem Kiel"),
        ("", NEWS | {"headline": "Bagger rollen nun am Wehr"},
         "<h2><span>Umbau am Fluss:</span><span>Bagger rollen endlich am Wehr</span></h2>",
         "Bagger rollen endlich am Wehr"),
    ],
)  # fmt: skip
def test_the_title_is_the_visible_headline(head: str, data: object, body: str, title: str) -> None:
    article = page(f"<article>{body}{BODY}</article>", head, data)
    assert article.title == title
    assert roles(article, title) == {"headline"}


@pytest.mark.parametrize(
    ("head", "data", "authors"),
    [
        ("", NEWS | {"author": {"@type": "Organization", "name": "WERDER.de"}}, ("Gesa Jansen",)),
        ('<meta name="author" content="g.jansen@werder.example">', None, ("Gesa Jansen",)),
        ('<meta name="author" content="webmaster">', None, ("Gesa Jansen",)),
        ('<meta name="author" content="Werder Kurier">', None, ("Gesa Jansen",)),
        ('<meta name="author" content="Ein Beitrag von Ole Brand">', None, ("Ole Brand",)),
        ("", NEWS | {"author": [{"name": "Ole Brand (obr)"}]}, ("Ole Brand",)),
    ],
)
def test_persons_come_before_papers_and_offices(
    head: str, data: object, authors: tuple[str, ...]
) -> None:
    article = page(f"<h1>{TITLE}</h1><p>Von Gesa Jansen</p>{BODY}", head, data)
    assert article.authors == authors


def test_the_name_of_an_office_is_not_cut_into_names() -> None:
    head = '<meta name="author" content="Verband für Fluss und Kanal, Lindwerder, Germany">'
    assert page(f"<h1>{TITLE}</h1>{BODY}", head).authors == ("Verband für Fluss und Kanal",)


@pytest.mark.parametrize(
    ("body", "published"),
    [
        (f"<article><h1>{TITLE}</h1><p>14. Mai 2025</p>{BODY}</article><ul "
         f"class=related><li><article>"
         "<time datetime=2020-12-03>Alt</time></article></li></ul>", "2025-05-14"),
        (f"<p>14. Mai 2025 | <a href=/v>Verband</a></p><h1>{TITLE}</h1>{BODY}", "2025-05-14"),
        (f"<h1>{TITLE}</h1><p>14.5.2025 - Beim Spatenstich am Wehr hat der Kreis Bilanz "
         f"gezogen.</p>"
         f"{BODY}", "2025-05-14"),
        (f"<h1>{TITLE}</h1><div>Medieninformation vom 14.05.2025</div>{BODY}", "2025-05-14"),
    ],
)  # fmt: skip
def test_the_date_is_the_articles_own(body: str, published: str) -> None:
    assert str(page(body).published) == published


def test_a_time_in_utc_is_the_day_that_it_was_at_the_place_of_the_paper() -> None:
    article = page(f"<h1>{TITLE}</h1>{BODY}", data=NEWS | {"datePublished": "2025-05-13T22:30:00Z"})
    assert str(article.published) == "2025-05-14"


@pytest.mark.parametrize(
    ("site", "data", "source"),
    [
        ("https://www.werder.example", NEWS | {"name": "Werder Kurier"}, "Werder Kurier"),
        ("www.werder.example", NEWS, "werder.example"),
        ("WordPress", NEWS | {"publisher": {"name": "Werder Kurier"}}, "Werder Kurier"),
        (
            "Werder Kurier",
            NEWS | {"publisher": {"name": "Kurier Verlag &amp; Druck"}},
            "Werder Kurier",
        ),
    ],
)
def test_the_source_is_a_name_and_no_address_or_platform(
    site: str, data: object, source: str
) -> None:
    html = (
        f'<html lang="de"><head><title>{TITLE}</title><meta property="og:site_name" '
        f'content="{site}">'
        f'<script type="application/ld+json">{json.dumps(data)}</script></head>'
        f"<body><h1>{TITLE}</h1>{BODY}</body></html>"
    )
    assert next(iter(read(html.encode(), "a.html", uri="a"))).source == source
