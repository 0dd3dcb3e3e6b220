"""Outlook's messages (MSG), as the messages that every other program writes."""

import struct
from email.message import EmailMessage
from email.utils import format_datetime
from io import BytesIO

from corpus.errors import ErrorText, InputError
from corpus.readers.options import ReadOptions
from corpus.text.normalize import decode

_OLE = b"\xd0\xcf\x11\xe0"
_PROPERTIES = "__properties_version1.0".encode("utf-16-le")
"""What the container of a message holds, and that of a document does not."""
_FORWARDED = 5
"""How a message that lies in another is attached."""
_INNER = ErrorText("a message in a message (MSG); save it by itself")


def is_outlook_message(data: bytes) -> bool:
    """Say whether bytes are a message, and not another document in Microsoft's containers."""
    return data.startswith(_OLE) and _PROPERTIES in data


def outlook_message(data: bytes, options: ReadOptions) -> EmailMessage:
    """Return a message with its text, its page and its attachments.

    Messages that lie in it are handed to `options.problem`.

    Raises:
        InputError: it is damaged.
    """
    from oxmsg import Message
    from oxmsg.domain import constants

    try:
        found = Message.load(BytesIO(data))
        made = EmailMessage()
        made["Subject"] = _line(found.subject)
        made["From"] = _line(found.sender or "")
        properties = found.properties
        delivered = constants.PID_MESSAGE_DELIVERY_TIME
        day = found.sent_date or properties.date_prop_value(delivered)
        if day is not None:
            made["Date"] = format_datetime(day)
        made.set_content(found.body or "")
        page = properties.binary_prop_value(constants.PID_HTML)
        html = decode(page) if page else properties.str_prop_value(constants.PID_BODY_HTML)
        if html:
            made.add_alternative(html, subtype="html")
        for number, item in enumerate(found.attachments, start=1):
            name = item.file_name or f"attachment-{number}"
            if item.properties.int_prop_value(constants.PID_ATTACH_METHOD) == _FORWARDED:
                options.problem(name, _INNER)
                continue
            made.add_attachment(
                item.file_bytes or b"",
                maintype="application",
                subtype="octet-stream",
                filename=name,
            )
    except (
        OSError,
        ValueError,
        LookupError,
        AttributeError,
        TypeError,
        AssertionError,
        RecursionError,
        struct.error,
    ) as exc:
        raise InputError("the message is damaged: {reason}", reason=str(exc)[:150]) from exc
    return made


def _line(text: str) -> str:
    """Return a header's text in one line."""
    return " ".join(text.split())
