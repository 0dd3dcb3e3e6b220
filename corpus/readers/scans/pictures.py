"""Pictures of pages: JPEG, PNG and TIFF, one article a file."""

import io
import re
import warnings
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

from corpus.article import Article
from corpus.blocks import Block, Metadata
from corpus.errors import EmptyInput, ErrorText, InputError, InputTooLarge
from corpus.readers.office.properties import real_title
from corpus.readers.options import ReadOptions
from corpus.readers.scans.recognition import RecognisedPage, recognise_page
from corpus.readers.text.plain import title_from
from corpus.structure.assemble import assemble

if TYPE_CHECKING:
    from PIL.Image import Image

_MOST_PIXELS = 200_000_000
"""Of one page: a double page of a broadsheet at 400 dpi has 150 million."""
_SMALLEST = 40
"""Pixels of a side below which nobody could read a line."""
MOST_PAGES = 500
"""Pages that are recognised of one file."""
_MAGIC = re.compile(rb"\x89PNG\r\n|\xff\xd8\xff|II\*\x00|MM\x00\*")
_SAMPLES = 3
"""Doubtful words that are told."""


def is_picture(head: bytes) -> bool:
    """Say whether bytes begin as a picture that may be of a page."""
    return bool(_MAGIC.match(head))


def read_picture(data: bytes, name: str, *, uri: str, options: ReadOptions) -> Article:
    """Return the article on a picture of a page, or on a TIFF's pictures.

    Raises InputError where it is damaged, or text recognition is not installed, InputTooLarge
    beyond the limits, and EmptyInput where there is no text on it.
    """
    pages = recognise_pages(enumerate(read_pictures(data), start=1), options)
    blocks = blocks_of(pages)
    title = real_title("", blocks) or title_from(name)
    return assemble(blocks, uri=uri, metadata=Metadata(title=title, properties=True))


def recognise_pages(
    pictures: Iterable[tuple[int, "Image"]], options: ReadOptions
) -> list[RecognisedPage]:
    """Return what stands on pages, and tell how sure that is.

    Args:
        pictures: each with the page's number.
        options: `note` is told of doubtful words, `page_done` after each page.
    """
    found = []
    for count, (number, picture) in enumerate(pictures, start=1):
        if count > MOST_PAGES:
            text = ErrorText("only the first {most:,} scanned pages are read", most=MOST_PAGES)
            options.note("", text)
            break
        page = recognise_page(picture, number)
        found.append(page)
        _tell(page, number, options)
        options.page_done(number)
    return found


def _tell(page: RecognisedPage, number: int, options: ReadOptions) -> None:
    if not page.words:
        options.note(f"page {number}", ErrorText("no text can be made out on it"))
    elif page.doubtful:
        options.note(
            f"page {number}",
            ErrorText(
                "text recognition is {confidence:.0f} % sure; {count:,} of {words:,} words are "
                "doubtful: {sample}",
                confidence=page.confidence,
                count=len(page.doubtful),
                words=page.words,
                sample=", ".join(f"“{word}”" for word in page.doubtful[:_SAMPLES]),
            ),
        )


def read_pictures(data: bytes) -> Iterator["Image"]:
    """Yield a file's pictures, upright as the camera says, without colours.

    Raises InputError where it is damaged, and InputTooLarge beyond the limits.
    """
    from PIL import Image, ImageOps, UnidentifiedImageError

    try:
        with warnings.catch_warnings():
            # Its own limit is lower than a newspaper's page; ours is checked below.
            warnings.simplefilter("ignore")
            Image.MAX_IMAGE_PIXELS = _MOST_PIXELS
            picture = Image.open(io.BytesIO(data), formats=("PNG", "JPEG", "TIFF"))
            frames = getattr(picture, "n_frames", 1) if picture.format == "TIFF" else 1
            for frame in range(frames):
                if frame:
                    picture.seek(frame)
                if picture.width * picture.height > _MOST_PIXELS:
                    raise InputTooLarge("the picture has too many pixels")
                if min(picture.size) < _SMALLEST:
                    continue
                yield ImageOps.exif_transpose(picture.convert("L"))
    except UnidentifiedImageError as exc:
        raise InputError("the picture is damaged") from exc
    except (OSError, ValueError, EOFError, SyntaxError) as exc:
        raise InputError("the picture is damaged: {reason}", reason=str(exc)[:150]) from exc
    except Image.DecompressionBombError as exc:
        raise InputTooLarge("the picture has too many pixels") from exc


def blocks_of(pages: Sequence[RecognisedPage]) -> list[Block]:
    """Return the blocks of recognised pages, in their order.

    Raises InputError where there are none: nothing can be made out, or there is no text.
    """
    blocks = [block for page in pages for block in page.blocks]
    if blocks:
        return blocks
    unsure = max((page.confidence for page in pages), default=0.0)
    if unsure > 0:
        raise InputError(
            "text recognition is only {confidence:.0f} % sure of it; scan it again at 300 dpi",
            confidence=unsure,
        )
    raise EmptyInput("there is no text on the picture")
