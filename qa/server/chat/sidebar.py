"""The list of conversations, as HTML; pure functions."""

from collections.abc import Sequence
from datetime import UTC, date, datetime
from itertools import groupby

from qa.chat_history import Conversation
from qa.i18n import Words
from qa.server.chat.render import button, escape, tag
from qa.server.exports.document import FORMATS
from qa.standing import StandingQuestion


def render_list(
    conversations: Sequence[Conversation],
    here: str,
    words: Words,
    *,
    searching: bool = False,
    now: datetime | None = None,
) -> str:
    """Return an owner's conversations by day, the open one with what can be done with it.

    Args:
        conversations: the last changed first.
        here: the id of the one that is open.
        words: of the interface.
        searching: whether they are those that hold some words.
        now: by default the present moment; "today" is its day.
    """
    if not conversations:
        return tag("p", escape(words["none_found" if searching else "none_yet"]), class_="hint")
    today = (now or datetime.now(UTC)).astimezone().date()
    days = groupby(conversations, lambda each: _period(each.changed.astimezone().date(), today))
    return "".join(
        tag("h3", escape(words[period]))
        + tag(
            "ul",
            "".join(_item(each, words, period, here=each.id == here) for each in some),
            class_="conversations",
        )
        for period, some in days
    )


def _period(day: date, today: date) -> str:
    """Return the key of the time that a day belongs to, seen from today."""
    age = (today - day).days
    if age < 1:
        return "today"
    return "yesterday" if age == 1 else "this_week" if age < 7 else "earlier"


def _item(conversation: Conversation, words: Words, period: str, *, here: bool) -> str:
    name = conversation.id
    changed = conversation.changed.astimezone()
    when = words.date(changed.date()) if period == "earlier" else words.time(changed)
    if period == "this_week":
        when = f"{words.weekday(changed.date())}, {when}"
    line = tag("span", escape(when), class_="when")
    if conversation.snippet:
        line += " " + escape(conversation.snippet)
    opener = tag(
        "button",
        tag("span", escape(conversation.title), class_="title") + tag("span", line, class_="line"),
        class_="act open" + (" on" if here else ""),
        id=f"do-open-{name}",
    )
    return tag("li", opener + (_tools(name, words) if here else ""))


def _tools(name: str, words: Words) -> str:
    exports = "".join(
        tag("a", escape(suffix.upper()), href=f"/ui/export/{name}.{suffix}", class_="export")
        for suffix in FORMATS
    )
    label = tag("span", escape(words["export"]), class_="line")
    return tag(
        "div",
        button(words["rename"], f"ui-rename-{name}", kind="quiet")
        + button(words["delete"], f"ui-delete-{name}", kind="quiet", title=words["really_delete"])
        + tag("span", f"{label} {exports}", class_="exports"),
        class_="tools",
    )


def render_standing(questions: Sequence[StandingQuestion], words: Words) -> str:
    """Return the standing questions, each a button that asks for its news; "" where none is."""
    if not questions:
        return ""
    items = [
        tag(
            "li",
            tag(
                "button",
                tag("span", escape(item.question), class_="title")
                + tag("span", escape(_since(item, words)), class_="line"),
                class_="act open",
                id=f"do-news-{item.id}",
            )
            + tag(
                "div",
                button(words["unwatch"], f"do-unwatch-{item.id}", kind="quiet")
                + tag("a", "Atom", class_="export", href=f"/api/standing/{item.id}/feed"),
                class_="tools",
            ),
        )
        for item in questions
    ]
    return tag("h2", escape(words["standing"])) + tag("ul", "".join(items), class_="standing")


def _since(item: StandingQuestion, words: Words) -> str:
    return words.fill("news_of", since=words.date(item.reviewed.astimezone().date()))
