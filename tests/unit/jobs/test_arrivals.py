"""What arrives by the web page or the terminal."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from triage.dialogue.incoming import ReceivedFile
from triage.jobs.arrivals import FILE_LIMIT, arrive, masked
from triage.text.pictures import Seen

PNG = b"\x89PNG\r\n\x1a\n" + bytes(8)


def reading(content: bytes) -> Callable[[], bytes]:
    return lambda: content


def never() -> bytes:
    raise AssertionError("it must not be read")


def keep(name: str, content: bytes) -> str:
    return f"kept {name} {len(content)}"


class TestArrive:
    def test_a_picture_is_kept(self) -> None:
        found = arrive("окно.PNG", len(PNG), reading(PNG), keep)
        assert found.file == ReceivedFile("окно.PNG", len(PNG), ref=f"kept окно.PNG {len(PNG)}")

    @pytest.mark.parametrize("name", ["пароль: Zima-2031-kot.png", "password=Zima2031kot.jpg"])
    def test_a_picture_with_a_secret_in_its_name_keeps_its_suffix(self, name: str) -> None:
        found = arrive(name, len(PNG), reading(PNG), keep)
        assert found.file.ref
        assert found.file.name.endswith(name[-4:])
        assert "2031" not in found.file.name
        assert found.secret_kinds == ("password",)

    def test_what_stands_on_a_picture_is_read_without_its_secrets(self) -> None:
        found = arrive("a.png", len(PNG), reading(PNG), keep, see=lambda _: Seen("Шлюз 502"))
        assert found.file.text == "Шлюз 502"
        assert found.file.ref

    def test_a_picture_whose_secret_cannot_be_painted_over_is_not_kept(self) -> None:
        def unwanted(name: str, content: bytes) -> str:
            raise AssertionError("it must not be kept")

        found = arrive("a.png", len(PNG), reading(PNG), unwanted, see=lambda _: Seen("пароль: hunter2x"))
        assert found.file == ReceivedFile("a.png", len(PNG), problem="secret")
        assert found.secret_kinds == ("password",)

    def test_a_picture_that_is_none_is_not_looked_at(self) -> None:
        def blind(_: bytes) -> Seen:
            raise AssertionError("it must not be looked at")

        assert arrive("a.png", 3, reading(b"MZ\x90"), keep, see=blind).file.problem == "picture"

    def test_a_text_is_read_without_its_secrets(self) -> None:
        found = arrive("a.log", 20, reading("пароль: hunter2x".encode("cp1251")), keep)
        assert found.file.text == "пароль: ████████"
        assert found.secret_kinds == ("password",)

    @pytest.mark.parametrize(
        ("name", "size", "problem"),
        [("a.exe", 1, "format"), ("a", 1, "format"), ("a.png.zip", 1, "format"), ("a.png", FILE_LIMIT + 1, "too_big"),
         ("a.txt", FILE_LIMIT + 1, "too_big")],
    )  # fmt: skip
    def test_what_cannot_be_used_is_not_even_read(self, name: str, size: int, problem: str) -> None:
        assert arrive(name, size, never, keep).file == ReceivedFile(name, size, problem=problem)

    @pytest.mark.parametrize(
        ("name", "content", "problem"),
        [
            ("a.jpg", b"MZ\x90", "picture"),
            ("a.gif", b"", "picture"),
            ("a.txt", PNG, "binary"),
            ("a.json", b"\0", "binary"),
        ],
    )
    def test_a_name_does_not_make_the_content(self, name: str, content: bytes, problem: str) -> None:
        assert arrive(name, len(content), reading(content), keep).file.problem == problem

    def test_a_secret_in_a_name_is_hidden_too(self) -> None:
        found = arrive("пароль: hunter2x.exe", 1, never, keep)
        assert "hunter2x" not in found.file.name
        assert found.secret_kinds == ("password",)


def test_masking_keeps_the_length() -> None:
    text = "логин admin, пароль: hunter2x, дальше"
    clean, kinds = masked(text)
    assert len(clean) == len(text)
    assert kinds == ("password",)
    assert masked("обычный текст") == ("обычный текст", ())
