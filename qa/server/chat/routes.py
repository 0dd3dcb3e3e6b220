"""The page's own routes beside Gradio's: answers on their way, and conversations to download."""

import json
from collections.abc import AsyncIterator
from datetime import date
from functools import partial
from typing import TYPE_CHECKING, Any

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response, StreamingResponse

from qa.i18n import Words
from qa.server.chat.dialogue import Dialogue
from qa.server.chat.front import browser_of, page_language
from qa.server.exports.document import FORMATS, attachment_headers, write_document
from qa.server.exports.review import write_review
from qa.server.page_routes import is_from_here
from qa.server.rendering import render_page
from qa.standing import find_all_news

if TYPE_CHECKING:
    from fastapi import FastAPI


def add_routes(app: "FastAPI", dialogue: Dialogue) -> None:
    """Open `/ui/answer/KEY`, `/ui/export/ID.FORMAT` and `/ui/review.FORMAT`.

    The first two show an owner only their own; the standing questions are everybody's.
    """

    async def stream(request: Request) -> Response:
        pending = dialogue.pending.find(request.path_params["key"])
        if pending is not None and pending.owner != browser_of(request.headers):
            pending = None

        async def events() -> AsyncIterator[str]:
            if pending is not None:
                async for text in pending.watch():
                    yield _event("show", text)
            yield _event("end", "")

        # A proxy that collects the events would make the page wait for the last one.
        headers = {"cache-control": "no-store", "x-accel-buffering": "no"}
        return StreamingResponse(events(), media_type="text/event-stream", headers=headers)

    def download(request: Request) -> Response:
        name, _, suffix = request.path_params["name"].rpartition(".")
        owner = browser_of(request.headers)
        found = dialogue.store.find(owner, name) if owner else None
        if found is None or suffix not in FORMATS:
            return PlainTextResponse("Not here", status_code=404)
        words, today = Words(page_language(request.headers)), date.today()
        turns = dialogue.store.turns(owner, name)
        # Where it is called by its first question, that stands as a heading by itself.
        is_named = not turns or not turns[0].question.startswith(found.title.rstrip(" …"))
        title = found.title if is_named else words["conversation"]
        content = write_document(title, turns, words, today, suffix)
        headers = attachment_headers(found.title, suffix, today)
        return Response(content, media_type=FORMATS[suffix], headers=headers)

    route: Any = app.add_route
    route("/ui/review.{suffix}", partial(_give_review, dialogue=dialogue), methods=["POST"])
    route("/ui/answer/{key}", stream)
    route("/ui/export/{name}", download)


def _give_review(request: Request, dialogue: Dialogue) -> Response:
    """Return the press review, and note that it was had."""
    suffix = request.path_params["suffix"]
    words, moment = Words(page_language(request.headers)), dialogue.standing.now()
    if not is_from_here(request):
        return PlainTextResponse(words["foreign"], status_code=403)
    if suffix not in FORMATS:
        return PlainTextResponse("Not here", status_code=404)
    kept = dialogue.standing.all()
    news = find_all_news(dialogue.collection, kept)
    # What it tells is not told again, and what is of something else is not looked at again.
    dialogue.standing.mark_reviewed([item.id for item in kept], moment)
    if not news:
        return render_page(
            "problem.html", words, here="/", title=words["review_nothing"],
            text="", ways=[("/", "nav_chat", "strong")],
        )  # fmt: skip
    content = write_review(news, moment.date(), suffix)
    headers = attachment_headers(words["review_name"], suffix, moment.date())
    return Response(content, media_type=FORMATS[suffix], headers=headers)


def _event(name: str, text: str) -> str:
    return f"event: {name}\ndata: {json.dumps(text)}\n\n"
