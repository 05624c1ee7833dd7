"""What a sent file is, by its name and its bytes."""

from __future__ import annotations

import pytest

from triage.text.attachments import READ_BYTES, Kind, decoded, is_picture, kind_of


class TestKind:
    @pytest.mark.parametrize("name", ["a.jpg", "a.JPEG", "снимок экрана.Png", "a.gif", "a.exe.png"])
    def test_pictures_by_the_last_suffix(self, name: str) -> None:
        assert kind_of(name) is Kind.PICTURE

    @pytest.mark.parametrize("name", ["a.txt", "a.log", "a.json", "a.yml", "a.yaml", "README.MD"])
    def test_texts_by_the_last_suffix(self, name: str) -> None:
        assert kind_of(name) is Kind.TEXT

    @pytest.mark.parametrize("name", ["a.bmp", "a.txt.exe", "txt", "", "a.svg"])
    def test_everything_else_is_refused(self, name: str) -> None:
        assert kind_of(name) is Kind.OTHER

    def test_a_picture_is_one_by_its_bytes_too(self) -> None:
        assert is_picture("a.jpg", b"\xff\xd8\xff\xe0")
        assert is_picture("a.jpg", b"\x89PNG\r\n\x1a\n")
        assert not is_picture("a.jpg", b"<svg>")
        assert not is_picture("a.svg", b"\x89PNG\r\n\x1a\n")


class TestDecoded:
    @pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1251", "utf-16"])
    def test_encodings_of_windows_and_linux_are_read(self, encoding: str) -> None:
        text = "Ошибка шлюза: 502\nещё раз"
        assert decoded(text.encode(encoding)) == text

    @pytest.mark.parametrize("content", [b"\x00\x01", b"\x89PNG\r\n\x1a\n\x00", bytes(range(32)) * 4])
    def test_binary_content_is_none(self, content: bytes) -> None:
        assert decoded(content) is None

    def test_damaged_utf8_keeps_what_is_whole(self) -> None:
        text = decoded("Ошибка шлюза повторяется каждый час".encode() + b"\xff" + "и ещё".encode())
        assert text is not None
        assert text.startswith("Ошибка шлюза повторяется")
        assert text.endswith("и ещё")

    def test_only_the_beginning_of_a_long_file_is_read(self) -> None:
        text = decoded(("ы" * READ_BYTES).encode())
        assert text == "ы" * (READ_BYTES // 2)

    def test_line_ends_are_made_equal(self) -> None:
        assert decoded(b"a\r\nb\rc") == "a\nb\nc"

    def test_an_empty_file_is_an_empty_text(self) -> None:
        assert decoded(b"") == ""
