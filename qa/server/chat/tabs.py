"""What is known of open tabs: requests of one browser are answered one after the other, and one
that comes late does not bring back what was left. Knows nothing of Gradio.
"""

import threading
from collections import OrderedDict


class InTurn:
    """Locks, one for some owners each: what is seen last was also done last."""

    def __init__(self) -> None:
        self._locks = [threading.Lock() for _ in range(64)]

    def of(self, owner: str) -> threading.Lock:
        """Return an owner's lock."""
        return self._locks[hash(owner) % len(self._locks)]


class Tabs:
    """Which conversation each tab shows: what one says of itself may be older than its last click.

    Holds the tabs that did something last; of others, and after a restart, nothing is known.
    """

    _MOST = 4096

    def __init__(self) -> None:
        self._shown: OrderedDict[str, str] = OrderedDict()
        self._lock = threading.Lock()

    def goes_to(self, tab: str | None, conversation: str) -> None:
        """Note where a tab, by its session's hash, has been sent; without a hash, nothing is."""
        if tab is None:
            return
        with self._lock:
            self._shown[tab] = conversation
            self._shown.move_to_end(tab)
            while len(self._shown) > self._MOST:
                self._shown.popitem(last=False)

    def has_left(self, tab: str | None, conversation: str) -> bool:
        """Tell whether a tab has been sent elsewhere since it showed a conversation."""
        with self._lock:
            return self._shown.get(tab or "", conversation) != conversation
