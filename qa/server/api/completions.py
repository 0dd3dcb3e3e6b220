"""The OpenAI-compatible API: the collection as a chat model that cites.

Whatever talks to OpenAI's chat completions can ask: the last message of the user is the
question, those before it are the history. Sampling options are accepted and change nothing.
The message is Markdown: text of articles is escaped, so that none of it becomes a link or a
picture; `article_qa` beside the choices has it verbatim, with offsets.
"""

import json
import secrets
import time
from collections.abc import AsyncGenerator, Callable, Iterator
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Request
from pydantic import BaseModel, ConfigDict, Field
from starlette.responses import JSONResponse, Response

from corpus.errors import QuestionError
from index.search import MAX_QUESTION
from qa.options import SearchOptions
from qa.requests import Flag, SearchChoice
from qa.results import Answer
from qa.server.api.cited import annotations, message_text
from qa.server.api.problems import RefusedBy, of_error
from qa.server.api.routes import EVENTS, ONE_EVENT, event_stream, note, wait_for_answer
from qa.server.service import Service
from qa.server.work import while_there
from qa.streaming import Event, Finished

MODEL = "article-qa"


class TextPart(BaseModel):
    """A piece of a message that is read."""

    type: Literal["text"]
    text: Annotated[str, Field(max_length=100_000)]


class OtherPart(BaseModel):
    """A piece of a message that is left out, which the answer then says."""

    model_config = ConfigDict(extra="allow")

    type: Literal["image_url", "input_image", "input_audio", "file", "input_file", "video_url"]


Part = Annotated[TextPart | OtherPart, Field(discriminator="type")]


class ChatMessage(BaseModel):
    """A message of the conversation."""

    role: Literal["system", "developer", "user", "assistant", "tool"]
    content: Annotated[str, Field(max_length=100_000)] | Annotated[list[Part], Field(max_length=50)]

    def text(self) -> str:
        """Return what it says."""
        if isinstance(self.content, str):
            return self.content
        return "\n".join(part.text for part in self.content if isinstance(part, TextPart))

    def is_text(self) -> bool:
        """Tell whether all of it is read."""
        return isinstance(self.content, str) or all(
            isinstance(part, TextPart) for part in self.content
        )


class ChatRequest(BaseModel):
    """A conversation; other parameters of OpenAI's are accepted and change nothing."""

    model_config = ConfigDict(extra="allow", use_attribute_docstrings=True)

    model: Literal["article-qa"]
    messages: Annotated[list[ChatMessage], Field(min_length=1, max_length=1000)]
    stream: Flag | None = None
    article_qa: SearchChoice | None = None
    """Filters of our own, as /api/ask has them."""


class Function(BaseModel):
    """What a finished message says."""

    role: Literal["assistant"] = "assistant"
    content: str
    annotations: list[dict[str, Any]]
    """Citations with an address, as OpenAI gives them: type url_citation."""


class ChoiceGiven(BaseModel):
    """The one choice."""

    index: int
    message: Function
    finish_reason: Literal["stop"]


class Completion(BaseModel):
    """An answer in OpenAI's shape."""

    id: str
    object: Literal["chat.completion"]
    created: int
    model: str
    choices: list[ChoiceGiven]
    article_qa: dict[str, Any]
    """The answer as /api/ask gives it, without its passages."""


class Model(BaseModel):
    """A model that can be named."""

    id: str
    object: Literal["model"] = "model"
    created: int
    owned_by: str = "article-qa"


class Models(BaseModel):
    """The models that can be named: one."""

    object: Literal["list"] = "list"
    data: list[Model]


class OpenAIError(BaseModel):
    """An error in OpenAI's shape."""

    error: dict[str, Any]


_FAILURES: dict[int | str, dict[str, Any]] = {
    status: {"model": OpenAIError, "description": text}
    for status, text in {
        400: "Malformed", 401: "No valid key", 403: "A page of another site asks",
        404: "No such model", 408: "The body does not arrive", 413: "Too large",
        422: "A question that cannot be used", 429: "Too many requests",
        503: "Busy, or the collection cannot be asked", 504: "It took too long",
    }.items()
}  # fmt: skip
_STREAM: dict[int | str, dict[str, Any]] = {
    200: {
        "content": {EVENTS: {"schema": ONE_EVENT}},
        "description": "The completion; or its chunks, of which the last but one has `article_qa`",
    }
}


def openai_router(service: Service) -> APIRouter:
    """Return the routes below /v1."""
    router = APIRouter(prefix="/v1", tags=["openai"], responses=_FAILURES)
    began = int(time.time())

    @router.get("/models", response_model=Models)
    async def models() -> Models:
        """List the models: the collection is the only one."""
        return Models(data=[Model(id=MODEL, created=began)])

    @router.get("/models/{model}", response_model=Model)
    async def one(model: str) -> Model:
        """Describe the model."""
        if model != MODEL:
            raise RefusedBy(404, f"There is one model here: {MODEL}.")
        return Model(id=MODEL, created=began)

    @router.post("/chat/completions", response_model=Completion, responses=_STREAM)
    async def complete(body: ChatRequest, request: Request) -> Response:
        """Answer the last message of the user from the articles, with citations."""
        begin = _begin(service, body, request)
        events = service.answering(begin)
        head = {"id": f"chatcmpl-{secrets.token_hex(12)}", "created": int(time.time())}
        partly = not body.messages[_asking(body)].is_text()
        if body.stream:
            chunks = _Chunks(head, partly=partly)
            return await event_stream(request, _until_known(events), chunks.write, failed_chunk)
        answer = await while_there(request, wait_for_answer(events))
        return JSONResponse(_completion(head, answer, partly=partly))

    return router


def _begin(service: Service, body: ChatRequest, request: Request) -> Callable[[], Iterator[Event]]:
    """Return what asks the question.

    Raises:
        QuestionError: no message of the user's is there.
    """
    at = _asking(body)
    question = body.messages[at].text()
    if not question.strip() and not body.messages[at].is_text():
        raise QuestionError("The question has no text, and only text is read. Write the question.")
    if len(question) > MAX_QUESTION:
        raise QuestionError(f"The question is too long: at most {MAX_QUESTION:,} characters.")
    note(request, question)
    history = [
        {"role": item.role, "content": item.text()}
        for item in body.messages[:at]
        if item.role in ("user", "assistant")
    ]
    options: SearchOptions = body.article_qa.options() if body.article_qa else {}
    return lambda: service.collection.ask_stream(question, history, **options)


def _asking(body: ChatRequest) -> int:
    """Return the place of the message that asks.

    Raises:
        QuestionError: no message of the user's is there.
    """
    at = max((i for i, item in enumerate(body.messages) if item.role == "user"), default=None)
    if at is None:
        raise QuestionError("No message has the role user. The last one that has is the question.")
    return at


async def _until_known(
    events: AsyncGenerator[Event | None, None],
) -> AsyncGenerator[Event | None, None]:
    """Pass the events on; what a client of this API cannot show becomes a sign of life.

    Pieces and checked sentences may be taken back, and a client here can take nothing back.
    """
    try:
        async for event in events:
            yield event if isinstance(event, Finished) else None
    finally:
        await events.aclose()


class _Chunks:
    """The chunks of one streamed completion."""

    def __init__(self, head: dict[str, Any], *, partly: bool) -> None:
        self._head = {**head, "object": "chat.completion.chunk", "model": MODEL}
        self._partly = partly

    def write(self, event: Event | None) -> str:
        """Return an event's chunks; the answer is followed by the end of the stream."""
        if not isinstance(event, Finished):
            return ": still here\n\n"
        answer = event.answer
        text = message_text(answer, partly=self._partly)
        parts = [f"{line}\n" for line in text.split("\n")]
        parts[-1] = parts[-1][:-1]
        deltas: list[dict[str, Any]] = [{"role": "assistant", "content": ""}]
        deltas += [{"content": part} for part in parts if part]
        chunks = [self._chunk(delta, None) for delta in deltas]
        last = {"annotations": annotations(answer, text)}
        chunks.append(self._chunk(last, "stop", article_qa=_extra(answer)))
        return "".join([*chunks, "data: [DONE]\n\n"])

    def _chunk(self, delta: dict[str, Any], finish: str | None, **extra: Any) -> str:
        choice = {"index": 0, "delta": delta, "finish_reason": finish}
        content = {**self._head, "choices": [choice], **extra}
        return f"data: {json.dumps(content, ensure_ascii=False)}\n\n"


def failed_chunk(error: Exception) -> str:
    """Return the chunk that ends a stream which cannot go on."""
    _, detail, _ = of_error(error)
    content = {"error": {"message": detail, "type": "server_error", "param": None, "code": None}}
    return f"data: {json.dumps(content)}\n\n"


def _completion(head: dict[str, Any], answer: Answer, *, partly: bool) -> dict[str, Any]:
    text = message_text(answer, partly=partly)
    message = {
        "role": "assistant",
        "content": text,
        "annotations": annotations(answer, text),
    }
    return {
        **head,
        "object": "chat.completion",
        "model": MODEL,
        "choices": [{"index": 0, "message": message, "finish_reason": "stop"}],
        "article_qa": _extra(answer),
    }


def _extra(answer: Answer) -> dict[str, Any]:
    """Return the answer without its passages: each citation has its own."""
    found = answer.to_dict()
    del found["passages"]
    return found
