"""Text on screenshots: bounds always, reading where tesseract with Russian is installed."""

from __future__ import annotations

import io

import pytest

from triage.text import pictures

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


@pytest.fixture
def counted(monkeypatch: pytest.MonkeyPatch) -> list[object]:
    """An OCR that only counts what it is given."""
    pytesseract = pytest.importorskip("pytesseract", reason="pytesseract is not installed: extra [ocr]")
    seen: list[object] = []
    monkeypatch.setattr(pictures, "state", lambda: "ok")

    def seeing(picture: object, **_: object) -> str:
        seen.append(picture)
        return "Шлюз  502\n\f·\n"

    monkeypatch.setattr(pytesseract, "image_to_string", seeing)
    return seen


class TestReading:
    def test_keeps_lines_with_letters_and_single_spaces(self, counted: list[object]) -> None:
        assert pictures.read_picture(drawn("x")) == "Шлюз 502"
        assert len(counted) == 1

    def test_leaves_a_picture_of_too_many_pixels(self, counted: list[object], monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(pictures, "PIXELS", 1000)
        assert pictures.read_picture(drawn("x")) == ""
        assert counted == []

    @pytest.mark.parametrize("content", [b"", b"\x89PNG\r\n\x1a\n" + bytes(20), b"GIF8", b"MZ", b"BM" + bytes(60)])
    def test_leaves_what_is_no_whole_picture(self, counted: list[object], content: bytes) -> None:
        assert pictures.read_picture(content) == ""
        assert counted == []

    def test_keeps_no_more_than_the_limit(self, counted: list[object], monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(pictures, "CHARACTERS", 4)
        assert pictures.read_picture(drawn("x")) == "Шлюз"

    def test_is_off_when_not_installed(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(pictures, "state", lambda: "off")
        assert pictures.read_picture(drawn("x")) == ""

    def test_gives_up_when_it_takes_too_long(self, monkeypatch: pytest.MonkeyPatch) -> None:
        pytesseract = pytest.importorskip("pytesseract", reason="pytesseract is not installed: extra [ocr]")
        given: dict[str, float] = {}

        def slow(_: object, *, lang: str, timeout: float) -> str:
            given[lang] = timeout
            raise RuntimeError("Tesseract process timeout")

        monkeypatch.setattr(pictures, "state", lambda: "ok")
        monkeypatch.setattr(pytesseract, "image_to_string", slow)
        assert pictures.read_picture(drawn("x")) == ""
        assert given == {"rus+eng": pictures.SECONDS}


@with_tesseract
class TestTesseract:
    @pytest.mark.parametrize("format", ["PNG", "JPEG", "GIF"])
    def test_reads_russian_and_english(self, format: str) -> None:
        read = pictures.read_picture(drawn("Ошибка шлюза: 502 Bad Gateway", "Версия 4.2.1", format=format))
        assert "502 Bad Gateway" in read
        assert "Версия 4.2.1" in read
