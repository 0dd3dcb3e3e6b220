"""The page: Gradio's chat beside the panel of sources, mounted in FastAPI, on one port.

gradio is imported inside functions, after the switches that keep it from calling home.
"""

import logging
import os
import socket
import threading
from collections.abc import Callable, Sequence
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from corpus.errors import ArticleQAError, SettingsError
from qa.ui import dialogue
from qa.ui.dialogue import Asked, Conversation, Conversations
from qa.ui.front import FrontPage, page_language
from qa.ui.guard import Guard
from qa.ui.words import ENGLISH, GERMAN, Words

if TYPE_CHECKING:
    import gradio as gr
    from fastapi import FastAPI

log = logging.getLogger(__name__)

LOOPBACK = ("127.0.0.1", "localhost", "::1")

AT_ONCE = 8
"""Questions answered at the same time; the others wait their turn."""

ICON = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"><rect width="32" height="32" '
    'rx="7" fill="#0f5f6b"/><path d="M8 9h16M8 15h16M8 21h9" stroke="#fff" stroke-width="2.4" '
    'stroke-linecap="round"/><circle cx="23" cy="22" r="3.4" fill="#f2c14e"/></svg>'
)


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


def build(collection: Asked, warm_up: WarmUp | None = None) -> "gr.Blocks":
    """Return the page over a collection; `application` mounts it with its headers and files."""
    _stay_home()
    import gradio as gr

    i18n = _i18n()
    loading = warm_up or WarmUp(collection)

    conversations = Conversations()
    gate = threading.BoundedSemaphore(AT_ONCE)

    def shown(conversation: Conversation, words: Words) -> tuple[Any, str]:
        turns = conversation.turns
        return dialogue.messages(turns), dialogue.panel(turns, words)

    def state_of_things(words: Words) -> str:
        return dialogue.status_line(collection, words, loading.state, loading.failure)

    def begin(question: str, request: gr.Request) -> tuple[Any, ...]:
        words = _words(request)
        conversation = conversations.of(str(request.session_hash))
        if question:  # an empty field was left by the Enter before
            searching = "searching_loading" if loading.state == "loading" else "searching"
            conversation.begin(question, words, words[searching])
        return "", dialogue.messages(conversation.turns)

    def finish(request: gr.Request) -> tuple[Any, ...]:
        words = _words(request)
        conversation = conversations.of(str(request.session_hash))
        with gate:
            conversation.finish(collection, words)
        return *shown(conversation, words), state_of_things(words)

    def restart(request: gr.Request) -> tuple[Any, ...]:
        words = _words(request)
        conversation = conversations.of(str(request.session_hash))
        conversation.restart()
        messages, cards = shown(conversation, words)
        welcome = dialogue.welcome(collection, words)
        return "", gr.update(value=messages, placeholder=welcome), cards

    def tick(request: gr.Request) -> tuple[str, Any]:
        return state_of_things(_words(request)), gr.Timer(active=loading.state == "loading")

    page = gr.Blocks(title="article-qa", fill_width=True, analytics_enabled=False)
    with page:
        with gr.Row(elem_id="top"):
            gr.Markdown("<h1>article-qa</h1>", elem_id="name", **_plain())
            status = gr.Markdown("", elem_id="status", **_plain())
            fresh = gr.Button(i18n("new"), elem_id="new", size="sm", scale=0)
            gr.Markdown(i18n("switch"), elem_id="switch", **_plain())
        with gr.Row(elem_id="room", equal_height=False):
            with gr.Column(elem_id="talk", scale=3, min_width=320):
                chat = gr.Chatbot(
                    label=i18n("conversation"),
                    elem_id="chat",
                    render_markdown=False,
                    sanitize_html=True,
                    allow_tags=False,
                    latex_delimiters=[],
                    buttons=[],
                    feedback_options=None,
                    group_consecutive_messages=False,
                    layout="panel",
                    height="100%",
                    show_label=False,
                )
                field = gr.Textbox(
                    label=i18n("question_label"),
                    placeholder=i18n("question_hint"),
                    elem_id="question",
                    lines=1,
                    max_lines=6,
                    submit_btn=True,
                    autofocus=True,
                    show_label=False,
                )
            with gr.Column(elem_id="evidence", scale=2, min_width=320):
                panel = gr.Markdown("", elem_id="sources", **_plain())
        timer = gr.Timer(1.0)
        # Past Gradio's queue: its event stream loses a question that is sent in the moment
        # in which the stream closes, and the page then waits for ever.
        direct: dict[str, Any] = {
            "queue": False,
            "show_progress": "hidden",
            "api_visibility": "private",
        }
        whole = [field, chat, panel]
        asked = field.submit(begin, field, [field, chat], **direct)
        # Each question gets its answer, one that is sent during another's answer too.
        asked.then(finish, None, [chat, panel, status], trigger_mode="multiple", **direct)
        fresh.click(restart, None, whole, **direct)
        page.load(restart, None, whole, **direct)
        page.load(tick, None, [status, timer], **direct)
        timer.tick(tick, None, [status, timer], **direct)
    page.queue(api_open=False)
    return page


def application(
    collection: Asked, hosts: Sequence[str] = LOOPBACK, warm_up: WarmUp | None = None
) -> "FastAPI":
    """Return the page as an ASGI application that answers to the given host names only."""
    _stay_home()
    import gradio as gr
    from fastapi import FastAPI, Response
    from starlette.middleware.trustedhost import TrustedHostMiddleware

    app = FastAPI(docs_url=None, redoc_url=None, openapi_url=None)
    app.add_middleware(FrontPage)
    app.add_middleware(Guard)
    app.add_middleware(TrustedHostMiddleware, allowed_hosts=list(hosts), www_redirect=False)

    def static(path: str, content: str, media_type: str) -> None:
        headers = {"cache-control": "no-cache"}
        reply = Response(content, headers=headers, media_type=media_type)
        app.add_api_route(path, lambda: reply)

    here = files("qa.ui")
    static("/ui/style.css", (here / "style.css").read_text("utf-8"), "text/css")
    static("/ui/script.js", (here / "script.js").read_text("utf-8"), "text/javascript")
    static("/favicon.ico", ICON, "image/svg+xml")
    static("/healthz", "ok", "text/plain")
    mounted: FastAPI = gr.mount_gradio_app(
        app,
        build(collection, warm_up),
        path="/",
        footer_links=[],
        run_history=False,
        show_error=False,
        max_file_size="1mb",
        ssr_mode=False,
        enable_monitoring=False,
        pwa=False,
        mcp_server=False,
        i18n=_i18n(),
        theme=gr.themes.Default(
            font=["system-ui", "sans-serif"], font_mono=["ui-monospace", "monospace"]
        ),
    )
    return mounted


def serve(
    collection: Asked,
    host: str = "127.0.0.1",
    port: int = 7860,
    on_ready: Callable[[str], None] | None = None,
) -> None:
    """Serve the page until it is interrupted; `on_ready` gets its address once it is up.

    Port 0 takes any free one. Raises SettingsError where the address cannot be had.
    The model is loaded once the page is up, so that the page never waits for it.
    """
    listener = _listen(host, port)
    warm_up = WarmUp(collection)
    loopback = host in LOOPBACK
    if not loopback:
        log.warning("%s is open to other machines, and whoever reaches it can ask", host)
    try:
        import uvicorn

        app = application(collection, LOOPBACK if loopback else ("*",), warm_up)
        config = uvicorn.Config(
            app, log_level="warning", access_log=False, timeout_graceful_shutdown=2
        )
        server = uvicorn.Server(config)
        started = server.startup

        async def startup(sockets: list[socket.socket] | None = None) -> None:
            await started(sockets=sockets)
            if on_ready is not None and server.started:
                on_ready(_address(listener))
            warm_up.start()

        server.startup = startup  # type: ignore[method-assign]
        server.run(sockets=[listener])
    except KeyboardInterrupt:
        log.info("Interrupted")
    finally:
        listener.close()


def _listen(host: str, port: int) -> socket.socket:
    """Take the address first: whoever finds it taken should hear so before anything is loaded."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((host, port))
    except (OSError, OverflowError) as error:
        listener.close()
        raise SettingsError(
            f"{host}:{port} cannot be used ({error}); choose another with --port or --host"
        ) from error
    return listener


def _address(listener: socket.socket) -> str:
    host, port = listener.getsockname()[:2]
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def _stay_home() -> None:
    """Switch off gradio's and the hub's calls home; both are read when gradio is imported."""
    os.environ["GRADIO_ANALYTICS_ENABLED"] = "False"
    os.environ.setdefault("HF_HUB_OFFLINE", "1")


def _i18n() -> "gr.I18n":
    import gradio as gr

    english = {**ENGLISH, "switch": _switch("de", "Deutsch")}
    german = {**GERMAN, "switch": _switch("en", "English")}
    return gr.I18n(en=english, de=german)


def _switch(language: str, name: str) -> str:
    return f'<a href="/?lang={language}" lang="{language}">{name}</a>'


def _words(request: "gr.Request") -> Words:
    return Words(page_language(request.headers))


def _plain() -> dict[str, Any]:
    """Options of every Markdown component: it shows the tags made here, and nothing else."""
    return {"sanitize_html": True, "latex_delimiters": [], "container": False}
