"""Articles are about a topic whose words they hold."""

from qa.answering.talk.topics import articles_about
from qa.collection import Collection
from qa.options import Choice


def about(archive: Collection, topic: str, language: str) -> list[str]:
    found = archive._answerer.finder.find(topic, 50, Choice.of({}))
    assert found is not None
    return [info.uri for info in articles_about(found, language)]


def test_words_are_looked_for_in_titles_texts_and_compounds(archive: Collection) -> None:
    assert about(archive, "Fähre Wellin", "de") == ["urn:a:2", "urn:a:1"]
    assert about(archive, "Brand", "de") == ["urn:a:3"]
    assert about(archive, "Vulkan", "de") == []


def test_in_another_language_only_known_words_count(archive: Collection) -> None:
    assert about(archive, "Wellin shipwreck disaster", "en") == ["urn:a:2", "urn:a:1"]
    assert about(archive, "Wellin Schiffbruch Tragödie", "de") == []
