"""Whether questions can be asked: the model is loaded in the background, the indexes follow."""

import logging
import threading
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
        self.is_loading = False
        self.model: Literal["loading", "loaded", "failed"] = "loading"
        self.failure = ""
        """Why the model could not be loaded."""
        self.draining = False

    def start(self) -> None:
        """Begin to load, and return at once."""
        with self._lock:
            if self.is_loading:
                return
            self.is_loading = True
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
            self.model, self.failure = "failed", error.text
            log.warning("The model could not be loaded: %s", error)
        except Exception as error:  # a thread's exception would otherwise leave everybody waiting
            self.model, self.failure = "failed", type(error).__name__
            log.exception("The model could not be loaded")
        else:
            self.model, self.failure = "loaded", ""
        finally:
            with self._lock:
                self.is_loading = False
