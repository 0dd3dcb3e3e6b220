"""The chat put into an application: Gradio, without what it would do of its own accord.

gradio is imported inside the function, after the switches that keep it from calling home.
"""

import os
from typing import TYPE_CHECKING

from qa.server.chat.dialogue import Dialogue
from qa.server.readiness import Readiness

if TYPE_CHECKING:
    from fastapi import FastAPI


def mount_chat(app: "FastAPI", dialogue: Dialogue, readiness: Readiness) -> None:
    """Let an application answer with the chat where no other route does."""
    # Both are read when gradio is imported.
    os.environ["GRADIO_ANALYTICS_ENABLED"] = "False"
    os.environ.setdefault("HF_HUB_OFFLINE", "1")
    import gradio as gr

    from qa.server.chat.page import ChatPage
    from qa.server.chat.parts import translations

    gr.mount_gradio_app(
        app,
        ChatPage(dialogue, readiness).build(),
        path="/",
        footer_links=[],
        run_history=False,
        show_error=False,
        max_file_size="1mb",
        ssr_mode=False,
        enable_monitoring=False,
        pwa=False,
        mcp_server=False,
        i18n=translations(),
        theme=gr.themes.Default(
            font=["system-ui", "sans-serif"], font_mono=["ui-monospace", "monospace"]
        ),
    )
