"""The OpenAI-compatible API, asked by the official client."""

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import openai
import pytest
from openai import OpenAI

from qa.collection import Collection, open_collection
from qa.server import Options, application
from qa.server.api.cited import annotations, markdown, message_text
from tests.fakes import FakeEncoder
from tests.qa.server.chat.fake import HOSTILE, LIBRARY, FakeCollection
from tests.qa.server.conftest import ANSWER, QUESTION, Slow, running


@pytest.fixture(scope="module")
def asked(library: Collection) -> Iterator[OpenAI]:
    with running(application(library, Options(hosts=None), page=False)) as address:
        yield OpenAI(base_url=f"{address}/v1", api_key="none", max_retries=0)


def user(text: str) -> Any:
    return {"role": "user", "content": text}


def test_the_client_gets_an_answer_with_its_citations(asked: OpenAI, library: Collection) -> None:
    done = asked.chat.completions.create(
        model="article-qa", messages=[user(QUESTION)], temperature=0.3, max_tokens=9, user="x"
    )
    (choice,) = done.choices
    assert choice.finish_reason == "stop"
    assert choice.message.role == "assistant"
    text = choice.message.content or ""
    assert text.startswith(f"{ANSWER} [1]\n\n**Quellen**\n\n[1] Neue Fähre für Osterholm, Abs. 4:")
    extra = (done.model_extra or {})["article_qa"]
    (citation,) = extra["citations"]
    article = library.article(citation["passage"]["article"]["uri"])
    assert article.text[citation["start"] : citation["end"]] == citation["quote"] == ANSWER
    assert "passages" not in extra


@pytest.mark.parametrize("stream", [False, True])
def test_a_picture_is_left_out_with_a_note(asked: OpenAI, stream: bool) -> None:
    picture = {"type": "image_url", "image_url": {"url": "data:image/png;base64,iVBORw0KGgo="}}
    content: Any = [{"type": "text", "text": QUESTION}, picture]
    messages: Any = [{"role": "user", "content": content}]
    done: Any = asked.chat.completions.create(model="article-qa", messages=messages, stream=stream)
    if stream:
        text = "".join(chunk.choices[0].delta.content or "" for chunk in done)
    else:
        text = done.choices[0].message.content
    assert text.startswith(f"{ANSWER} [1]")
    assert text.endswith("Bilder, Ton und Dateien bleiben außer Betracht.")
    # One of an earlier turn is nothing to say of this one.
    later = [*messages, {"role": "assistant", "content": ANSWER}, user(QUESTION)]
    whole = asked.chat.completions.create(model="article-qa", messages=later)
    assert "Bilder" not in (whole.choices[0].message.content or "")


def test_a_picture_alone_asks_nothing(asked: OpenAI) -> None:
    picture = {"type": "image_url", "image_url": {"url": "https://example.org/a.png"}}
    content: Any = [{"role": "user", "content": [picture]}]
    with pytest.raises(openai.UnprocessableEntityError, match="only text is read"):
        asked.chat.completions.create(model="article-qa", messages=content)
    strange: Any = [{"role": "user", "content": [{"type": "hologram"}]}]
    with pytest.raises(openai.APIStatusError):
        asked.chat.completions.create(model="article-qa", messages=strange)


def test_a_stream_adds_up_to_the_same_message(asked: OpenAI) -> None:
    whole = asked.chat.completions.create(model="article-qa", messages=[user(QUESTION)])
    chunks = list(
        asked.chat.completions.create(model="article-qa", messages=[user(QUESTION)], stream=True)
    )
    text = "".join(chunk.choices[0].delta.content or "" for chunk in chunks)
    assert text == whole.choices[0].message.content
    assert chunks[0].choices[0].delta.role == "assistant"
    assert [chunk.choices[0].finish_reason for chunk in chunks] == [None] * (len(chunks) - 1) + [
        "stop"
    ]
    extra, expected = chunks[-1].model_extra, whole.model_extra
    assert extra is not None
    assert expected is not None
    assert extra["article_qa"] == expected["article_qa"]


def test_the_stream_helper_of_the_client_takes_it(asked: OpenAI) -> None:
    with asked.chat.completions.stream(model="article-qa", messages=[user(QUESTION)]) as stream:
        for _ in stream:
            pass
        final = stream.get_final_completion()
    assert (final.choices[0].message.content or "").startswith(f"{ANSWER} [1]")


def test_earlier_messages_are_the_history(asked: OpenAI) -> None:
    messages = [
        {"role": "system", "content": "Be brief."},
        user("Was zeigt das Uhrenmuseum von Immersen?"),
        {"role": "assistant", "content": "Vierhundert Taschenuhren. [1]"},
        {"role": "user", "content": [{"type": "text", "text": "Und wer leitet es?"}]},
    ]
    done = asked.chat.completions.create(model="article-qa", messages=messages)
    extra = (done.model_extra or {})["article_qa"]
    assert extra["asked"] == "Und wer leitet es?"
    assert "Uhrenmuseum" in extra["context"]


def test_filters_go_in_a_field_of_our_own(asked: OpenAI) -> None:
    filters = {"article_qa": {"sources": ["Nobody"]}}
    done = asked.chat.completions.create(
        model="article-qa", messages=[user(QUESTION)], extra_body=filters
    )
    assert (done.model_extra or {})["article_qa"]["refusal"] == "filtered"
    assert "**" not in (done.choices[0].message.content or "")
    with pytest.raises(openai.BadRequestError, match=r"article_qa\.source"):
        asked.chat.completions.create(
            model="article-qa", messages=[user("Wann?")], extra_body={"article_qa": {"source": 1}}
        )


def test_there_is_one_model(asked: OpenAI) -> None:
    assert [model.id for model in asked.models.list()] == ["article-qa"]
    assert asked.models.retrieve("article-qa").owned_by == "article-qa"
    with pytest.raises(openai.NotFoundError, match="There is one model here"):
        asked.models.retrieve("gpt-5")
    with pytest.raises(openai.BadRequestError, match=r"body\.model"):
        asked.chat.completions.create(model="gpt-5", messages=[user("Wann?")])


def test_what_is_no_question_is_an_error_of_the_client(asked: OpenAI) -> None:
    create = asked.chat.completions.create
    with pytest.raises(openai.UnprocessableEntityError, match="too long"):
        create(model="article-qa", messages=[user("x" * 4001)])
    with pytest.raises(openai.UnprocessableEntityError, match="question is empty"):
        create(model="article-qa", messages=[user(" ")], stream=True)
    with pytest.raises(openai.UnprocessableEntityError, match="No message has the role user"):
        create(model="article-qa", messages=[{"role": "system", "content": "x"}])
    with pytest.raises(openai.BadRequestError, match="messages"):
        create(model="article-qa", messages=[])


def test_a_stream_that_breaks_is_an_error_of_the_client(library: Collection) -> None:
    slow = Slow(library)
    slow.crash = RuntimeError("secret detail")
    with running(application(slow, Options(hosts=None), page=False)) as address:
        client = OpenAI(base_url=f"{address}/v1", api_key="none", max_retries=0)
        stream = client.chat.completions.create(
            model="article-qa", messages=[user(QUESTION)], stream=True
        )
        with pytest.raises(openai.APIError, match="The server made a mistake"):
            list(stream)


def test_an_address_is_an_annotation_at_its_marker(tmp_path: Path) -> None:
    page = tmp_path / "ferry.html"
    page.write_text(
        '<html lang="de"><head><title>Fähre</title>'
        '<link rel="canonical" href="https://bote.example/faehre"></head><body><article>'
        f"<h1>Fähre</h1><p>{ANSWER}</p><p>Sie legt stündlich am Nordkai ab.</p>"
        "</article></body></html>",
        encoding="utf-8",
    )
    with open_collection(tmp_path / "c", create=True, encoder=FakeEncoder()) as collection:
        collection.add(page)
        answer = collection.ask(QUESTION)
    text = message_text(answer)
    assert text.endswith("“ https://bote.example/faehre")
    found = [item["url_citation"] for item in annotations(answer, text)]
    assert [text[item["start_index"] : item["end_index"]] for item in found] == ["[1]", "[1]"]
    assert {item["url"] for item in found} == {"https://bote.example/faehre"}


@pytest.mark.parametrize("number", range(len(HOSTILE)))
def test_no_text_of_an_article_becomes_markup(number: int) -> None:
    from markdown_it import MarkdownIt

    answer = FakeCollection().ask(f"hostile {number}")
    text = message_text(answer)
    shown = MarkdownIt("commonmark").render(text)
    assert set(re.findall(r"<(\w+)", shown)) <= {"p", "strong"}, shown
    assert shown.count("<strong>") == 1


def test_markers_that_cite_nothing_are_escaped() -> None:
    answer = FakeCollection().ask("Where is the library?")
    assert "[1]" in message_text(answer)
    assert LIBRARY.title.split()[0] in message_text(answer)
    assert markdown("see [7]: http://evil.example") == r"see \[7\]: http://evil.example"


def test_a_list_of_articles_and_questions_to_ask_are_lists() -> None:
    refused = FakeCollection().ask("Wie wird das Wetter?")
    listed = replace(
        refused, text="The collection holds 1 article.\n- A *title*, 2024", answered=True,
        articles=(refused.passages[0].article,), suggestions=("What is <new>?",),
    )  # fmt: skip
    assert message_text(listed) == (
        "The collection holds 1 article.\n- A \\*title\\*, 2024\n\n- What is \\<new\\>?"
    )
