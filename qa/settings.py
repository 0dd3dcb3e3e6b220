"""Settings: keywords over the environment over files over defaults; unknown names are refused.

    keywords      open_collection(config=load_settings(timeout_s=20)), options of the command line
    environment   ARTICLE_QA_TIMEOUT_S=20
    collection    settings.toml in the collection's folder
    user          settings.toml in the user's configuration folder, or the file that
                  ARTICLE_QA_CONFIG names
    default

A collection may come from somebody else. So its file may not say where questions and
passages are sent: `endpoint`, `api_key` and `proxy` are refused there. The key is taken
from the environment or the user's file only, and no text that this module makes shows it.
"""

import difflib
import json
import logging
import math
import os
import re
import tempfile
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from types import MappingProxyType
from typing import Any, ClassVar, Never, Self
from urllib.parse import urlsplit

from corpus.errors import SettingsError

log = logging.getLogger(__name__)

FILE_NAME = "settings.toml"
PREFIX = "ARTICLE_QA_"
FILE_VARIABLE = "ARTICLE_QA_CONFIG"
"""Names the user's file in place of the one in the configuration folder."""
OTHER_VARIABLES = frozenset({FILE_VARIABLE, "ARTICLE_QA_CACHE", "ARTICLE_QA_COLLECTION"})
"""Variables with the prefix that are no settings."""
MASK = "********"


class Secret:
    """A text that is never shown: `repr`, `str`, formats and copies by pickle have a mask.

    >>> key = Secret("sk-1234")
    >>> key, f"{key}", bool(key), key.reveal()
    (Secret('********'), '********', True, 'sk-1234')
    """

    __slots__ = ("_value",)
    _value: str

    def __init__(self, value: str) -> None:
        """Keep `value`."""
        object.__setattr__(self, "_value", value)

    def reveal(self) -> str:
        """Return the text itself; for the header of a request and nothing else."""
        return self._value

    def __setattr__(self, name: str, value: object) -> Never:
        raise AttributeError("A secret does not change.")

    def __reduce__(self) -> Never:
        raise TypeError("A secret is not written out.")

    def __bool__(self) -> bool:
        return bool(self._value)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Secret) and self._value == other._value

    def __hash__(self) -> int:
        return hash(self._value)

    def __repr__(self) -> str:
        return f"Secret({str(self)!r})"

    def __str__(self) -> str:
        return MASK if self._value else ""


@dataclass(frozen=True, slots=True)
class Settings:
    """What can be set; `load_settings` puts one together from all places."""

    endpoint: str = ""
    """Base URL of an OpenAI-compatible endpoint; "" for answers without a language model."""
    language_model: str = ""
    """The language model's name at the endpoint."""
    api_key: Secret = field(default_factory=lambda: Secret(""))
    timeout_s: float = 60.0
    """Seconds for the whole of a language model's answer, a repeated request included."""
    max_tokens: int = 600
    """The longest answer that a language model is asked for, in its tokens."""
    temperature: float = 0.0
    strict: bool = False
    """Leave out a language model's sentences that are not supported, instead of marking them."""
    proxy: str = ""
    """URL of a proxy for the endpoint; proxies in the environment are not used."""
    origins: Mapping[str, str] = field(
        default_factory=lambda: MappingProxyType({}), repr=False, compare=False
    )
    """Setting -> where it came from; what is missing is a default."""

    SECRETS: ClassVar[frozenset[str]] = frozenset({"api_key"})
    NOT_IN_COLLECTIONS: ClassVar[frozenset[str]] = frozenset({"endpoint", "api_key", "proxy"})

    def origin(self, name: str) -> str:
        """Return where a setting came from: "default", a variable's name, a file's path, …."""
        return self.origins.get(name, "default")

    def to_dict(self) -> dict[str, dict[str, Any]]:
        """Return name -> {"value", "origin"}, JSON-ready; secrets are masked."""
        return {
            name: {"value": self.display_value(name), "origin": self.origin(name)} for name in NAMES
        }

    def display_value(self, name: str) -> Any:
        """Return a setting's value for people, JSON-ready: a secret is masked."""
        value = getattr(self, name)
        return str(value) if isinstance(value, Secret) else value

    def with_values(self, **values: Any) -> Self:
        """Return the settings with others on top, as keywords are; None leaves one as it is.

        Raises:
            SettingsError: an unknown name, an impossible value, or a secret.
        """
        given = {name: value for name, value in values.items() if value is not None}
        current = {name: getattr(self, name) for name in NAMES}
        checked = _check_types(given, "keyword")
        origins = {**self.origins, **dict.fromkeys(checked, "keyword")}
        return type(self)(**{**current, **checked}, origins=MappingProxyType(origins))


NAMES = tuple(item.name for item in fields(Settings) if item.name != "origins")


def load_settings(
    collection: Path | None = None,
    *,
    file: str | Path | None = None,
    environment: Mapping[str, str] | None = None,
    **values: Any,
) -> Settings:
    """Put the settings together.

    Args:
        collection: a collection's folder, whose settings.toml counts too.
        file: the user's file; by default that of ARTICLE_QA_CONFIG, or the one in the user's
            configuration folder, which need not exist.
        environment: by default that of the process.
        values: settings by name; None stands for one that is not given.

    Raises:
        SettingsError: a name is unknown, a value is impossible, a file cannot be read, a
            secret was given as a keyword, or a collection's file says where to send text.
    """
    variables = os.environ if environment is None else environment
    merged: dict[str, Any] = {}
    origins: dict[str, str] = {}
    paths = {_user_file(file, variables): False, _collection_file(collection): True}
    for path, foreign in paths.items():
        if path is not None:
            found = _read(path, foreign=foreign)
            merged.update(found)
            origins.update(dict.fromkeys(found, str(path)))
    found = _from_environment(variables)
    merged.update(found)
    origins.update({name: _variable(name) for name in found})
    return Settings(**merged, origins=MappingProxyType(origins)).with_values(**values)


def write_settings(
    changes: Mapping[str, str | Secret],
    *,
    file: str | Path | None = None,
    environment: Mapping[str, str] | None = None,
) -> Path:
    """Write settings into the user's file, which only its owner may read from then on.

    Args:
        changes: texts by name; an empty one takes the setting out.
        file: the user's file; by default as for `load_settings`, made where there is none.
        environment: by default that of the process.

    Returns:
        The file.

    Raises:
        SettingsError: a value is impossible, or the file cannot be read, changed or written.
    """
    variables = os.environ if environment is None else environment
    path = Path(file or variables.get(FILE_VARIABLE) or user_file()).expanduser()
    plain = {
        name: value.reveal() if isinstance(value, Secret) else value
        for name, value in changes.items()
    }
    held = _read(path, foreign=False) if path.exists() else {}
    wanted = {**held, **_check_types({k: v for k, v in plain.items() if v}, str(path))}
    for name in plain:
        if not plain[name]:
            wanted.pop(name, None)
    ours = re.compile(rf"\s*(?:{'|'.join(map(re.escape, plain))})\s*=")
    before = path.read_text(encoding="utf-8").splitlines() if path.exists() else []
    lines = [line for line in before if not ours.match(line)]
    # A text of JSON is one of TOML too.
    lines += [f"{name} = {json.dumps(text)}" for name, text in plain.items() if text]
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, made = tempfile.mkstemp(dir=path.parent, prefix=".settings-")
        with os.fdopen(handle, "w", encoding="utf-8") as out:
            out.write("".join(f"{line}\n" for line in lines))
        try:
            if _read(Path(made), foreign=False) != wanted:
                raise SettingsError(f"{path} cannot be changed here. Write the settings by hand.")
            Path(made).replace(path)
        finally:
            Path(made).unlink(missing_ok=True)
    except OSError as exc:
        raise SettingsError(f"{path} cannot be written: {exc.strerror}.") from exc
    return path


def user_file() -> Path:
    """Return where the user's settings are looked for when nothing else is said."""
    from platformdirs import user_config_path

    return user_config_path("article-qa", appauthor=False) / FILE_NAME


def _user_file(given: str | Path | None, variables: Mapping[str, str]) -> Path | None:
    named = given or variables.get(FILE_VARIABLE)
    if not named:
        path = user_file()
        return path if path.is_file() else None
    path = Path(named).expanduser()
    if not path.exists():
        raise SettingsError(f"There is no settings file {path}. Correct {FILE_VARIABLE}.")
    return path


def _collection_file(folder: Path | None) -> Path | None:
    path = folder / FILE_NAME if folder is not None else None
    return path if path is not None and path.is_file() else None


def _read(path: Path, *, foreign: bool) -> dict[str, Any]:
    try:
        content = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as exc:
        raise SettingsError(f"The settings in {path} cannot be read: {exc.strerror}.") from exc
    except ValueError as exc:
        # Without the cause: its text and its locals hold the file, keys included.
        reason = "it is not UTF-8" if isinstance(exc, UnicodeDecodeError) else str(exc)
        raise SettingsError(f"The settings in {path} are no TOML: {reason}.") from None
    refused = sorted(Settings.NOT_IN_COLLECTIONS & content.keys()) if foreign else []
    if refused:
        raise SettingsError(
            f"{path}: a collection does not decide where its text is sent; {refused[0]!r} is "
            f"not taken from there. Set it in {user_file()} or the environment."
        )
    if content.get("api_key"):
        _warn_of_readers(path)
    return _check_types(content, str(path))


def _warn_of_readers(path: Path) -> None:
    if os.name == "posix" and path.stat().st_mode & 0o077:
        log.warning("%s holds a key and others may read it; run chmod 600 on it.", path)


def _from_environment(variables: Mapping[str, str]) -> dict[str, Any]:
    found = {}
    for variable, text in sorted(variables.items()):
        if variable.startswith(PREFIX) and variable not in OTHER_VARIABLES:
            name = variable.removeprefix(PREFIX).lower()
            if name not in NAMES:
                known = [*map(_variable, NAMES), *OTHER_VARIABLES]
                raise SettingsError(_unknown(variable, known, "the environment"))
            found[name] = _convert(name, text)
    return _check_types(found, "the environment")


def _variable(name: str) -> str:
    return PREFIX + name.upper()


def _convert(name: str, text: str) -> Any:
    """Turn a variable's text into its setting's type; what does not fit stays text."""
    default = getattr(_DEFAULTS, name)
    if isinstance(default, bool):
        return {"1": True, "true": True, "yes": True, "0": False, "false": False, "no": False}.get(
            text.strip().lower(), text
        )
    for kind in (int, float):
        if type(default) in (int, float):
            try:
                return kind(text)
            except ValueError:
                continue
    return text


def _check_types(found: Mapping[str, Any], origin: str) -> dict[str, Any]:
    """Return the values in their types.

    Raises:
        SettingsError: a name is unknown or a value impossible; a secret is not shown.
    """
    checked: dict[str, Any] = {}
    for name, value in found.items():
        if name not in NAMES:
            raise SettingsError(_unknown(name, NAMES, origin))
        if name in Settings.SECRETS and origin == "keyword":
            raise SettingsError(
                f"{name} is not given as a keyword, where logs and histories keep it. Set "
                f"{_variable(name)} or write it to {user_file()}."
            )
        try:
            checked[name] = _CHECKS[name](value)
        except (TypeError, ValueError) as exc:
            # Addresses may hold passwords, and tables anything.
            plain = isinstance(value, (bool, int, float)) or name == "language_model"
            shown = repr(value) if plain else "the value given"
            raise SettingsError(f"{name}: {shown} is not possible ({origin}); {exc}.") from None
    return checked


def _unknown(name: str, known: Any, origin: str) -> str:
    nearest = difflib.get_close_matches(name, known, n=1, cutoff=0.6)
    advice = f"Did you mean {nearest[0]}?" if nearest else f"Known are {', '.join(sorted(known))}."
    return f"{origin}: there is no setting {name}. {advice}"


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError("give text in quotation marks")
    if any(ord(char) < 32 for char in value):
        raise ValueError("it has control characters")
    return value.strip()


def _secret(value: Any) -> Secret:
    return value if isinstance(value, Secret) else Secret(_header_text(value))


def _header_text(value: Any) -> str:
    text = _text(value)
    if not text.isascii():
        raise ValueError("a key has only ASCII characters")
    return text


def _address(value: Any) -> str:
    """Return a base URL without its last slash, or ""."""
    text = _text(value).rstrip("/")
    if not text:
        return ""
    try:
        parts = urlsplit(text)
        _ = parts.port  # a number that is none shows only when asked for
    except ValueError:
        raise ValueError("this is no address; write http://localhost:11434/v1") from None
    if parts.scheme not in ("http", "https") or not parts.hostname or " " in text:
        raise ValueError("write an address such as http://localhost:11434/v1")
    if parts.username is not None or parts.password is not None:
        raise ValueError("names and passwords do not belong in an address; leave them out")
    if parts.query or parts.fragment:
        raise ValueError("leave out what follows ? or #")
    return text


def _number(least: float, most: float, kind: type) -> Callable[[Any], Any]:
    def check(value: Any) -> Any:
        wrong = isinstance(value, bool) or not isinstance(value, (int, float))
        if wrong or not math.isfinite(value) or not least <= value <= most or kind(value) != value:
            noun = "a whole number" if kind is int else "a number"
            raise ValueError(f"give {noun} from {least:g} to {most:g}")
        return kind(value)

    return check


def _yes_or_no(value: Any) -> bool:
    if not isinstance(value, bool):
        raise TypeError("give true or false")
    return value


_CHECKS: Mapping[str, Callable[[Any], Any]] = {
    "endpoint": _address,
    "language_model": _text,
    "api_key": _secret,
    "timeout_s": _number(0.1, 3600, float),
    "max_tokens": _number(16, 4096, int),
    "temperature": _number(0, 2, float),
    "strict": _yes_or_no,
    "proxy": _address,
}
_DEFAULTS = Settings()
