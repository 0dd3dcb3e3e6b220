"""The model, loaded behind the page."""

import logging
import threading

from corpus.errors import ArticleQAError
from qa.server.protocol import Asked

log = logging.getLogger(__name__)


class WarmUp:
    """Loads the collection's model in the background and says how far it is."""

    def __init__(self, collection: Asked) -> None:
        self._collection = collection
        self.state = ""
        """A key of the interface's words: "loading", "loading_failed", or "" when there is
        nothing to say."""
        self.failure = ""

    def start(self) -> None:
        """Begin, and return at once."""
        self.state = "loading"
        threading.Thread(target=self._load, name="warm-up", daemon=True).start()

    def _load(self) -> None:
        try:
            self._collection.warm_up()
        except ArticleQAError as error:
            self.state, self.failure = "loading_failed", str(error)
            log.warning("The model could not be loaded: %s", error)
        except Exception as error:  # a thread's exception would otherwise leave the page waiting
            self.state, self.failure = "loading_failed", type(error).__name__
            log.exception("The model could not be loaded")
        else:
            self.state = ""
