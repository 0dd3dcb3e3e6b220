"""The pages that people see: the chat, the library and the inspector, put together."""

import logging
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from fastapi import FastAPI

from corpus.errors import ArticleQAError
from qa.chat_history import ConversationStore
from qa.collection import Collection
from qa.conversation_file import conversation_place
from qa.places import CollectionPlace
from qa.server.chat.dialogue import Dialogue
from qa.server.chat.front import FrontPage
from qa.server.chat.mount import mount_chat
from qa.server.chat.routes import add_routes
from qa.server.dossiers.routes import DossierPages
from qa.server.dossiers.store import Dossiers
from qa.server.inspect import Inspect
from qa.server.language_model import LanguageModelPage
from qa.server.library.routes import Library
from qa.server.matches import Matches
from qa.server.page_routes import Missing
from qa.server.protocol import Served
from qa.server.service import Service
from qa.standing import StandingQuestions

log = logging.getLogger(__name__)
T = TypeVar("T", ConversationStore, Dossiers, StandingQuestions)


def pages(service: Service, store: ConversationStore | None = None) -> FastAPI:
    """Return the pages as an application.

    Args:
        service: what all routes share.
        store: of the conversations; by default beside the collection's catalog.
    """
    collection = service.collection
    app = FastAPI(docs_url=None, redoc_url=None, openapi_url=None)
    app.add_middleware(FrontPage)
    app.add_middleware(Missing)
    standing = _open_kept(StandingQuestions, collection, "Standing questions")
    store = store or _open_kept(ConversationStore, collection, "Conversations")
    dialogue = Dialogue(collection, store, service.workers, standing)
    add_routes(app, dialogue)
    trusted = service.options.is_private or service.options.auth is not None
    dossiers = _open_kept(Dossiers, collection, "Dossiers")
    DossierPages(dossiers, dialogue, editable=trusted).add_routes(app)
    if isinstance(collection, Collection):
        options = service.options
        # Said to be editable, it may be open to others.
        alone = options.may_edit and options.editable is None
        library = Library(collection, editable=options.may_edit, originals=alone)
        library.add_routes(app)
        dialogue.has_pages = library.pictures.has_pages
        Matches(collection).add_routes(app)
        Inspect(collection, service.readiness).add_routes(app)
        LanguageModelPage(collection, options).add_routes(app)
    mount_chat(app, dialogue, service.readiness)
    return app


def _conversations(collection: Served) -> CollectionPlace:
    if isinstance(collection, Collection):
        return conversation_place(collection.place)
    return conversation_place(Path(collection.status().path))


def _open_kept(make: Callable[[CollectionPlace | None], T], collection: Served, what: str) -> T:
    """Return what a collection keeps; where it cannot be kept, a log line says why."""
    try:
        return make(_conversations(collection))
    except ArticleQAError as error:
        log.warning("%s are lost when the server stops: %s", what, error)
        return make(None)
