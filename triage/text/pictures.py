"""Text on screenshots, read by tesseract when the extra `triage[ocr]` and its Russian data are installed.

Reading is bounded: in pixels before anything is unpacked, in seconds, in characters kept, to one picture at a time.
What must not be seen is painted over where its words stand.
"""

from __future__ import annotations

import io
import threading
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from itertools import groupby
from typing import Any

PIXELS = 40_000_000
CHARACTERS = 20_000
SECONDS = 10.0
_SIDE = 4000  # pixels; larger pictures are made smaller
_SMALL = 1200  # pixels; letters of smaller pictures are read better when doubled
_FORMATS = ("PNG", "JPEG", "GIF")
_LANGUAGES = "rus+eng"
_MARGIN = 3  # pixels painted around a word
_turn = threading.Lock()

Box = tuple[int, int, int, int]  # left, top, right, bottom, in pixels of the picture as it came


@dataclass(frozen=True, slots=True)
class Seen:
    """The text on a picture, and where its words stand: half-open spans of the text with their boxes."""

    text: str = ""
    words: tuple[tuple[int, int, Box], ...] = ()

    def boxes(self, spans: Iterable[tuple[int, int]]) -> list[Box]:
        """Return the boxes of the words that these spans touch."""
        hidden = list(spans)
        return [box for start, end, box in self.words if any(start < b and a < end for a, b in hidden)]


def read_picture(content: bytes) -> Seen:
    """Return what stands on a JPG, PNG or GIF (its first frame): nothing when it is off, too big or too slow."""
    if state() != "ok" or not _turn.acquire(timeout=SECONDS):
        return Seen()
    try:
        return _read(content)
    finally:
        _turn.release()


def painted(content: bytes, boxes: Iterable[Box]) -> bytes | None:
    """Return the picture (of a GIF its first frame) with these boxes black, None when that cannot be done."""
    try:
        from PIL import Image, ImageDraw

        with Image.open(io.BytesIO(content), formats=_FORMATS) as picture:
            if picture.width * picture.height > PIXELS:
                return None
            kind, canvas = picture.format, picture.convert("RGB")
        for left, top, right, bottom in boxes:
            around = (left - _MARGIN, top - _MARGIN, right + _MARGIN, bottom + _MARGIN)
            ImageDraw.Draw(canvas).rectangle(around, fill="black")
        out = io.BytesIO()
        canvas.save(out, kind)
    except Exception:  # a damaged picture may raise anything
        return None
    return out.getvalue()


@lru_cache(maxsize=1)
def state() -> str:
    """Return `ok`, `off` without the extra, or what else is missing; found out once in a process."""
    try:
        import PIL.Image  # noqa: F401
        import pytesseract
    except ImportError:
        return "off"
    try:
        known = pytesseract.get_languages()
    except (OSError, RuntimeError):
        return "tesseract is not installed"
    lacking = sorted(set(_LANGUAGES.split("+")) - set(known))
    return f"tesseract has no data for {', '.join(lacking)}" if lacking else "ok"


def _read(content: bytes) -> Seen:
    import pytesseract

    try:
        picture, scale = _opened(content)
        if picture is None:
            return Seen()
        found = pytesseract.image_to_data(
            picture, lang=_LANGUAGES, timeout=SECONDS, output_type=pytesseract.Output.DICT
        )
        return _in_lines(found, scale)
    except Exception:  # a damaged picture may raise anything, and it is attached to the letter all the same
        return Seen()


def _in_lines(found: dict[str, list[Any]], scale: float) -> Seen:
    """Join words by spaces into lines; lines without letters or digits are left out."""
    rows = [place for place, word in enumerate(found["text"]) if word.strip()]
    lines = groupby(rows, key=lambda row: (found["block_num"][row], found["par_num"][row], found["line_num"][row]))
    text, words = "", []
    for _, own in lines:
        places = list(own)
        if not any(map(str.isalnum, "".join(found["text"][row] for row in places))):
            continue
        text += "\n" if text else ""
        for number, row in enumerate(places):
            text += " " if number else ""
            words.append((len(text), len(text) + len(found["text"][row].strip()), _box(found, row, scale)))
            text += found["text"][row].strip()
    return Seen(text[:CHARACTERS], tuple(words))


def _box(found: dict[str, list[Any]], row: int, scale: float) -> Box:
    left, top, width, height = (found[name][row] / scale for name in ("left", "top", "width", "height"))
    return int(left), int(top), int(left + width) + 1, int(top + height) + 1


def _opened(content: bytes) -> tuple[Any, float]:
    """Return the picture in grey and of a size to be read, and how much larger it is now; None with too many pixels."""
    from PIL import Image

    with Image.open(io.BytesIO(content), formats=_FORMATS) as picture:
        width, height = picture.size
        if width * height > PIXELS:
            return None, 1.0
        grey = picture.convert("RGB").convert("L")
    if max(width, height) > _SIDE:
        grey.thumbnail((_SIDE, _SIDE))
    elif max(width, height) < _SMALL:
        grey = grey.resize((2 * width, 2 * height))
    return grey, grey.width / width
