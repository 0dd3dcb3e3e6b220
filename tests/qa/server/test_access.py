"""Who gets in: 0 by a wrong password, an old session or a guessed path."""

import json
import signal
import stat
import subprocess
import sys
from collections.abc import Callable, Iterator
from itertools import product
from pathlib import Path

import httpx
import pytest
from argon2 import PasswordHasher
from playwright.sync_api import Browser, expect
from starlette.testclient import TestClient

from corpus.errors import SettingsError
from qa.cli.app import main
from qa.collection import Collection
from qa.server.auth import users
from qa.server.auth.access import COOKIE, IDLE_S, LockOut, Sessions
from qa.server.auth.users import Users
from qa.server.options import options_for
from tests.qa.server.chat.conftest import browser  # noqa: F401 - a fixture
from tests.qa.server.conftest import QUESTION, Serve

PASSWORD = "correct horse battery"


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Hash with next to no work: what is tested is who gets in."""
    monkeypatch.setattr(users, "_hasher", lambda: PasswordHasher(1, 8, 1))


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "users.json"
    users.add(path, "anna", PASSWORD)
    return path


@pytest.fixture
def guarded(serve: Serve, file: Path) -> TestClient:
    client = serve(auth=file)
    client.follow_redirects = False
    return client


def log_in(client: TestClient, name: str = "anna", password: str = PASSWORD) -> int:
    return client.post("/login", data={"name": name, "password": password}).status_code


def test_the_right_password_gives_a_session_and_logout_ends_it(guarded: TestClient) -> None:
    assert guarded.get("/api/articles").status_code == 401
    reply = guarded.post("/login", data={"name": "anna", "password": PASSWORD})
    assert (reply.status_code, reply.headers["location"]) == (303, "/")
    cookie = reply.headers["set-cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=strict" in cookie
    assert guarded.get("/api/articles").status_code == 200
    assert guarded.post("/api/ask", json={"question": QUESTION}).json()["answered"]
    secret = guarded.cookies[COOKIE]
    assert guarded.post("/logout").status_code == 303
    guarded.cookies.set(COOKIE, secret)
    assert guarded.get("/api/articles").status_code == 401


def test_no_wrong_password_gets_in(guarded: TestClient, serve: Serve, file: Path) -> None:
    wrong = ["", PASSWORD[:-1], PASSWORD + "x", PASSWORD.upper(), "anna", "' OR 1=1 --", "x" * 2000,
             "\x00", PASSWORD + "\x00", "$argon2id$", json.loads(file.read_text())["users"]["anna"]
             ["password"]]  # fmt: skip
    let_in = 0
    tried = list(product(["anna", "Anna", "nobody", "", "anna\x00", "../anna"], wrong))
    for number, (name, password) in enumerate(tried):
        if number % 4 == 0:  # the fifth failure would shut the door to all
            fresh = serve(auth=file)
            fresh.follow_redirects = False
        status = log_in(fresh, name, password)
        assert status != 429
        let_in += status == 303 or COOKIE in fresh.cookies
        let_in += fresh.get("/api/articles").status_code == 200
    assert log_in(serve(auth=file), "anna ", PASSWORD) != 303
    assert let_in == 0


def test_after_five_failures_the_right_password_waits_too(guarded: TestClient) -> None:
    assert [log_in(guarded, password="wrong") for _ in range(7)] == [401] * 5 + [429] * 2
    reply = guarded.post("/login", data={"name": "anna", "password": PASSWORD})
    assert reply.status_code == 429
    assert 1 <= int(reply.headers["retry-after"]) <= 31
    # From this address no other name can be tried either.
    assert log_in(guarded, name="berta") == 429


def test_each_failure_doubles_the_wait_up_to_a_quarter_of_an_hour() -> None:
    now = [0.0]
    lock = LockOut(clock=lambda: now[0])
    waits = []
    for _ in range(12):
        lock.add_failure("anna", "here")
        waits.append(lock.wait_s("anna"))
        now[0] += waits[-1]
    assert waits == [0, 0, 0, 0, 30, 60, 120, 240, 480, 900, 900, 900]
    assert lock.wait_s("berta", "here") == 0.0
    lock.add_failure("here")
    assert lock.wait_s("berta", "here") == 900
    lock.clear("here")
    assert lock.wait_s("here") == 0.0


def test_a_session_ends_by_idleness_password_and_removal(file: Path) -> None:
    now = [0.0]
    known = Users(file)
    sessions = Sessions(known, clock=lambda: now[0])
    secret = sessions.begin("anna")
    now[0] = IDLE_S - 1
    assert sessions.owner(secret) == "anna"
    now[0] = 2 * IDLE_S
    assert sessions.owner(secret) is None
    for change in (
        lambda: users.add(file, "anna", "another password"),
        lambda: users.remove(file, "anna"),
    ):
        users.add(file, "berta", PASSWORD)
        secret = sessions.begin("anna")
        assert sessions.owner(secret) == "anna"
        change()
        assert sessions.owner(secret) is None
    secret = sessions.begin("berta")
    for step in range(1, 16):
        now[0] = 2 * IDLE_S + step * (IDLE_S - 1)
        held = sessions.owner(secret)
    assert held is None, "a session lasts a week at most"
    assert sessions.owner("") is None


def test_tokens_let_programs_in_until_they_are_void(guarded: TestClient, file: Path) -> None:
    token = users.add_token(file, "anna")
    bearer = {"authorization": f"Bearer {token}"}
    assert guarded.get("/v1/models", headers=bearer).status_code == 200
    assert token not in file.read_text()
    bad = [
        token[:-1],
        token.upper(),
        "",
        "none",
        users.digest(token),
        f"{token}x",
        "aqa-" + "A" * 43,
    ]
    for other in bad:
        reply = guarded.get("/v1/models", headers={"authorization": f"Bearer {other}"})
        assert reply.status_code == 401
        assert reply.headers["www-authenticate"].startswith("Bearer")
    assert guarded.get("/v1/models", headers={"authorization": f"Basic {token}"}).status_code == 401
    assert users.drop_tokens(file, "anna") == 1
    assert guarded.get("/v1/models", headers=bearer).status_code == 401


GUESSES = (
    "/", "/config", "/api/articles", "/api/article?uri=x", "/api/ask", "/v1/models", "/metrics",
    "/openapi.json", "/mcp", "/theme.css", "/gradio_api/info", "/gradio_api/queue/join",
    "/ui/script.js", "/logout", "/docs", "/redoc", "/login/", "/login/../api/articles",
    "/healthz/../api/articles", "/healthz/..%2fapi/articles", "/healthz%2f..%2fapi%2farticles",
    "//api/articles", "/./api/articles", "/API/articles", "/api//articles", "/login%00/api",
    "/healthz;/api/articles", "/healthz?/../api/articles#", "/%61pi/articles", "/readyz/api",
    "/favicon.ico/../api/articles", "/static/../api/articles", "/api/articles/..%2f..%2flogin",
)  # fmt: skip


OPEN = ("/healthz", "/readyz", "/login")


def test_no_guessed_path_gives_anything(guarded: TestClient) -> None:
    assert guesses_let_in(guarded) == []
    assert [guarded.get(path).status_code for path in ("/healthz", "/login")] == [200, 200]


@pytest.fixture(scope="module")
def address(library: Collection, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Serve the page too, in a process of its own, and stop it as a system does."""
    file = tmp_path_factory.mktemp("door") / "users.json"
    users.add(file, "anna", PASSWORD)
    with subprocess.Popen(
        [sys.executable, "-m", "tests.qa.server.serving", str(library.path), str(file)],
        cwd=Path(__file__).parents[3],
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        line = process.stdout.readline().strip()
        assert line, "the server did not start; its messages are above"
        try:
            yield line
        finally:
            process.terminate()
            assert process.wait(20) in (0, -signal.SIGTERM)


def test_the_page_is_behind_the_same_door(address: str) -> None:
    with httpx.Client(base_url=address, timeout=60) as client:
        assert guesses_let_in(client) == []
        page = client.get("/", headers={"accept": "text/html"})
        assert (page.status_code, page.headers["location"]) == (303, "/login")
        given = {"name": "anna", "password": PASSWORD}
        assert client.post("/login", data=given).status_code == 303
        page = client.get("/")
        assert page.status_code == 200
        assert "gradio" in page.text
        assert "script-src 'self' 'nonce-" in page.headers["content-security-policy"]
        assert client.get("/ui/style.css").status_code == 200
        assert client.get("/config").status_code == 200
        assert client.get("/gradio_api/file=/etc/passwd").status_code == 403
        assert client.get("/api/nothing").json()["status"] == 404
        assert client.put("/api/ask").json()["status"] == 405
        secret = client.cookies[COOKIE]
        assert client.post("/logout").status_code == 303
        client.cookies.set(COOKIE, secret)
        assert client.get("/config").status_code == 401


def test_a_person_logs_in_asks_and_leaves_in_a_browser(
    address: str,
    browser: Browser,  # noqa: F811 - the fixture of the page's tests
) -> None:
    context = browser.new_context(locale="en-GB")
    page = context.new_page()
    page.set_default_timeout(60_000)
    page.goto(address)
    assert page.url == f"{address}/login"
    page.fill("#user", "anna")
    page.fill("#password", "wrong password")
    page.click("main button")
    expect(page.get_by_role("alert")).to_have_text("The name or the password is wrong.")
    page.fill("#user", "anna")
    page.fill("#password", PASSWORD)
    page.click("main button")
    expect(page.locator("#chat .welcome")).to_be_visible()
    page.locator("#question textarea").fill(QUESTION)
    page.keyboard.press("Enter")
    expect(page.locator("#chat #a-1")).to_contain_text("vier Euro")
    page.goto(f"{address}/logout")
    page.click("main button")
    page.goto(address)
    assert page.url == f"{address}/login"
    context.close()


def guesses_let_in(client: httpx.Client | TestClient) -> list[tuple[str, str, int]]:
    """Return the guesses that gave anything, with their status."""
    let_in = []
    disguises: tuple[dict[str, str], ...] = (
        {}, {"accept": "text/html"}, {"x-original-url": "/login"}, {"authorization": "Bearer"},
        {"cookie": f"{COOKIE}=; {COOKIE}=x"},
    )  # fmt: skip
    for path, method, headers in product(GUESSES, ("GET", "POST", "HEAD", "PUT"), disguises):
        reply = client.request(method, path, headers=headers)
        refused = reply.status_code == 401 or (
            reply.status_code == 303 and reply.headers["location"] == "/login"
        )
        if not refused and reply.request.url.path not in OPEN:
            let_in.append((method, path, reply.status_code))
    return let_in


def test_a_foreign_page_can_log_nobody_in_or_out(guarded: TestClient) -> None:
    assert log_in(guarded) == 303
    for path in ("/logout", "/login", "/api/ask"):
        reply = guarded.post(path, headers={"origin": "http://evil.example"})
        assert reply.status_code == 403
    assert guarded.get("/api/articles").status_code == 200


def test_the_login_page_says_nothing_of_what_was_typed(guarded: TestClient) -> None:
    page = guarded.get("/login", headers={"accept-language": "de-DE"})
    assert "Anmelden" in page.text
    assert "form-action 'self'" in page.headers["content-security-policy"]
    reply = guarded.post("/login", data={"name": "<script>1</script>", "password": "x"})
    assert "1</script>" not in reply.text
    assert guarded.post("/login", content=b"x" * 20_000).status_code == 401
    assert guarded.post("/login", content=b"\xff=\xfe").status_code == 401


def test_an_open_address_needs_a_word_on_who_may_ask(file: Path) -> None:
    for host in ("0.0.0.0", "::", "192.168.1.5", "example.org"):
        with pytest.raises(SettingsError, match="--insecure"):
            options_for(host)
        assert options_for(host, auth=file).auth == file
        assert options_for(host, insecure=True).rate == 300
    at_home = options_for("127.0.0.1")
    assert (at_home.rate, at_home.any_address, at_home.auth) == (0, False, None)
    assert set(at_home.hosts or ()) == {"127.0.0.1", "localhost", "::1"}
    assert "qa.example.org" in (options_for("::1", allow_hosts=("QA.example.org",)).hosts or ())


@pytest.mark.parametrize(
    ("content", "message"),
    [("", "no JSON"), ("[]", "not its shape"), ('{"users": {"a": 1}}', "not its shape"),
     ('{"users": {}}', "names nobody"), ('{"users": {"a": {"password": 1}}}', "not its shape")],
)  # fmt: skip
def test_a_file_that_is_none_is_refused(tmp_path: Path, content: str, message: str) -> None:
    path = tmp_path / "users.json"
    with pytest.raises(SettingsError, match="cannot be read"):
        Users(path)
    path.write_text(content, encoding="utf-8")
    with pytest.raises(SettingsError, match=message):
        Users(path)


def test_a_file_that_breaks_later_lets_nobody_in(file: Path) -> None:
    known = Users(file)
    assert known.verify("anna", PASSWORD)
    file.write_text('{"users": {"anna": {"password": "broken"}}}', encoding="utf-8")
    assert not known.verify("anna", PASSWORD)
    file.write_text("{", encoding="utf-8")
    assert not known.verify("anna", PASSWORD)
    file.unlink()
    assert not known.verify("anna", PASSWORD)


Command = Callable[..., tuple[int, str, str]]


@pytest.fixture
def command(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Command:
    import io

    def run(*arguments: str, typed: str = "") -> tuple[int, str, str]:
        monkeypatch.setattr("sys.stdin", io.StringIO(typed))
        with pytest.raises(SystemExit) as stop:
            main(arguments)
        told = capsys.readouterr()
        # Rich folds what it prints at the width of a terminal.
        return int(stop.value.code or 0), told.out, " ".join(told.err.split())

    return run


def test_the_commands_make_a_file_for_its_owner_alone(command: Command, tmp_path: Path) -> None:
    path = str(tmp_path / "new" / "users.json")
    assert command("user", "add", "anna", "--file", path, typed=f"{PASSWORD}\n")[0] == 0
    assert stat.S_IMODE(Path(path).stat().st_mode) == 0o600
    assert PASSWORD not in Path(path).read_text()
    assert Users(Path(path)).verify("anna", PASSWORD)
    code, out, _ = command("user", "token", "anna", "--file", path)
    assert (code, Users(Path(path)).owner(out.strip())) == (0, "anna")
    assert command("user", "list", "--file", path)[1] == "anna\t1\n"
    assert command("user", "token", "anna", "--drop", "--file", path)[0] == 0
    assert Users(Path(path)).owner(out.strip()) is None
    assert command("user", "remove", "anna", "--file", path)[0] == 0
    assert users.read(Path(path)) == {}


def test_the_commands_say_what_is_wrong(command: Command, tmp_path: Path) -> None:
    path = str(tmp_path / "users.json")
    code, _, told = command("user", "add", "a/b", "--file", path, typed=f"{PASSWORD}\n")
    assert (code, "is no name" in told) == (1, True)
    code, _, told = command("user", "add", "anna", "--file", path, typed="short\n")
    assert (code, "8 to 1,000" in told) == (1, True)
    code, _, told = command("user", "remove", "anna", "--file", path)
    assert (code, "cannot be read" in told) == (1, True)
    code, _, told = command("serve", "--host", "0.0.0.0")
    assert (code, "--insecure" in told) == (1, True)
