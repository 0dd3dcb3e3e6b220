"""What pages say to their readers, in German and English: the expressions in patterns/*.toml."""

import re
import tomllib
from importlib.resources import files

_CONTINUED = re.compile(r"\\\n {2}")
_INSERTED = re.compile(r"\{([a-z_]+)\}")


class Phrases:
    """The lists of one file, by name; around.toml says how they are written."""

    def __init__(self, file: str) -> None:
        """Read a file of the folder patterns."""
        path = files("corpus.structure") / "patterns" / file
        self._lists: dict[str, str] = tomllib.loads(path.read_text(encoding="utf-8"))

    def expression(self, name: str) -> str:
        """Return one regular expression that matches any line of a list."""
        lines = _CONTINUED.sub("", self._lists[name]).splitlines()
        whole = "|".join(line.replace(" ", r"\s+") for line in lines if not line.startswith("#"))
        return _INSERTED.sub(lambda hit: self.expression(hit[1]), f"(?:{whole})")

    def pattern(self, name: str) -> re.Pattern[str]:
        """Return the compiled expression that matches any line of a list, in any case."""
        return re.compile(self.expression(name), re.IGNORECASE)

    def words(self, name: str) -> frozenset[str]:
        """Return a list of words or phrases with commas between them."""
        return frozenset(" ".join(self._lists[name].split()).split(", "))
