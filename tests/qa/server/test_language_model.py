"""The page of the language model: who may use it, what it sends and keeps, and in a browser."""

import os
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe  # type: ignore[import-untyped]
from fastapi import FastAPI
from playwright.sync_api import Browser, Page, expect
from starlette.testclient import TestClient

from qa.collection import Collection, open_collection
from qa.server import Options
from qa.server.auth.access import Access, Sessions
from qa.server.auth.users import Users, add, add_token
from qa.server.language_model import LanguageModelPage
from qa.settings import FILE_VARIABLE, load_settings
from tests.conftest import FERRY
from tests.fakes import FakeEncoder, write
from tests.qa.server.chat.conftest import ask, browser, opened_at, served
from tests.scripted import Endpoint, endpoint, fails, says

__all__ = ["browser"]

OWN = {"origin": "http://testserver"}
KEY = "sk-very-secret-4711"
SUPPORTED = "Ein Fahrschein kostet unverändert vier Euro und achtzig Cent"
QUESTION = "Was kostet ein Fahrschein?"
WRITES = says(f"{SUPPORTED} [1]. ", "Der Fahrschein gilt auch in der Straßenbahn von Mellin [1].")
DARK_PHONE = {"viewport": {"width": 390, "height": 844}, "color_scheme": "dark"}


@pytest.fixture
def config(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    path = tmp_path / "settings.toml"
    path.write_text("# mine\nmax_tokens = 99\n", encoding="utf-8")
    monkeypatch.setenv(FILE_VARIABLE, str(path))
    return path


@pytest.fixture
def collection(tmp_path: Path) -> Iterator[Collection]:
    press = write(tmp_path / "press", ferry=FERRY)
    with open_collection(tmp_path / "held", create=True, encoder=FakeEncoder()) as opened:
        opened.add(press)
        yield opened


@pytest.fixture
def model() -> Iterator[Endpoint]:
    with endpoint(WRITES) as running:
        yield running


def client_of(
    collection: Collection, *known: tuple[str, str], options: Options | None = None
) -> TestClient:
    app = FastAPI()
    LanguageModelPage(collection, options or Options(), known).add_routes(app)
    return TestClient(app, headers={"accept-language": "en"})


def press(client: TestClient, deed: str, **typed: str) -> str:
    return str(client.post("/settings", data={"do": deed, **typed}, headers=OWN).text)


def test_it_is_switched_on_with_two_clicks_and_off_again(
    collection: Collection, config: Path, model: Endpoint
) -> None:
    client = client_of(collection, ("Ollama", model.address), ("Nobody", "http://127.0.0.1:9/v1"))
    assert "Nothing is sent" in client.get("/settings").text
    assert (model.asked, model.requests) == ([], [])
    found = press(client, "look")
    assert "Ollama" in found
    assert "Nobody" not in found
    shown = press(client, "save", endpoint=model.address, language_model="tiny")
    assert f"Switched on: tiny at {model.address}" in shown
    assert collection.settings.max_tokens == 99
    assert config.read_text("utf-8").startswith("# mine\nmax_tokens = 99\n")
    assert config.stat().st_mode & 0o077 == 0
    answer = collection.ask(QUESTION)
    assert answer.model == "tiny"
    assert [sentence.supported for sentence in answer.sentences] == [True, False]
    assert "Nothing is sent" in press(client, "off")
    assert collection.ask(QUESTION).model == ""
    assert config.read_text("utf-8") == "# mine\nmax_tokens = 99\n"


def test_a_key_goes_to_its_endpoint_and_into_no_page(
    collection: Collection, config: Path, model: Endpoint, caplog: pytest.LogCaptureFixture
) -> None:
    client = client_of(collection)
    pages = [press(client, "models", endpoint=model.address, api_key=KEY)]
    assert "There is: tiny" in pages[0]
    pages.append(press(client, "try", endpoint=model.address, language_model="tiny"))
    assert "Reply after" in pages[1]
    pages.append(press(client, "save", endpoint=model.address, language_model="tiny"))
    sent = [*model.asked, *(request["headers"] for request in model.requests)]
    assert [headers.get("authorization") for headers in sent] == [f"Bearer {KEY}"] * 2
    assert load_settings().api_key.reveal() == KEY
    with endpoint(fails(401, f'{{"error": {{"message": "bad key {KEY}"}}}}')) as other:
        pages.append(press(client, "models", endpoint=other.address))
        assert "authorization" not in other.asked[0]
        typed = {"endpoint": other.address, "language_model": "tiny"}
        pages.append(press(client, "try", **typed, api_key=KEY))
    assert "it refuses the request (401" in pages[-1]
    pages.append(client.get("/settings").text)
    assert not any(KEY in page for page in pages)
    assert KEY not in caplog.text


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"endpoint": "nonsense"}, "That leads nowhere"),
        ({"endpoint": "http://a:b@127.0.0.1/v1"}, "That leads nowhere"),
        ({"endpoint": ""}, "That leads nowhere"),
        ({"endpoint": "http://127.0.0.1:9/v1"}, "Which model?"),
        ({"endpoint": "http://127.0.0.1:9/v1", "language_model": "x"}, "it cannot be reached"),
    ],
)
def test_what_cannot_be_used_is_said(
    collection: Collection, config: Path, typed: dict[str, str], said: str
) -> None:
    before = config.read_text("utf-8")
    assert said in press(client_of(collection), "try", **typed)
    assert config.read_text("utf-8") == before


def test_what_would_be_sent_is_shown_and_not_sent(
    collection: Collection, config: Path, model: Endpoint
) -> None:
    client = client_of(collection)
    press(client, "save", endpoint=model.address, language_model="tiny")
    shown = client.get("/settings", params={"q": QUESTION}).text
    assert "vier Euro und achtzig Cent" in shown
    assert "&lt;quelle nr=1&gt;" in shown
    assert model.requests == []
    nothing = client.get("/settings", params={"q": "Wer gewann in Neuseeland?"}).text
    assert "Nothing would be sent" in nothing


def test_others_may_not_change_it(collection: Collection, config: Path, model: Endpoint) -> None:
    open_to_all = Options(hosts=None, any_address=True)
    client = client_of(collection, options=open_to_all)
    typed = {"do": "save", "endpoint": model.address, "language_model": "tiny"}
    assert client.get("/settings").status_code == 403
    assert client.post("/settings", data=typed, headers=OWN).status_code == 403
    mine = client_of(collection)
    assert mine.post("/settings", data=typed).status_code == 403  # it names no origin
    assert collection.settings.endpoint == ""


def test_of_those_with_a_password_only_an_admin_may(
    collection: Collection, config: Path, tmp_path: Path
) -> None:
    path = tmp_path / "users.json"
    add(path, "anna", "a long password", admin=True)
    add(path, "ben", "a long password")
    add(path, "anna", "another password")  # what she may do stays
    users = Users(path)
    app = FastAPI()
    LanguageModelPage(collection, Options(auth=path), ()).add_routes(app)
    app.add_middleware(Access, users=users, sessions=Sessions(users))
    client = TestClient(app)
    for name, status in (("anna", 200), ("ben", 403)):
        headers = {"authorization": f"Bearer {add_token(path, name)}"}
        assert client.get("/settings", headers=headers).status_code == status
    add(path, "anna", "another password", admin=False)
    headers = {"authorization": f"Bearer {add_token(path, 'anna')}"}
    assert client.get("/settings", headers=headers).status_code == 403


def test_what_the_environment_sets_stays(
    collection: Collection, config: Path, model: Endpoint, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ARTICLE_QA_API_KEY", KEY)
    collection.settings = load_settings()
    client = client_of(collection)
    shown = press(client, "save", endpoint=model.address, language_model="tiny")
    assert "not to be changed here: ARTICLE_QA_API_KEY" in shown
    assert KEY not in config.read_text("utf-8") + shown


@pytest.fixture(scope="module")
def page_of(
    browser: Browser, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[str, Endpoint]]:
    home = tmp_path_factory.mktemp("model")
    with open_collection(home / "held", create=True, encoder=FakeEncoder()) as opened:
        opened.add(write(home / "press", ferry=FERRY))
    (home / "settings.toml").write_text("", encoding="utf-8")
    os.environ[FILE_VARIABLE] = str(home / "settings.toml")
    try:
        with endpoint(WRITES) as running:
            name = f"model:{running.address.split(':')[2].removesuffix('/v1')}:{home / 'held'}"
            with served(name) as addresses:
                yield addresses[name], running
    finally:
        del os.environ[FILE_VARIABLE]


def test_from_the_gear_to_an_answer_with_marks(
    browser: Browser, page_of: tuple[str, Endpoint]
) -> None:
    address, running = page_of
    for opened in opened_at(browser, {"plain": address}):
        page = opened()
        page.get_by_role("link", name="Sprachmodell").click()
        expect(page.locator("main")).to_contain_text("Ausgeschaltet. Es wird nichts gesendet.")
        page.get_by_role("button", name="Auf diesem Computer suchen").click()
        _check_access(page)
        page.get_by_role("button", name=re.compile("Einschalten.*tiny")).click()
        expect(page.locator("main")).to_contain_text(f"Eingeschaltet: tiny bei {running.address}")
        page.locator("#pages").get_by_role("link", name="Chat").click()
        expect(page.locator("#chat .welcome")).to_be_visible()
        ask(page, QUESTION)
        expect(page.locator("#a-1 .proof")).to_have_text(["belegt"])
        expect(page.locator("#a-1 .doubt")).to_contain_text(["nicht belegt:"])
        english = opened(locale="en-GB", **DARK_PHONE)
        english.get_by_role("link", name="Language model").click()
        expect(english.locator("main")).to_contain_text("Switched on: tiny at")
        english.get_by_label("Question").fill(QUESTION)
        english.get_by_role("button", name="Show", exact=True).click()
        expect(english.locator("pre.sent").last).to_contain_text("achtzig Cent")
        _check_access(english)
        english.get_by_role("button", name="Switch off").click()
        expect(english.locator("main")).to_contain_text("Switched off.")


def _check_access(page: Page) -> None:
    found = Axe().run(page).response["violations"]
    assert [(item["id"], [node["html"] for node in item["nodes"]][:3]) for item in found] == []
    width = page.evaluate("document.documentElement.scrollWidth")
    assert width <= page.viewport_size["width"]  # type: ignore[index]
