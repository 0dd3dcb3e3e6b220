"""The password file: who may ask a server that is open to other machines.

    {"users": {"anna": {"password": "$argon2id$…", "tokens": {"sha256 of a token": "2026-11-23"}}}}

Passwords are kept as argon2 hashes; tokens are 256 random bits, of which a plain hash says
nothing. A change of the file counts at once, without a restart.
"""

import hashlib
import json
import os
import re
import secrets
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from threading import Lock
from typing import Any

from corpus.errors import SettingsError

SHORTEST = 8
LONGEST = 1000
"""Characters of a password; hashing longer ones would cost the server time."""
_NAME = re.compile(r"[A-Za-z0-9._@-]{1,64}")
_TOKEN = re.compile(r"aqa-[A-Za-z0-9_-]{43}")


@dataclass(frozen=True, slots=True)
class User:
    """What the file says of one user."""

    password: str
    tokens: Mapping[str, str] = field(default_factory=dict)
    """Hash -> the day it was made."""
    is_admin: bool = False
    """Whether they may change the server's settings."""


class Users:
    """A password file, followed while a server runs; safe from several threads."""

    def __init__(self, path: Path) -> None:
        """Read the file.

        Raises:
            SettingsError: it cannot be read, or names nobody.
        """
        self._path = path
        self._lock = Lock()
        self._stamp = self._state()
        self._users = read(path)
        self._hasher = _hasher()
        # What an unknown name's password is compared with, so that it takes as long.
        self._nobody = self._hasher.hash(secrets.token_hex(16))
        if not self._users:
            raise SettingsError(f"{path} names nobody. Add somebody: article-qa user add NAME")

    def verify(self, name: str, password: str) -> bool:
        """Say whether this is the user's password; takes as long where there is no such user."""
        from argon2.exceptions import InvalidHashError, VerificationError

        user = self._now().get(name)
        if len(password) > LONGEST:
            return False
        try:
            # It raises where they differ.
            right = self._hasher.verify(user.password if user else self._nobody, password)
        except (InvalidHashError, VerificationError):
            return False
        return right and user is not None

    def owner(self, token: str) -> str | None:
        """Return whose token this is."""
        if not _TOKEN.fullmatch(token):
            return None
        known = digest(token)
        for name, user in self._now().items():
            if known in user.tokens:
                return name
        return None

    def is_admin(self, name: str) -> bool:
        """Say whether a user may change the server's settings."""
        user = self._now().get(name)
        return user is not None and user.is_admin

    def fingerprint(self, name: str) -> str:
        """Return what changes with the user's password; "" where there is no such user."""
        user = self._now().get(name)
        return digest(user.password) if user else ""

    def _now(self) -> Mapping[str, User]:
        """Return the users; where the file has changed, those of the new one."""
        with self._lock:
            state = self._state()
            if state != self._stamp:
                # Nobody is let in by a file that cannot be read any more.
                self._stamp = state
                try:
                    self._users = read(self._path)
                except SettingsError:
                    self._users = {}
            return self._users

    def _state(self) -> tuple[int, int, int]:
        try:
            found = self._path.stat()
        except OSError:
            return (0, 0, 0)
        return (found.st_mtime_ns, found.st_ino, found.st_size)


def add(path: Path, name: str, password: str, *, admin: bool | None = None) -> bool:
    """Add a user, or give one another password, which ends the sessions; say whether it is new.

    With `admin` they may, or may not, change the server's settings; None leaves that as it is.

    Raises:
        SettingsError: the name or password cannot be used, or the file not be written.
    """
    if not _NAME.fullmatch(name):
        raise SettingsError(f"{name!r} is no name: 1 to 64 of the letters A to Z, digits and ._@-")
    if not SHORTEST <= len(password) <= LONGEST:
        raise SettingsError(f"A password has {SHORTEST} to {LONGEST:,} characters.")
    users = read(path) if path.exists() else {}
    before = users.get(name)
    rights = (before is not None and before.is_admin) if admin is None else admin
    users[name] = User(_hasher().hash(password), before.tokens if before else {}, rights)
    _write(path, users)
    return before is None


def remove(path: Path, name: str) -> None:
    """Remove a user with all tokens.

    Raises:
        SettingsError: there is no such user, or the file cannot be used.
    """
    users = read(path)
    if users.pop(name, None) is None:
        raise SettingsError(_unknown(path, name))
    _write(path, users)


def add_token(path: Path, name: str) -> str:
    """Return a new token for a user; only its hash is kept.

    Raises:
        SettingsError: there is no such user, or the file cannot be used.
    """
    users = read(path)
    if name not in users:
        raise SettingsError(_unknown(path, name))
    token = f"aqa-{secrets.token_urlsafe(32)}"
    made = {digest(token): datetime.now(UTC).date().isoformat()}
    users[name] = replace(users[name], tokens={**users[name].tokens, **made})
    _write(path, users)
    return token


def drop_tokens(path: Path, name: str) -> int:
    """Make a user's tokens void; return how many there were.

    Raises:
        SettingsError: there is no such user, or the file cannot be used.
    """
    users = read(path)
    if name not in users:
        raise SettingsError(_unknown(path, name))
    count = len(users[name].tokens)
    users[name] = replace(users[name], tokens={})
    _write(path, users)
    return count


def read(path: Path) -> dict[str, User]:
    """Return the file's users by name.

    Raises:
        SettingsError: it cannot be read, or is no password file.
    """
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except OSError as exc:
        raise SettingsError(
            f"The password file {path} cannot be read ({exc.strerror}). Make it with: "
            f"article-qa user add NAME --file {path}"
        ) from exc
    except ValueError:
        # Without the cause: its text would hold the file.
        raise SettingsError(f"{path} is no password file: it is no JSON.") from None
    try:
        return {str(name): _user(item) for name, item in content["users"].items()}
    except (AttributeError, KeyError, TypeError):
        raise SettingsError(f"{path} is no password file: it has not its shape.") from None


def digest(secret: str) -> str:
    """Return the SHA-256 of a text, in hexadecimal."""
    return hashlib.sha256(secret.encode()).hexdigest()


def _user(item: Mapping[str, Any]) -> User:
    tokens = {str(key): str(value) for key, value in item.get("tokens", {}).items()}
    if not isinstance(item["password"], str):
        raise TypeError
    return User(item["password"], tokens, item.get("admin") is True)


def _hasher() -> Any:
    from argon2 import PasswordHasher

    return PasswordHasher()


def _write(path: Path, users: Mapping[str, User]) -> None:
    content = {
        "users": {
            name: {
                "password": user.password,
                "tokens": dict(user.tokens),
                **({"admin": True} if user.is_admin else {}),
            }
            for name, user in sorted(users.items())
        }
    }
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        # Beside it and for its owner alone: a half-written file would shut everybody out.
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=".users-")
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            json.dump(content, file, indent=1)
            file.flush()
            os.fsync(file.fileno())
        Path(name).replace(path)
    except OSError as exc:
        raise SettingsError(f"{path} cannot be written: {exc.strerror}.") from exc


def _unknown(path: Path, name: str) -> str:
    return f"{path} has no user {name!r}; article-qa user list --file {path} shows them."
