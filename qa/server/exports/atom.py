"""News on a standing question as an Atom feed (RFC 4287)."""

from datetime import UTC, datetime, time
from xml.etree import ElementTree

from qa.results import ArticleInfo, Citation
from qa.server.chat.render import strip_hidden
from qa.server.links import article_link, web_link
from qa.standing import News, StandingQuestion

MEDIA_TYPE = "application/atom+xml"
_NAMESPACE = "http://www.w3.org/2005/Atom"


def write_feed(standing: StandingQuestion, news: News | None, address: str) -> bytes:
    """Return a feed with an entry for each article that has news, with what is quoted of it.

    Args:
        standing: the question.
        news: what there is; None for an empty feed.
        address: of the server, to which the articles that are nowhere on the web link.
    """
    quoted: dict[str, list[Citation]] = {}
    for citation in news.answer.citations if news else ():
        quoted.setdefault(citation.passage.article.uri, []).append(citation)
    articles = [found[0].passage.article for found in quoted.values()]
    moments = [_moment(info, standing.created) for info in articles]
    feed = ElementTree.Element("feed", xmlns=_NAMESPACE)
    _add(feed, "title", standing.question)
    _add(feed, "id", f"urn:article-qa:standing:{standing.id}")
    _add(feed, "updated", max(moments, default=standing.created).isoformat())
    _add(ElementTree.SubElement(feed, "author"), "name", "article-qa")
    for info, moment in zip(articles, moments, strict=True):
        entry = ElementTree.SubElement(feed, "entry")
        _add(entry, "title", info.title or info.uri)
        _add(entry, "id", info.uri)
        _add(entry, "updated", moment.isoformat())
        link = web_link(info) or address.rstrip("/") + article_link(info.uri)
        ElementTree.SubElement(entry, "link", href=strip_hidden(link))
        quotes = dict.fromkeys(citation.quote for citation in quoted[info.uri])
        _add(entry, "summary", "\n".join(quotes))
    return bytes(ElementTree.tostring(feed, encoding="utf-8", xml_declaration=True))


def _add(parent: ElementTree.Element, name: str, text: str) -> None:
    ElementTree.SubElement(parent, name).text = strip_hidden(text)


def _moment(info: ArticleInfo, otherwise: datetime) -> datetime:
    return datetime.combine(info.published, time(), UTC) if info.published else otherwise
