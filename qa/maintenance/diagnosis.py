"""What the doctor found, from good to bad, and the exit code that says so."""

from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any


class State(StrEnum):
    """What came of a check, from good to bad."""

    SOUND = "sound"
    NOTED = "noted"
    """Nothing to mend, but good to know."""
    MENDED = "mended"
    MENDABLE = "mendable"
    """`--repair` mends it."""
    BROKEN = "broken"
    """Only a backup, or the user, can mend it."""


_CODES = {State.SOUND: 0, State.NOTED: 0, State.MENDED: 0, State.MENDABLE: 3, State.BROKEN: 4}


@dataclass(frozen=True, slots=True)
class Finding:
    """What one check found."""

    check: str
    state: State
    message: str


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """All that was checked."""

    path: str
    deep: bool
    findings: tuple[Finding, ...]

    @property
    def state(self) -> State:
        """The worst that was found."""
        order = list(State)
        return max((item.state for item in self.findings), key=order.index, default=State.SOUND)

    @property
    def exit_code(self) -> int:
        """0 sound or mended, 3 `--repair` can mend it, 4 something stays broken."""
        return _CODES[self.state]

    def to_dict(self) -> dict[str, Any]:
        """Return JSON's types."""
        return {**asdict(self), "state": str(self.state), "exit_code": self.exit_code}
