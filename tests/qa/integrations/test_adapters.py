"""The adapters against the real packages, and the examples of the page as they stand there."""

import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from corpus.errors import QuestionError
from qa.collection import Collection
from tests.fakes import adapter, run_python

ROOT = Path(__file__).parents[3]
QUESTION = "Was kostet ein Fahrschein auf der Fähre nach Osterholm?"
PLACE = "Neue Fähre für Osterholm"


@pytest.fixture
def filled(collection: Collection, press: Path) -> Collection:
    collection.add(press)
    return collection


def example(title: str, collection: Collection) -> dict[str, Any]:
    """Run a section's example of docs/integrations.md; return its names."""
    text = (ROOT / "docs" / "integrations.md").read_text(encoding="utf-8")
    section = text.split(f"\n## {title}\n")[1].split("\n## ")[0]
    (code,) = re.findall(r"^```python\n(.*?)^```", section, re.M | re.S)
    names: dict[str, Any] = {"collection": collection}
    exec(compile(code, f"docs/integrations.md: {title}", "exec"), names)
    return names


def expected(collection: Collection, k: int = 4, **filters: Any) -> list[tuple[str, int, int]]:
    return [
        (item.article.uri, item.start, item.end)
        for item in collection.retrieve(QUESTION, k, **filters)
    ]


def places(values: list[dict[str, Any]]) -> list[tuple[str, int, int]]:
    return [(value["uri"], value["start"], value["end"]) for value in values]


class TestLangChain:
    def test_documents_are_the_passages(self, filled: Collection) -> None:
        module = adapter("langchain")
        retriever = module.ArticleRetriever(collection=filled, k=4)
        found = retriever.invoke(QUESTION)
        assert places([item.metadata for item in found]) == expected(filled)
        for item in found:
            text = filled.article(item.metadata["uri"]).text
            assert text[item.metadata["start"] : item.metadata["end"]] == item.page_content
        assert len({item.id for item in found}) == len(found)

    def test_batches_and_async_give_the_same(self, filled: Collection) -> None:
        import asyncio

        module = adapter("langchain")
        retriever = module.ArticleRetriever(collection=filled, k=2, filters={"languages": "de"})
        one = retriever.invoke(QUESTION)
        assert retriever.batch([QUESTION, QUESTION]) == [one, one]
        assert asyncio.run(retriever.ainvoke(QUESTION)) == one

    def test_an_unknown_filter_is_refused(self, filled: Collection) -> None:
        module = adapter("langchain")
        retriever = module.ArticleRetriever(collection=filled, filters={"colour": "red"})
        with pytest.raises(QuestionError, match="'colour': no such filter"):
            retriever.invoke(QUESTION)
        with pytest.raises(QuestionError, match="empty"):
            module.ArticleRetriever(collection=filled).invoke(" ")

    def test_the_chain_of_the_page_runs(self, filled: Collection) -> None:
        adapter("langchain")
        names = example("LangChain", filled)
        assert names["answer"] == "Vier Euro und achtzig Cent [1]."
        documents = names["retriever"].invoke(QUESTION)
        assert f"[1] {documents[0].page_content}" in names["numbered"](documents)


class TestLlamaIndex:
    def test_nodes_are_the_passages(self, filled: Collection) -> None:
        module = adapter("llamaindex")
        found = module.ArticleRetriever(filled, k=4).retrieve(QUESTION)
        assert places([item.node.metadata for item in found]) == expected(filled)
        for item in found:
            node = item.node
            text = filled.article(node.ref_doc_id).text
            assert text[node.start_char_idx : node.end_char_idx] == node.text
        assert [item.score for item in found] == sorted(
            (item.score for item in found), reverse=True
        )

    def test_a_model_reads_the_citation_and_no_offsets(self, filled: Collection) -> None:
        module = adapter("llamaindex")
        from llama_index.core.schema import MetadataMode

        node = module.ArticleRetriever(filled, k=1).retrieve(QUESTION)[0].node
        shown = node.get_content(metadata_mode=MetadataMode.LLM)
        assert node.metadata["citation"] in shown
        assert "start:" not in shown
        assert node.get_content(metadata_mode=MetadataMode.EMBED) == node.text

    def test_filters_reach_retrieval(self, filled: Collection) -> None:
        module = adapter("llamaindex")
        found = module.ArticleRetriever(filled, languages=["en"]).retrieve(QUESTION)
        assert found
        assert {item.node.metadata["language"] for item in found} == {"en"}

    def test_the_engine_of_the_page_runs(self, filled: Collection) -> None:
        adapter("llamaindex")
        names = example("LlamaIndex", filled)
        assert names["cited"][0].startswith(PLACE)
        # The mock model repeats its prompt, so it shows what a model would be given.
        assert "achtzig Cent" in str(names["answer"])


class TestHaystack:
    def test_documents_are_the_passages(self, filled: Collection) -> None:
        module = adapter("haystack")
        found = module.ArticleRetriever(filled, top_k=4).run(QUESTION)["documents"]
        assert places([item.meta for item in found]) == expected(filled)
        for item in found:
            text = filled.article(item.meta["uri"]).text
            assert text[item.meta["start"] : item.meta["end"]] == item.content

    def test_a_run_may_ask_for_other_passages(self, filled: Collection) -> None:
        module = adapter("haystack")
        retriever = module.ArticleRetriever(filled)
        found = retriever.run(QUESTION, top_k=1, filters={"languages": ["en"]})["documents"]
        assert [item.meta["language"] for item in found] == ["en"]
        with pytest.raises(QuestionError):
            retriever.run(QUESTION, top_k=0)

    def test_it_is_saved_by_its_folder(self, filled: Collection) -> None:
        module = adapter("haystack")
        kept = module.ArticleRetriever(filled, top_k=3, filters={"languages": ["de"]}).to_dict()
        back = module.ArticleRetriever.from_dict(kept)
        assert (back.path, back.top_k, back.filters) == (
            str(filled.path),
            3,
            {"languages": ["de"]},
        )
        assert back.to_dict() == kept

    def test_the_pipeline_of_the_page_runs(self, filled: Collection) -> None:
        adapter("haystack")
        prompt = example("Haystack", filled)["answer"]["prompt"]["prompt"]
        first = filled.retrieve(QUESTION, 1)[0]
        assert f"[1] {first.text} ({first.citation})" in prompt

    def test_nothing_is_sent_to_its_makers(self) -> None:
        adapter("haystack")
        code = (
            "import qa.integrations.haystack; from haystack import telemetry; "
            "from haystack.telemetry import _telemetry; print(_telemetry.telemetry)"
        )
        result = subprocess.run(
            [sys.executable, "-c", code],
            capture_output=True, text=True, cwd=ROOT, timeout=120, check=True,
            env={"PYTHONPATH": str(ROOT), "PATH": ""},
        )  # fmt: skip
        assert result.stdout == "None\n"


class TestPandas:
    def test_passages_have_a_row_each(self, filled: Collection) -> None:
        to_frame = adapter("pandas").to_frame
        frame = to_frame(filled.retrieve(QUESTION, 4))
        assert places(frame.to_dict("records")) == expected(filled)
        assert list(frame["rank"]) == [1, 2, 3, 4]

    def test_articles_have_days(self, filled: Collection) -> None:
        to_frame = adapter("pandas").to_frame
        uri = filled.articles()[0].uri
        filled.edit(uri, published="2024-05-03")
        frame = to_frame(filled.articles()).set_index("uri")
        assert frame.loc[uri, "published"].year == 2024
        assert frame["published"].isna().sum() == 2
        assert str(frame["published"].dtype).startswith("datetime64")
        assert to_frame([filled.article(uri)])["text"][0] == filled.article(uri).text

    def test_answers_have_their_citations(self, filled: Collection) -> None:
        to_frame = adapter("pandas").to_frame
        answers = [filled.ask(QUESTION), filled.ask("Wer gewann die Wahl in Neuseeland?")]
        frame = to_frame(answers)
        assert list(frame["answered"]) == [True, False]
        assert frame["quotes"][0] == [citation.quote for citation in answers[0].citations]
        assert frame["uris"][1] == []

    def test_no_items_make_an_empty_table_and_mixed_ones_none(self, filled: Collection) -> None:
        to_frame = adapter("pandas").to_frame
        assert to_frame([]).empty
        with pytest.raises(TypeError, match="one kind"):
            to_frame([*filled.articles(), *filled.retrieve(QUESTION, 1)])
        with pytest.raises(TypeError, match="this is str"):
            to_frame("ab")

    def test_the_example_of_the_page_runs(self, filled: Collection) -> None:
        adapter("pandas")
        names = example("pandas", filled)
        assert len(names["articles"]) == 3
        assert len(names["answers"]) == 2


@pytest.mark.parametrize(
    ("name", "package", "extra"),
    [
        ("langchain", "langchain_core", "langchain"),
        ("llamaindex", "llama_index", "llama-index"),
        ("haystack", "haystack", "haystack"),
        ("pandas", "pandas", "pandas"),
    ],
)
def test_a_missing_package_is_an_error_that_names_the_extra(
    name: str, package: str, extra: str
) -> None:
    code = (
        f"import sys; sys.modules[{package!r}] = None\n"
        f"from qa import ArticleQAError\n"
        f"try: import qa.integrations.{name}\n"
        f"except ArticleQAError as error: print(error)"
    )
    result = run_python(code)
    assert result.returncode == 0, result.stderr
    assert f"article-qa[{extra}]" in result.stdout
