"""Whether questions can be asked: the model is loaded in the background, the indexes follow."""

import logging
import threading
from collections.abc import Callable
from typing import Literal, Protocol

from corpus.errors import ArticleQAError
from qa.server.api.models import Ready

log = logging.getLogger(__name__)


class Warmed(Protocol):
    """The part of a collection that gets ready."""

    def warm_up(self) -> None:
        """Load the model and the indexes."""

    def is_current(self) -> bool:
        """Say whether the indexes that are open hold all that the collection has."""


class Readiness:
    """Loads the model behind the server and says how far it is."""

    def __init__(self, collection: Warmed) -> None:
        """Nothing is loaded before `start`."""
        self._collection = collection
        self._lock = threading.Lock()
        self._loading = False
        self.model: Literal["loading", "loaded", "failed"] = "loading"
        self.draining = False
        self.starts: list[Callable[[], None]] = []
        """What else begins when the model is loaded for the first time: the page says so."""

    def start(self) -> None:
        """Begin to load, and return at once."""
        with self._lock:
            if self._loading:
                return
            self._loading = True
            others, self.starts = self.starts, []
        for start in others:
            start()
        threading.Thread(target=self._load, name="warm-up", daemon=True).start()

    def state(self) -> Ready:
        """Say how it stands; what is not loaded, or behind, is seen to in the background."""
        indexes: Literal["loading", "current", "behind"] = "loading"
        if self.model == "loaded":
            indexes = "current" if self._collection.is_current() else "behind"
        if indexes != "current":
            self.start()
        return Ready(
            ready=self.model == "loaded" and not self.draining,
            model=self.model,
            indexes=indexes,
            draining=self.draining,
        )

    def _load(self) -> None:
        try:
            self._collection.warm_up()
        except ArticleQAError as error:
            self.model = "failed"
            log.warning("The model could not be loaded: %s", error)
        except Exception:  # a thread's exception would otherwise leave everybody waiting
            self.model = "failed"
            log.exception("The model could not be loaded")
        else:
            self.model = "loaded"
        finally:
            with self._lock:
                self._loading = False
