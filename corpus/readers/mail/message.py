"""Mail (EML, MSG): the message as an article, what it quotes apart, attachments by themselves."""

import email
import email.policy
import re
from collections.abc import Callable, Iterator
from email.errors import MessageError
from email.message import EmailMessage
from email.utils import parsedate_to_datetime
from urllib.parse import quote

from corpus.article import Article, Role
from corpus.blocks import Block, Metadata
from corpus.errors import EmptyInput, ErrorText, InputError
from corpus.readers.mail.outlook import is_outlook_message, outlook_message
from corpus.readers.options import ReadOptions
from corpus.structure.assemble import assemble
from corpus.text.normalize import clean, decode

_HEADER = re.compile(rb"[A-Za-z][\w-]{0,60}:[ \t]?[^\r\n]*\r?\n(?:[ \t][^\r\n]*\r?\n)*")
_OF_MAIL = frozenset(
    b"received return-path message-id delivered-to reply-to dkim-signature to x-mailer".split()
)
_SAVED_PAGE = re.compile(rb"^(?:From: <Saved by|Snapshot-Content-Location:)", re.I | re.M)
_MOST_PARTS = 200
MAX_DEPTH = 2
"""How deeply messages and archives are read in one another."""
_SIGNATURE = re.compile(r"^(?:-- ?|__+|--+)$")
_QUOTED = re.compile(r"^\s*>")
_REPLY = re.compile(
    r"^(?:Am .{4,120} schrieb .{1,120}:|On .{4,120} wrote:|Le .{4,120} a écrit\s*:|"
    r"-{2,}\s*(?:Original Message|Ursprüngliche Nachricht|Original-?Nachricht|"
    r"Weitergeleitete Nachricht|Forwarded message).*|(?:Von|From):\s.{1,200}<?\S+@\S+>?.*)$",
    re.I,
)
_GREETING = re.compile(
    r"^(?:Mit (?:freundlichen|besten|herzlichen) Grüßen|Viele Grüße|Beste Grüße|Freundliche Grüße|"
    r"Herzliche Grüße|Kind regards|Best regards|Regards|Sincerely|Best wishes)\b.{0,40}$",
    re.I,
)
_PREFIX = re.compile(r"^(?:(?:AW|WG|Re|Fwd?|Antw|TR)\s*:\s*)+", re.I)


def looks_like_mail(head: bytes) -> bool:
    """Say whether bytes begin as a message, and not as a page that a browser saved so."""
    names = _header_names(head)
    has = {b"from", b"date"} <= names or {b"from", b"subject"} <= names
    return has and bool(names & _OF_MAIL) and not _SAVED_PAGE.search(head[:8192])


def _header_names(head: bytes) -> set[bytes]:
    """Return the names of the header's lines, in lower case."""
    names: set[bytes] = set()
    place = len(head) - len(head.lstrip(b"\xef\xbb\xbf\r\n"))
    if head[place : place + 5] == b"From ":  # a message cut out of a mailbox
        place = head.find(b"\n", place) + 1
    while hit := _HEADER.match(head, place):
        names.add(hit[0].partition(b":")[0].lower())
        place = hit.end()
    return names


def read_message(
    data: bytes,
    name: str,
    *,
    uri: str,
    options: ReadOptions,
    read: Callable[..., Iterator[Article]],
) -> Iterator[Article]:
    """Yield the article of a message, and those of its attachments at `uri!/name`.

    `read` reads an attachment, as `corpus.readers.read` does.

    Raises InputError where the message is damaged and EmptyInput where nothing is in it.
    """
    try:
        message = (
            outlook_message(data, options)
            if is_outlook_message(data)
            else email.message_from_bytes(data.lstrip(b"\r\n"), policy=email.policy.default)
        )
        parts = list(_parts(message))
        article = _article(message, parts, name, uri)
    except (
        MessageError,
        LookupError,
        ValueError,
        RecursionError,
        AttributeError,
        TypeError,
    ) as exc:
        raise InputError("the message is damaged: {reason}", reason=str(exc)[:150]) from exc
    if article is not None:
        yield article
    count = 0
    for attached, content in _attachments(parts):
        count += 1
        yield from _read_attachment(attached, content, uri, options, read)
    if article is None and not count:
        raise EmptyInput("there is no text in the message")


def _parts(message: EmailMessage) -> Iterator[EmailMessage]:
    """Yield the parts that hold something, forwarded messages whole."""
    pending = [message]
    count = 0
    while pending and count < _MOST_PARTS:
        part = pending.pop(0)
        count += 1
        if part.get_content_type() == "message/rfc822" and part is not message:
            yield part
        elif part.is_multipart():
            inner = [p for p in part.iter_parts() if isinstance(p, EmailMessage)]
            pending[:0] = inner
        else:
            yield part


def _article(
    message: EmailMessage, parts: list[EmailMessage], name: str, uri: str
) -> Article | None:
    from corpus.readers.text.plain import title_from

    blocks = _body(parts)
    if not any(block.text.strip() for block in blocks):
        return None
    subject = _PREFIX.sub("", " ".join(clean(str(message.get("Subject", ""))).split()))
    sender, address = _sender(message)
    stated = str(message.get("Date", ""))
    head = [
        Block(subject, "title", role=Role.HEADLINE),
        Block(", ".join(filter(None, (sender, address, stated))), role=Role.SOURCE),
    ]  # fmt: skip
    metadata = Metadata(title=subject or title_from(name), source=sender or address)
    day = message.get("Date")
    if day is not None:
        try:
            metadata.published = parsedate_to_datetime(str(day)).date()
        except (ValueError, TypeError, IndexError):
            metadata.set_published(str(day))
    return assemble([*head, *blocks], uri=uri, metadata=metadata)


def _sender(message: EmailMessage) -> tuple[str, str]:
    """Return the sender's name and address."""
    field = message.get("From")
    people = getattr(field, "addresses", ())
    if people:
        return clean(people[0].display_name).strip(), people[0].addr_spec
    return "", clean(str(field or "")).strip()


def _body(parts: list[EmailMessage]) -> list[Block]:
    """Return the blocks of the message's own text: of its HTML, where that is more."""
    from corpus.readers.web.html import markup_blocks

    own = [part for part in parts if not _is_attached(part)]
    plain = [_text_of(p) for p in own if p.get_content_type() == "text/plain"]
    pages = [_text_of(p) for p in own if p.get_content_type() == "text/html"]
    text = "\n\n".join(plain)
    if len(text.strip()) >= 40 or not pages:
        return list(_plain_blocks(text))
    blocks = [block for page in pages for block in markup_blocks(page)]
    return _mark_tail(blocks)


def _text_of(part: EmailMessage) -> str:
    data = part.get_payload(decode=True)
    return decode(data, part.get_content_charset()) if isinstance(data, bytes) and data else ""


def _plain_blocks(text: str) -> Iterator[Block]:
    """Yield a plain text's paragraphs; what it quotes or signs with has its role."""
    from corpus.readers.text.plain import split

    own: list[str] = []
    quoted: list[str] = []
    signed: list[str] = []
    current = own
    for line in clean(text).split("\n"):
        if current is own and _SIGNATURE.match(line.strip()) and line.strip():
            current = signed
        if current is not signed and _REPLY.match(line.strip()):
            current = quoted
        (quoted if _QUOTED.match(line) else current).append(line.lstrip("> "))
    for lines, role in ((own, None), (signed, Role.SOURCE), (quoted, Role.PROMO)):
        blocks = [Block(part, role=role) for part in split("\n".join(lines)) if part]
        yield from _mark_tail(blocks) if role is None else blocks


def _mark_tail(blocks: list[Block]) -> list[Block]:
    """Mark what follows the greeting, and the reply that is quoted below."""
    role: Role | None = None
    for block in blocks:
        line = block.text.strip().split("\n")[0]
        if _REPLY.match(line):
            role = Role.PROMO
        elif role is None and _GREETING.match(line):
            role = Role.SOURCE
        block.role = block.role or role
    return blocks


def _is_attached(part: EmailMessage) -> bool:
    return part.get_content_disposition() == "attachment" or bool(part.get_filename())


def _attachments(parts: list[EmailMessage]) -> Iterator[tuple[str, bytes]]:
    """Yield the attachments with their names; pictures that the text shows are none."""
    for number, part in enumerate(parts, start=1):
        if part.get_content_type() == "message/rfc822":
            inner = part.get_payload(0) if part.is_multipart() else None
            if isinstance(inner, EmailMessage):
                yield f"message-{number}.eml", inner.as_bytes()
        elif _is_attached(part) and part.get_content_disposition() != "inline":
            data = part.get_payload(decode=True)
            if isinstance(data, bytes) and data:
                yield clean(part.get_filename() or f"attachment-{number}"), data


def _read_attachment(
    name: str, data: bytes, uri: str, options: ReadOptions, read: Callable[..., Iterator[Article]]
) -> Iterator[Article]:
    if options.depth >= MAX_DEPTH:
        options.problem(name, ErrorText("it lies too deeply in other messages"))
        return
    inner = options.within(name, depth=options.depth + 1)
    try:
        yield from read(data, name, uri=f"{uri}!/{quote(name)}", options=inner)
    except InputError as exc:
        options.problem(name, exc.text)
