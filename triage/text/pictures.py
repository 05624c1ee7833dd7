"""Text on screenshots, read by tesseract when the extra `triage[ocr]` and its Russian data are installed.

Reading is bounded: in pixels before anything is unpacked, in seconds, in characters kept, to one picture at a time.
"""

from __future__ import annotations

import io
import threading
from functools import lru_cache
from typing import Any

PIXELS = 40_000_000
CHARACTERS = 20_000
SECONDS = 10.0
_SIDE = 4000  # pixels; larger pictures are made smaller
_SMALL = 1200  # pixels; letters of smaller pictures are read better when doubled
_FORMATS = ("PNG", "JPEG", "GIF")
_LANGUAGES = "rus+eng"
_turn = threading.Lock()


def read_picture(content: bytes) -> str:
    """Return the text on a JPG, PNG or GIF (its first frame), "" when there is none, it is off, too big or too slow."""
    if state() != "ok" or not _turn.acquire(timeout=SECONDS):
        return ""
    try:
        return _read(content)
    finally:
        _turn.release()


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


def _read(content: bytes) -> str:
    import pytesseract

    try:
        picture = _opened(content)
        text = pytesseract.image_to_string(picture, lang=_LANGUAGES, timeout=SECONDS) if picture else ""
    except Exception:  # a damaged picture may raise anything, and it is attached to the letter all the same
        return ""
    lines = (" ".join(line.split()) for line in str(text).replace("\f", "\n").splitlines())
    return "\n".join(line for line in lines if any(c.isalnum() for c in line))[:CHARACTERS]


def _opened(content: bytes) -> Any:
    """Return the picture in grey and of a size to be read, None when it has too many pixels."""
    from PIL import Image

    with Image.open(io.BytesIO(content), formats=_FORMATS) as picture:
        width, height = picture.size
        if width * height > PIXELS:
            return None
        grey = picture.convert("RGB").convert("L")
    if max(width, height) > _SIDE:
        grey.thumbnail((_SIDE, _SIDE))
    elif max(width, height) < _SMALL:
        grey = grey.resize((2 * width, 2 * height))
    return grey
