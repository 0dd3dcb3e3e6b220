"""The page where a language model is chosen, tried, switched on and off.

Only who runs the server may change it: this machine's user, or an admin of the password file.
A key that is typed goes to its endpoint and into the user's settings file; no page shows it.
"""

from collections.abc import Sequence
from dataclasses import replace
from itertools import islice
from threading import Lock
from time import monotonic
from typing import TYPE_CHECKING, Any

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from corpus.errors import ArticleQAError, SettingsError
from qa.generation import openai_client
from qa.generation.generate import given_passages
from qa.generation.prompts import message
from qa.generation.protocol import GeneratorError, Message, messages
from qa.i18n import Words
from qa.server.options import Options
from qa.server.page_routes import is_from_here, problem, query_of, route
from qa.server.rendering import render_page
from qa.settings import Secret, Settings, load_settings, write_settings

if TYPE_CHECKING:
    from fastapi import FastAPI

    from qa.collection import Collection

KNOWN = (
    ("Ollama", "http://127.0.0.1:11434/v1"),
    ("LM Studio", "http://127.0.0.1:1234/v1"),
    ("llama.cpp", "http://127.0.0.1:8080/v1"),
)
"""Programs that serve language models, and where on this machine they usually do."""
_LOOK_S = 3.0
_LIST_S = 10.0
_TRY_S = 30.0
_TRIED_CHARACTERS = 300
_NAMES = ("endpoint", "language_model", "api_key")
_LONGEST = 500


class LanguageModelPage:
    """The page at `/settings`."""

    def __init__(
        self,
        collection: "Collection",
        options: Options,
        known: Sequence[tuple[str, str]] | None = None,
    ) -> None:
        """Take a collection, whose settings change, and who may change them."""
        self.collection = collection
        self._options = options
        self._known = KNOWN if known is None else known
        self._lock = Lock()
        # What was typed last, until it is saved: a page cannot bring a key back.
        self._typed: tuple[str, Secret] = ("", Secret(""))

    def add_routes(self, app: "FastAPI") -> None:
        """Open the page."""
        route(app, "/settings", self.settings)
        route(app, "/settings", self.change, methods=["POST"])

    async def settings(self, request: Request, words: Words) -> Response:
        """Show what is set, and what a language model would be sent for a question."""
        if not self._may(request):
            return problem(words, words["model_not_yours"], 403)
        question = request.query_params.get("q", "").strip()[:_LONGEST]
        values: dict[str, Any] = {}
        if question:
            try:
                sent = await run_in_threadpool(self._what_is_sent, question)
            except ArticleQAError as error:
                values["trouble"] = words.reason(error.text)
            else:
                values |= {"sent": sent, "question": question}
        return await self._page(request, words, **values)

    async def change(self, request: Request, words: Words) -> Response:
        """Do what a button of the page says."""
        if not self._may(request):
            return problem(words, words["model_not_yours"], 403)
        if not is_from_here(request):
            return problem(words, words["foreign"], 403)
        async with request.form(max_files=0, max_fields=10) as sent:
            typed = {name: str(sent.get(name, "")).strip()[:_LONGEST] for name in _NAMES}
            deed = str(sent.get("do", ""))
        if deed == "off":
            return await self._save(request, words, dict.fromkeys(_NAMES, ""))
        if deed == "look":
            found = await run_in_threadpool(self._look)
            return await self._page(request, words, found=found)
        try:
            chosen = self._choose(typed)
        except SettingsError:
            return await self._page(request, words, trouble=words["endpoint_wrong"], status=400)
        if not openai_client.has_client():
            return await self._page(request, words, trouble=words["model_no_client"], status=400)
        shown: dict[str, Any] = {"chosen": chosen}
        try:
            if deed == "models":
                shown["models"] = await run_in_threadpool(
                    openai_client.list_models, chosen, _LIST_S
                )
            elif not chosen.language_model:
                return await self._page(
                    request, words, trouble=words["model_missing"], status=400, **shown
                )
            elif deed == "try":
                shown["tried"] = await run_in_threadpool(_try, chosen, words)
            else:
                values = {"endpoint": chosen.endpoint, "language_model": chosen.language_model}
                return await self._save(request, words, values, chosen.api_key)
        except GeneratorError as error:
            reason = message(error.failure, words.language, detail=error.detail, timeout_s=_TRY_S)
            shown["trouble"] = words.fill("model_trouble", reason=reason)
        return await self._page(request, words, **shown)

    # Inside

    def _may(self, request: Request) -> bool:
        return self._options.is_private or bool(getattr(request.state, "admin", False))

    def _choose(self, typed: dict[str, str]) -> Settings:
        """Return the settings with what was typed; a key goes to the endpoint it was given for.

        Raises:
            SettingsError: the endpoint is none.
        """
        held = self.collection.settings
        chosen = held.with_values(
            endpoint=typed["endpoint"], language_model=typed["language_model"]
        )
        if not chosen.endpoint:
            raise SettingsError("There is no endpoint.")
        with self._lock:
            if typed["api_key"]:
                self._typed = (chosen.endpoint, Secret(typed["api_key"]))
            endpoint, key = self._typed
        if endpoint != chosen.endpoint:
            key = held.api_key if held.endpoint == chosen.endpoint else Secret("")
        if not key.reveal().isascii():
            raise SettingsError("A key has only ASCII characters.")
        return replace(chosen, api_key=key)

    async def _save(
        self, request: Request, words: Words, values: dict[str, str], key: Secret | None = None
    ) -> Response:
        changes: dict[str, str | Secret] = {**values, "api_key": key or ""}
        held = self.collection.settings
        for name in _NAMES:  # what the environment sets is not ours to write
            if held.origin(name).startswith("ARTICLE_QA_"):
                changes.pop(name)

        def save() -> None:
            write_settings(changes)
            self.collection.settings = load_settings(self.collection.path)

        try:
            await run_in_threadpool(save)
        except SettingsError as error:
            trouble = words.fill("settings_not_written", reason=words.reason(error.text))
            return await self._page(request, words, trouble=trouble, status=500)
        with self._lock:
            self._typed = ("", Secret(""))
        return RedirectResponse("/settings", status_code=303)

    def _look(self) -> list[tuple[str, str, list[str]]]:
        """Return the programs on this machine that answer: name, endpoint, models."""
        found = []
        for name, endpoint in self._known if openai_client.has_client() else ():
            asked = replace(self.collection.settings, endpoint=endpoint, api_key=Secret(""))
            try:
                found.append((name, endpoint, openai_client.list_models(asked, _LOOK_S)))
            except GeneratorError:
                continue
        return found

    def _what_is_sent(self, question: str) -> list[Message]:
        """Return what a language model is sent for a question; none, where it is not asked."""
        answer = self.collection.ask(question, generator=False)
        if not answer.sentences or answer.kind == "timeline":
            return []
        given, many = given_passages(answer), answer.digest is not None
        asked = f"{answer.context} {answer.question}".strip()
        return messages(asked, given, answer.language, many=many)

    async def _page(
        self, request: Request, words: Words, *, status: int = 200, **shown: Any
    ) -> Response:
        held = self.collection.settings
        values = {
            "held": held,
            "chosen": held,
            "found": None,
            "models": (),
            "tried": None,
            "sent": None,
            "question": "",
            "trouble": "",
            "has_key": bool(held.api_key) or bool(self._typed[0]),
            "by_environment": [
                held.origin(name) for name in _NAMES if held.origin(name).startswith("ARTICLE_QA_")
            ],
        } | shown
        if not values["question"]:
            asked = await run_in_threadpool(self.collection.suggest, words.language)
            # The first is a timeline, which is never sent.
            values["question"] = next(iter(asked[::-1]), "")
        return render_page(
            "settings.html", words, here="/settings", title=words["settings"],
            query=query_of(request), status=status, **values,
        )  # fmt: skip


def _try(settings: Settings, words: Words) -> tuple[str, str]:
    """Have a language model say something; return that, and the seconds that it took."""
    began = monotonic()
    model = openai_client.EndpointGenerator(replace(settings, timeout_s=_TRY_S, max_tokens=60))
    said = "".join(islice(model.write([Message("user", words["model_greeting"])]), 500))
    if not said.strip():
        raise GeneratorError("empty")
    return said.strip()[:_TRIED_CHARACTERS], words.decimal(monotonic() - began)
