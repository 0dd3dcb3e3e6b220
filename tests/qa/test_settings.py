"""Settings: who wins over whom, what is refused, and that a key is never shown."""

import json
import logging
import pickle
import re
import traceback
from pathlib import Path
from typing import Any

import pytest

from corpus.errors import SettingsError
from corpus.serialise import plain
from qa.cli.app import main
from qa.settings import MASK, NAMES, OTHER_VARIABLES, PREFIX, Secret, Settings, load_settings

KEY = "sk-very-secret-0123456789"
ROOT = Path(__file__).parents[2]


def toml(folder: Path, text: str, name: str = "settings.toml") -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / name
    path.write_text(text, encoding="utf-8")
    path.chmod(0o600)
    return path


def test_without_anything_there_are_defaults() -> None:
    settings = load_settings(environment={"ARTICLE_QA_CONFIG": "/dev/null"})
    assert settings == Settings()
    assert settings.endpoint == ""
    assert {entry["origin"] for entry in settings.to_dict().values()} == {"default"}


def test_keywords_win_over_environment_over_collection_over_user(tmp_path: Path) -> None:
    user = toml(tmp_path / "user", 'timeout_s = 1\nmax_tokens = 100\nlanguage_model = "u"')
    inner = toml(tmp_path / "collection", "timeout_s = 2\nmax_tokens = 200\nstrict = true")
    environment = {"ARTICLE_QA_TIMEOUT_S": "3", "ARTICLE_QA_CONFIG": str(user), "PATH": "x"}
    settings = load_settings(inner.parent, environment=environment, timeout_s=4, max_tokens=None)
    assert settings.timeout_s == 4
    assert settings.max_tokens == 200
    assert settings.strict is True
    assert settings.language_model == "u"
    assert settings.origin("timeout_s") == "keyword"
    assert settings.origin("max_tokens") == str(inner)
    assert settings.origin("language_model") == str(user)
    assert settings.origin("proxy") == "default"
    without = load_settings(inner.parent, environment=environment)
    assert (without.timeout_s, without.origin("timeout_s")) == (3.0, "ARTICLE_QA_TIMEOUT_S")


@pytest.mark.parametrize(
    ("name", "text", "value"),
    [
        ("strict", "yes", True),
        ("strict", "0", False),
        ("max_tokens", "64", 64),
        ("timeout_s", "1.5", 1.5),
        ("temperature", "1", 1.0),
        ("endpoint", "http://localhost:11434/v1/", "http://localhost:11434/v1"),
        ("endpoint", "http://[::1]:8080", "http://[::1]:8080"),
        ("endpoint", "", ""),
        ("language_model", " qwen ", "qwen"),
        ("api_key", KEY, Secret(KEY)),
    ],
)
def test_variables_are_read_in_their_types(name: str, text: str, value: Any) -> None:
    found = load_settings(environment={PREFIX + name.upper(): text})
    assert getattr(found, name) == value
    assert type(getattr(found, name)) is type(value)


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"endpont": "x"}, "Did you mean endpoint"),
        ({"zzz": 1}, "Known are api_key, endpoint"),
        ({"timeout_s": 0}, "from 0.1 to 3600"),
        ({"timeout_s": float("nan")}, "from 0.1"),
        ({"timeout_s": "soon"}, "give a number"),
        ({"max_tokens": 20.5}, "a whole number from 16"),
        ({"max_tokens": True}, "a whole number"),
        ({"strict": "maybe"}, "true or false"),
        ({"language_model": 3}, "text in quotation marks"),
        ({"language_model": "a\nb"}, "control characters"),
        ({"endpoint": "localhost:11434"}, "write an address"),
        ({"endpoint": "ftp://host/v1"}, "write an address"),
        ({"endpoint": "http://host:port/v1"}, "no address"),
        ({"endpoint": "http://host/v1?key=1"}, "leave out what follows"),
        ({"proxy": "socks"}, "write an address"),
        ({"api_key": KEY}, "not given as a keyword"),
    ],
    ids=lambda value: str(value)[:40],
)
def test_what_cannot_be_is_refused(values: dict[str, Any], message: str) -> None:
    with pytest.raises(SettingsError, match=re.escape(message)) as caught:
        load_settings(environment={}, file="/dev/null", **values)
    assert KEY not in str(caught.value)


@pytest.mark.parametrize(
    ("variable", "text", "message"),
    [
        ("ARTICLE_QA_ENDPONT", "x", "Did you mean ARTICLE_QA_ENDPOINT"),
        ("ARTICLE_QA_COLECTION", "x", "Did you mean ARTICLE_QA_COLLECTION"),
        ("ARTICLE_QA_STRICT", "perhaps", "strict: "),
        ("ARTICLE_QA_MAX_TOKENS", "many", "max_tokens: "),
        ("ARTICLE_QA_TIMEOUT_S", "inf", "from 0.1"),
        ("ARTICLE_QA_API_KEY", "schlüssel", "only ASCII"),
        ("ARTICLE_QA_CONFIG", "/nowhere/settings.toml", "no settings file"),
    ],
)
def test_variables_that_cannot_be_are_refused(variable: str, text: str, message: str) -> None:
    with pytest.raises(SettingsError, match=re.escape(message)):
        load_settings(environment={variable: text})


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("endpoint = ", "no TOML"),
        ("endpiont = 'x'", "Did you mean endpoint"),
        ("[generator]\ntimeout_s = 3", "no setting generator"),
        ("[endpoint]\nurl = 'x'", "endpoint: the value given"),
    ],
)
def test_files_that_cannot_be_are_refused(tmp_path: Path, text: str, message: str) -> None:
    path = toml(tmp_path, text)
    with pytest.raises(SettingsError, match=re.escape(message)) as caught:
        load_settings(file=path, environment={})
    assert str(path) in str(caught.value)


def test_a_file_in_another_encoding_and_a_folder_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "settings.toml"
    path.write_bytes("language_model = 'größe'".encode("latin-1"))
    with pytest.raises(SettingsError, match="not UTF-8"):
        load_settings(file=path, environment={})
    with pytest.raises(SettingsError, match="cannot be read"):
        load_settings(file=tmp_path, environment={})


@pytest.mark.parametrize("name", ["endpoint", "api_key", "proxy"])
def test_a_collection_does_not_decide_where_its_text_goes(tmp_path: Path, name: str) -> None:
    toml(tmp_path, f'{name} = "http://evil.example/v1"')
    with pytest.raises(SettingsError, match="does not decide where") as caught:
        load_settings(tmp_path, file="/dev/null", environment={})
    assert "evil" not in str(caught.value)


def test_a_key_is_never_shown(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    settings = load_settings(environment={"ARTICLE_QA_API_KEY": KEY})
    assert settings.api_key.reveal() == KEY
    logging.getLogger().info("%s %r", settings, settings.api_key)
    shown = [repr(settings), str(settings), f"{settings.api_key}", "%s" % settings.api_key]  # noqa: UP031
    shown += [json.dumps(settings.to_dict()), repr(settings.with_values(strict=True)), caplog.text]
    shown += [repr(vars(Settings)), repr(plain(settings))]
    assert not [text for text in shown if KEY in text or KEY[:8] in text]
    assert settings.to_dict()["api_key"] == {"value": MASK, "origin": "ARTICLE_QA_API_KEY"}
    with pytest.raises(TypeError, match="not written out"):
        pickle.dumps(settings.api_key)
    with pytest.raises(AttributeError, match="does not change"):
        settings.api_key.value = "x"


@pytest.mark.parametrize(
    "text",
    [
        f'api_key = "{KEY}',
        f'api_key = ["{KEY}"]',
        f'[api_key]\nvalue = "{KEY}"',
        f'[endpoint]\napi_key = "{KEY}"',
        f'endpoint = "http://user:{KEY}@host/v1"',
        f'proxy = "http://user:{KEY}@host"',
        f'api_key = "{KEY}ü"',
    ],
)
def test_an_error_does_not_show_a_key(tmp_path: Path, text: str) -> None:
    with pytest.raises(SettingsError) as caught:
        load_settings(file=toml(tmp_path, text), environment={})
    assert KEY not in "".join(traceback.format_exception(caught.value))


def test_a_key_that_others_may_read_is_told(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    path = toml(tmp_path, f'api_key = "{KEY}"')
    load_settings(file=path, environment={})
    assert caplog.text == ""
    path.chmod(0o644)
    load_settings(file=path, environment={})
    assert "chmod 600" in caplog.text
    assert KEY not in caplog.text


def test_the_command_shows_each_setting_and_its_origin(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    toml(tmp_path, "timeout_s = 7")
    monkeypatch.setenv("ARTICLE_QA_API_KEY", KEY)
    main_ok(["--collection", str(tmp_path), "config", "--json"])
    found = json.loads(capsys.readouterr().out)
    assert list(found) == list(NAMES)
    assert found["timeout_s"] == {"value": 7.0, "origin": str(tmp_path / "settings.toml")}
    assert found["api_key"]["value"] == MASK
    main_ok(["--collection", str(tmp_path), "config"])
    printed = capsys.readouterr()
    assert "ARTICLE_QA_API_KEY" in printed.out
    assert "settings.toml" in printed.err
    assert KEY not in printed.out + printed.err


def test_the_command_tells_of_an_unknown_setting(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    toml(tmp_path, "timeout = 7")
    with pytest.raises(SystemExit) as caught:
        main(["--collection", str(tmp_path), "config"])
    assert caught.value.code == 1
    assert "Did you mean timeout_s" in capsys.readouterr().err.replace("\n", " ")


def main_ok(arguments: list[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        main(arguments)
    assert not caught.value.code


def test_all_variables_that_the_project_reads_are_known() -> None:
    files = [path for room in ("corpus", "index", "qa") for path in (ROOT / room).rglob("*.py")]
    named = {
        name
        for path in [*files, *ROOT.glob("tests/**/*.py"), *ROOT.glob("benchmarks/**/*.py")]
        if path != Path(__file__)
        for name in re.findall(r"\bARTICLE_QA_[A-Z][A-Z_]*\b", path.read_text(encoding="utf-8"))
    }
    known = OTHER_VARIABLES | {PREFIX + name.upper() for name in NAMES}
    assert named <= known, "add variables that are no settings to OTHER_VARIABLES"
