"""The page: Gradio's components, and what each event does to them.

Imported by `qa.server.chat.mount` alone, after the switches that keep gradio from
calling home; gradio takes seconds to import.
"""

import json
import logging
from collections.abc import Callable
from dataclasses import replace
from typing import Any
from urllib.parse import unquote

import gradio as gr

from corpus.errors import ArticleQAError
from qa.answering.answerability import load_model
from qa.i18n import Words
from qa.server.chat import digests, filters, sidebar
from qa.server.chat.dialogue import Dialogue, Place
from qa.server.chat.filters import Chosen
from qa.server.chat.front import browser_of, last_visit, page_language
from qa.server.chat.parts import line, plain, several, translations
from qa.server.chat.start import StartPage, status_line
from qa.server.chat.tabs import InTurn, Tabs
from qa.server.page_routes import whole_number
from qa.server.readiness import Readiness

log = logging.getLogger(__name__)

Update = dict[Any, Any]
"""Component -> what it shows from now on."""


class ChatPage:
    """The chat: `build` makes the components, the other methods are their events."""

    def __init__(self, dialogue: Dialogue, readiness: Readiness) -> None:
        self.dialogue = dialogue
        self.readiness = readiness
        self.collection = dialogue.collection
        self._in_turn = InTurn()
        self._tabs = Tabs()
        self._start = StartPage(self.collection)

    # Components

    def build(self) -> gr.Blocks:
        """Return the page; `chat.mount` serves it with its headers and files."""
        page = gr.Blocks(title="article-qa", fill_width=True, analytics_enabled=False)
        with page:
            self._head()
            with gr.Row(elem_id="room", equal_height=False):
                with gr.Column(elem_id="side", scale=0, min_width=240):
                    self._side()
                with gr.Column(elem_id="talk", scale=3, min_width=320):
                    self._talk()
                with gr.Column(elem_id="evidence", scale=2, min_width=320):
                    self.panel = gr.Markdown("", elem_id="sources", **plain())
            # What a tab knows of itself, so that a restarted server need not.
            self.here = gr.Textbox("", elem_id="here", visible="hidden")
            self.editing = gr.Textbox("", elem_id="editing", visible="hidden")
            self.articles = gr.Textbox("", elem_id="articles", visible="hidden")
            # What a button that an answer brought with it asks for.
            self.command = gr.Textbox("", elem_id="command", visible="hidden")
            self.timer = gr.Timer(1.0)
            self._wire(page)
        page.queue(api_open=False)
        return page

    def _head(self) -> None:
        i18n = translations()
        with gr.Row(elem_id="top"):
            gr.Markdown("<h1>article-qa</h1>", elem_id="name", **plain())
            gr.Markdown(i18n("navigation"), elem_id="pages", **plain())
            self.status = gr.Markdown("", elem_id="status", **plain())
            gr.Markdown(i18n("side_button"), elem_id="side-button", **plain())
            self.fresh = gr.Button(i18n("new"), elem_id="new", size="sm", scale=0)
            gr.Markdown(i18n("switch"), elem_id="switch", **plain())

    def _side(self) -> None:
        i18n = translations()
        gr.Markdown(i18n("side_title"), elem_id="side-title", **plain())
        self.search = gr.Textbox(
            label=i18n("search_conversations"),
            placeholder=i18n("search_conversations"),
            elem_id="search",
            lines=1,
            max_lines=1,
            show_label=False,
        )
        self.list = gr.Markdown("", elem_id="list", **plain())

    def _talk(self) -> None:
        i18n = translations()
        self.chat = gr.Chatbot(
            label=i18n("conversation"),
            elem_id="chat",
            render_markdown=False,
            sanitize_html=True,
            allow_tags=False,
            latex_delimiters=[],
            buttons=[],
            autoscroll=False,
            feedback_options=None,
            group_consecutive_messages=False,
            layout="panel",
            height="100%",
            show_label=False,
        )
        with gr.Column(elem_id="filters"), gr.Row():
            self.since = line(i18n("since"), "since", placeholder="2024-10-25")
            self.until = line(i18n("until"), "until", placeholder="2024-10-25")
            self.sources = several(i18n("source_filter"), "filter-sources")
            self.languages = several(i18n("language_filter"), "filter-languages")
            self.undated = gr.Checkbox(False, label=i18n("undated"), elem_id="undated")
        self.chips = gr.Markdown("", elem_id="chips", **plain())
        self.field = gr.Textbox(
            label=i18n("question_label"),
            placeholder=i18n("question_hint"),
            elem_id="question",
            lines=1,
            max_lines=6,
            submit_btn=True,
            autofocus=True,
            show_label=False,
        )

    def _wire(self, page: gr.Blocks) -> None:
        # Past Gradio's queue: its event stream loses a question that is sent in the moment
        # in which the stream closes, and the page then waits for ever.
        direct: dict[str, Any] = {
            "queue": False,
            "show_progress": "hidden",
            "api_visibility": "private",
        }
        many: dict[str, Any] = {**direct, "trigger_mode": "multiple"}
        chosen = [
            self.since, self.until, self.sources, self.languages, self.undated, self.articles,
        ]  # fmt: skip
        shown = [self.here, self.chat, self.panel, self.list, self.chips]
        everything = [*shown, self.field, self.editing, *chosen]
        asked = self.field.submit(
            self.ask,
            [self.field, self.here, self.editing, *chosen],
            [*shown, self.field, self.editing],
            **direct,
        )
        # Each question gets its answer, one that is sent during another's answer too.
        # One request waits at a time: a browser has six connections to a server and no more.
        settled = asked.then(self.settle, self.here, None, trigger_mode="always_last", **direct)
        settled.then(self.show, self.here, [*shown, self.status], **many)
        self.command.change(
            self.act, [self.command, self.here, self.editing, *chosen], everything, **many
        )
        self.search.change(
            self.find, [self.search, self.here], self.list, trigger_mode="always_last", **direct
        )
        component: Any
        for component in chosen:
            component.change(self.choose, [self.editing, *chosen], self.chips, **many)
        self.fresh.click(self.restart, chosen, everything, **direct)
        page.load(self.arrive, chosen, everything, **direct)
        page.load(self.offer, None, [self.sources, self.languages], **direct)
        page.load(self.tick, None, [self.status, self.timer], **direct)
        self.timer.tick(self.tick, None, [self.status, self.timer], **direct)

    # Events

    # The request comes first, and the filters last, as Gradio hands the fields over.

    def ask(
        self, request: gr.Request, question: str, here: str, editing: str, *filters_set: Any
    ) -> Update:
        """Take a question; its answer follows by itself."""
        at, chosen = _place(here, request), Chosen.of(*filters_set)
        update: Update = {}
        with self._in_turn.of(at.owner):
            if chosen.is_reversed:  # said beside the filters, and costs no turn
                return {self.chips: filters.chips(chosen, at.words, whole_number(str(editing)))}
            if question.strip():  # an empty field was left by the Enter before
                update[self.field] = ""
                before = at.conversation
                at = self.dialogue.ask(at, question, chosen, whole_number(str(editing)))
                update[self.editing] = ""
                update[self.chips] = filters.chips(chosen, at.words)
                if at.conversation == before and not editing:
                    # The sources and the history come with the answer, which is looked for now.
                    update |= {self.here: before, self.chat: self.dialogue.messages(at)[0]}
                    return self._note_conversation(request, update)
            return self._note_conversation(request, update | self._conversation(at))

    async def settle(self, here: str) -> None:
        """Return once the conversation's questions have their answers."""
        await self.dialogue.pending.settle(str(here))

    def show(self, here: str, request: gr.Request) -> Update:
        """Show the conversation as it is now, unless the tab has left it meanwhile."""
        at = _place(here, request)
        with self._in_turn.of(at.owner):
            update: Update = {self.status: self._state(at.words)}
            if self._tabs.has_left(request.session_hash, at.conversation):
                return update
            return self._note_conversation(request, update | self._conversation(at))

    def arrive(self, request: gr.Request, *filters_set: Any) -> Update:
        """Show the conversation that the page's address names, or a new one."""
        named = dict(request.query_params)
        at = _place(str(named.get("c", "")), request)
        chosen = Chosen.of(*filters_set)
        with self._in_turn.of(at.owner):
            update = self._begin(at, chosen)
            if "a" in named:  # articles that the library sent here to be asked
                pairs = self.dialogue.name_articles(map(unquote, str(named["a"]).split()))
                update |= self._show_filters(replace(chosen, articles=pairs), at.words)
            if self.dialogue.store.find(at.owner, at.conversation) is not None:
                self.dialogue.refresh(at)
                update |= self._conversation(at)
            del update[self.field]  # who was faster than this has begun to type
            return self._note_conversation(request, update)

    def restart(self, request: gr.Request, *filters_set: Any) -> Update:
        """Leave the conversation, which is kept, for one that has not begun."""
        at = _place("", request)
        with self._in_turn.of(at.owner):
            return self._note_conversation(request, self._begin(at, Chosen.of(*filters_set)))

    def find(self, search: str, here: str, request: gr.Request) -> str:
        """List the conversations that hold some words."""
        return self._list_conversations(_place(here, request), str(search or ""))

    def choose(self, request: gr.Request, editing: str, *filters_set: Any) -> str:
        """Show the filters that are set."""
        return filters.chips(Chosen.of(*filters_set), _words(request), whole_number(str(editing)))

    def offer(self, request: gr.Request) -> Update:
        """List what can be chosen."""
        words = _words(request)
        try:
            there = self.collection.facets()
        except ArticleQAError as error:
            log.warning("The sources could not be listed: %s", error)
            return {}
        languages = filters.choices(there.languages, words.language_name)
        return {
            self.sources: gr.update(choices=filters.source_choices(there, words)),
            self.languages: gr.update(choices=languages),
        }

    def tick(self, request: gr.Request) -> Update:
        """Say how far the model is."""
        return {
            self.status: self._state(_words(request)),
            self.timer: gr.Timer(active=self.readiness.model == "loading"),
        }

    def act(
        self, request: gr.Request, command: str, here: str, editing: str, *filters_set: Any
    ) -> Update:
        """Do what a button asks for: {"do": verb, "with": what, …}."""
        try:
            order = json.loads(command)
            verb, what = str(order["do"]), str(order.get("with", ""))
        except (TypeError, ValueError, KeyError, AttributeError):
            verb, what, order = "", "", {}
        at, chosen = _place(here, request), Chosen.of(*filters_set)
        with self._in_turn.of(at.owner):
            done = self._carry_out(verb, what, order, at, chosen, whole_number(str(editing)))
            return self._note_conversation(request, done)

    def _carry_out(
        self, verb: str, what: str, order: Any, at: Place, chosen: Chosen, editing: int
    ) -> Update:
        number = whole_number(what)
        deeds: dict[str, Callable[[], None]] = {
            "stop": lambda: self.dialogue.stop(at),
            "retry": lambda: self.dialogue.again(at, number),
            "literal": lambda: self.dialogue.again(at, number, alone=True),
            "kind": lambda: self._ask_as(at, what),
            "degree": lambda: self._ask_surer(at, what),
            "delete": lambda: self.dialogue.delete(at, what),
            "helpful": lambda: self.dialogue.rate(at, number, helpful=True),
            "unhelpful": lambda: self.dialogue.rate(at, number, helpful=False),
            "watch": lambda: self.dialogue.keep(at, number),
            "unwatch": lambda: self.dialogue.give_up(number),
            "note": lambda: self.dialogue.note(at, number, str(order.get("note", ""))),
            "rename": lambda: self.dialogue.rename(at, what, str(order.get("title", ""))),
        }
        changes: dict[str, Callable[[], Update]] = {
            "open": lambda: self._open(at, what),
            "new": lambda: self._begin(replace(at, conversation=""), chosen),
            "only": lambda: self._ask_only(at, what, chosen, editing),
            "edit": lambda: self._edit(at, number, chosen),
            "keep": lambda: {
                self.field: "",
                self.editing: "",
                self.chips: filters.chips(chosen, at.words),
            },
            "date": lambda: self._date(at, what, chosen),
            "news": lambda: self._conversation(self.dialogue.ask_news(at, number)),
            "suggested": lambda: self._ask_suggested(at, what, chosen),
            "unfilter": lambda: self._unfilter(chosen, what, at.words, editing),
        }
        if verb in changes:
            return changes[verb]()
        deeds.get(verb, lambda: None)()
        return self._conversation(at)

    # What the buttons do

    def _open(self, at: Place, conversation: str) -> Update:
        at = replace(at, conversation=conversation)
        self.dialogue.refresh(at)
        return {**self._conversation(at), self.editing: ""}

    def _ask_as(self, at: Place, what: str) -> None:
        """Ask the last question again for another kind of answer: "3-timeline"."""
        number, _, kind = what.partition("-")
        if kind in digests.OFFERED:
            self.dialogue.again(at, whole_number(number), kind=kind)

    def _ask_surer(self, at: Place, what: str) -> None:
        """Ask the last question again, with a strictness: "3-lenient"."""
        number, _, strictness = what.partition("-")
        if strictness in load_model().least:
            self.dialogue.again(at, whole_number(number), strictness=strictness)

    def _edit(self, at: Place, number: int, chosen: Chosen) -> Update:
        turn = self.dialogue.turn(at, number)
        if turn is None:
            return {}
        return {
            self.field: turn.question,
            self.editing: str(number),
            self.chips: filters.chips(chosen, at.words, number),
        }

    def _ask_suggested(self, at: Place, what: str, chosen: Chosen) -> Update:
        number, place = (whole_number(part) for part in what.partition("-")[::2])
        question = self.dialogue.find_suggestion(at, number, place)
        return self._conversation(self.dialogue.ask(at, question, chosen) if question else at)

    def _ask_only(self, at: Place, what: str, chosen: Chosen, editing: int) -> Update:
        """From now on ask the article of a card, beside those that are chosen already."""
        number, place = (whole_number(part) for part in what.partition("-")[::2])
        found = self.dialogue.find_passage(at, number, place)
        if found is not None:
            pairs = (*chosen.articles, *self.dialogue.name_articles([found.article.uri]))
            chosen = replace(chosen, articles=tuple(dict(pairs).items()))
        return self._show_filters(chosen, at.words, editing)

    def _date(self, at: Place, what: str, chosen: Chosen) -> Update:
        """Filter by a time that a question named, and ask it again."""
        number, place = (whole_number(part) for part in what.partition("-")[::2])
        turn = self.dialogue.turn(at, number)
        if turn is None or turn.answer is None or place >= len(turn.answer.dates):
            return self._conversation(at)
        named = turn.answer.dates[place]
        days = [day.isoformat() if day else "" for day in (named.since, named.until)]
        chosen = replace(chosen, since=days[0], until=days[1])
        is_last = self.dialogue.turn(at, number + 1) is None
        at = self.dialogue.ask(at, turn.question, chosen, number if is_last else 0)
        return {**self._conversation(at), **self._show_filters(chosen, at.words)}

    def _unfilter(self, chosen: Chosen, what: str, words: Words, editing: int) -> Update:
        name, _, place = what.partition("-")
        return self._show_filters(chosen.without(name, whole_number(place)), words, editing)

    def _show_filters(self, chosen: Chosen, words: Words, editing: int = 0) -> Update:
        return {
            self.since: chosen.since,
            self.until: chosen.until,
            self.sources: list(chosen.sources),
            self.languages: list(chosen.languages),
            self.undated: chosen.undated,
            self.articles: json.dumps(chosen.articles),
            self.chips: filters.chips(chosen, words, editing),
        }

    # Inside

    def _note_conversation(self, request: gr.Request, update: Update) -> Update:
        """Keep which conversation a tab shows from now on; return what it shows."""
        if self.here in update:
            self._tabs.goes_to(request.session_hash, update[self.here])
        return update

    def _begin(self, at: Place, chosen: Chosen) -> Update:
        """Return what shows that nothing was asked yet, with the filters that are set."""
        return {
            **self._conversation(replace(at, conversation="")),
            self.chips: filters.chips(chosen, at.words),
            self.field: "",
            self.editing: "",
        }

    def _conversation(self, at: Place) -> Update:
        """Return what shows a conversation; of one that is not there, an empty page."""
        here = at.conversation
        if here and self.dialogue.store.find(at.owner, here) is None:
            here = ""
        at = replace(at, conversation=here)
        messages, panel = self.dialogue.messages(at)
        chat: Any = messages
        if not messages:
            welcome = self._start.welcome(at.words, self.dialogue.standing.all(), at.since)
            chat = gr.update(value=[], placeholder=welcome)
        return {
            self.here: here,
            self.chat: chat,
            self.panel: panel,
            self.list: self._list_conversations(at),
        }

    def _list_conversations(self, at: Place, search: str = "") -> str:
        found = self.dialogue.store.list_conversations(at.owner, search)
        listed = sidebar.render_list(
            found, at.conversation, at.words, searching=bool(search.strip())
        )
        return listed + sidebar.render_standing(self.dialogue.standing.all(), at.words)

    def _state(self, words: Words) -> str:
        state = {"loading": "loading", "failed": "loading_failed"}.get(self.readiness.model, "")
        return status_line(self.collection, words, state, self.readiness.failure)


def _place(here: str, request: gr.Request) -> Place:
    # Without the cookie, a page knows at least itself.
    owner = browser_of(request.headers) or f"page-{request.session_hash}"
    since = last_visit(request.headers)
    return Place(owner, str(here or "")[:64], _words(request), since)


def _words(request: gr.Request) -> Words:
    return Words(page_language(request.headers))
