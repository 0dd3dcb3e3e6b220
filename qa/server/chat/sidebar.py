"""The list of conversations, as HTML; pure functions."""

from collections.abc import Sequence

from qa.chat_history import Conversation
from qa.i18n import Words
from qa.server.chat.render import button, escape, tag
from qa.standing import StandingQuestion

FORMATS = ("md", "html", "docx")


def render_list(
    conversations: Sequence[Conversation], here: str, words: Words, *, searching: bool = False
) -> str:
    """Return an owner's conversations, the one that is open with what can be done with it."""
    if not conversations:
        return tag("p", escape(words["none_found" if searching else "none_yet"]), class_="hint")
    items = [_item(each, words, here=each.id == here) for each in conversations]
    return tag("ul", "".join(items), class_="conversations")


def _item(conversation: Conversation, words: Words, *, here: bool) -> str:
    name = conversation.id
    day = words.date(conversation.changed.astimezone().date())
    opener = tag(
        "button",
        tag("span", escape(conversation.title), class_="title")
        + tag("span", escape(day), class_="line"),
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
