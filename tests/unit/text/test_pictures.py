"""Text on screenshots: bounds always, reading where tesseract with Russian is installed."""

from __future__ import annotations

import io

import pytest

from triage.jobs.arrivals import arrive
from triage.text import pictures
from triage.text.pictures import Seen, painted

Image = pytest.importorskip("PIL.Image", reason="Pillow is not installed: pip install 'triage-assistant[ocr]'")

with_tesseract = pytest.mark.skipif(
    pictures.state() != "ok",
    reason=f"no OCR here ({pictures.state()}): apt-get install tesseract-ocr tesseract-ocr-rus, extra [ocr]",
)


def drawn(*lines: str, format: str = "PNG", size: int = 28) -> bytes:
    """A screenshot with some lines of text."""
    from matplotlib import font_manager
    from PIL import ImageDraw, ImageFont

    font = ImageFont.truetype(font_manager.findfont("DejaVu Sans"), size)
    picture = Image.new("RGB", (1100, 60 + 50 * len(lines)), "white")
    for number, line in enumerate(lines):
        ImageDraw.Draw(picture).text((30, 30 + 50 * number), line, font=font, fill="black")
    out = io.BytesIO()
    picture.save(out, format)
    return out.getvalue()


def words(*found: tuple[str, int, tuple[int, int, int, int]]) -> dict[str, list[object]]:
    """What tesseract says of words: text, number of the line, left, top, width and height."""
    names = ("left", "top", "width", "height")
    return {
        "text": ["", *(text for text, _, _ in found)],
        "block_num": [1, *(1 for _ in found)],
        "par_num": [0, *(1 for _ in found)],
        "line_num": [0, *(line for _, line, _ in found)],
        **{name: [0, *(box[place] for _, _, box in found)] for place, name in enumerate(names)},
    }


@pytest.fixture
def counted(monkeypatch: pytest.MonkeyPatch) -> list[object]:
    """An OCR that only counts what it is given."""
    pytesseract = pytest.importorskip("pytesseract", reason="pytesseract is not installed: extra [ocr]")
    seen: list[object] = []
    monkeypatch.setattr(pictures, "state", lambda: "ok")

    def seeing(picture: object, **_: object) -> dict[str, list[object]]:
        seen.append(picture)
        return words(("Шлюз ", 1, (20, 40, 100, 30)), ("502", 1, (140, 40, 60, 30)), ("·", 2, (20, 90, 5, 5)))

    monkeypatch.setattr(pytesseract, "image_to_data", seeing)
    return seen


class TestReading:
    def test_keeps_lines_with_letters_and_single_spaces(self, counted: list[object]) -> None:
        assert pictures.read_picture(drawn("x")).text == "Шлюз 502"
        assert len(counted) == 1

    def test_says_where_words_stand_in_the_picture_as_it_came(self, counted: list[object]) -> None:
        seen = pictures.read_picture(drawn("x"))  # less than 1,200 pixels wide: it is read doubled
        assert seen.words == ((0, 4, (10, 20, 61, 36)), (5, 8, (70, 20, 101, 36)))
        assert seen.boxes([(6, 7)]) == [(70, 20, 101, 36)]

    def test_leaves_a_picture_of_too_many_pixels(self, counted: list[object], monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(pictures, "PIXELS", 1000)
        assert pictures.read_picture(drawn("x")).text == ""
        assert counted == []

    @pytest.mark.parametrize("content", [b"", b"\x89PNG\r\n\x1a\n" + bytes(20), b"GIF8", b"MZ", b"BM" + bytes(60)])
    def test_leaves_what_is_no_whole_picture(self, counted: list[object], content: bytes) -> None:
        assert pictures.read_picture(content) == Seen()
        assert counted == []

    def test_keeps_no_more_than_the_limit(self, counted: list[object], monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(pictures, "CHARACTERS", 4)
        assert pictures.read_picture(drawn("x")).text == "Шлюз"

    def test_is_off_when_not_installed(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(pictures, "state", lambda: "off")
        assert pictures.read_picture(drawn("x")).text == ""

    def test_gives_up_when_it_takes_too_long(self, monkeypatch: pytest.MonkeyPatch) -> None:
        pytesseract = pytest.importorskip("pytesseract", reason="pytesseract is not installed: extra [ocr]")
        given: dict[str, float] = {}

        def slow(_: object, *, lang: str, timeout: float, output_type: str) -> dict[str, list[object]]:
            given[lang] = timeout
            raise RuntimeError("Tesseract process timeout")

        monkeypatch.setattr(pictures, "state", lambda: "ok")
        monkeypatch.setattr(pytesseract, "image_to_data", slow)
        assert pictures.read_picture(drawn("x")).text == ""
        assert given == {"rus+eng": pictures.SECONDS}


@with_tesseract
class TestTesseract:
    @pytest.mark.parametrize("format", ["PNG", "JPEG", "GIF"])
    def test_reads_russian_and_english(self, format: str) -> None:
        read = pictures.read_picture(drawn("Ошибка шлюза: 502 Bad Gateway", "Версия 4.2.1", format=format)).text
        assert "502 Bad Gateway" in read
        assert "Версия 4.2.1" in read

    @pytest.mark.parametrize("format", ["PNG", "JPEG", "GIF"])
    def test_a_secret_is_painted_over_and_the_rest_stays(self, format: str) -> None:
        content, kept = drawn("Шлюз не пускает", "пароль: Osen-4417-les", "Версия 4.2.1", format=format), []

        def keep(name: str, shown: bytes) -> str:
            kept.append(shown)
            return "kept"

        found = arrive(f"a.{format.lower()}", len(content), lambda: content, keep)
        assert found.secret_kinds == ("password",)
        assert "4417" not in (found.file.text or "")
        read = pictures.read_picture(kept[0]).text
        assert "Версия 4.2.1" in read
        assert "Шлюз не пускает" in read
        assert "4417" not in read


class TestPainting:
    @pytest.mark.parametrize("format", ["PNG", "JPEG", "GIF"])
    def test_keeps_the_format_and_blackens_the_box(self, format: str) -> None:
        shown = painted(drawn("x", format=format), [(20, 20, 60, 60)])
        assert shown is not None
        with Image.open(io.BytesIO(shown)) as picture:
            assert picture.format == format
            assert sum(picture.convert("RGB").getpixel((40, 40))) < 30
            assert sum(picture.convert("RGB").getpixel((300, 40))) > 700

    @pytest.mark.parametrize("content", [b"", b"\x89PNG\r\n\x1a\n" + bytes(20), b"MZ"])
    def test_what_is_no_picture_is_none(self, content: bytes) -> None:
        assert painted(content, [(0, 0, 1, 1)]) is None
