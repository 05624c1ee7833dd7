"""What was read from a screenshot goes through the checks and into the letter, told apart from files."""

from __future__ import annotations

from dataclasses import replace

from tests.builders import policy
from tests.unit.dialogue.talk import Talk
from triage.dialogue.incoming import ReceivedFile, Said


def talk_with(file: ReceivedFile) -> Talk:
    talk = Talk()
    talk.person = replace(talk.person, consent=policy().dialogue.notice_version)
    talk.give(Said("После обновления консоль показывает ошибку, см. снимок", files=(file,)))
    return talk


class TestAScreenshotThatWasRead:
    screenshot = ReceivedFile("окно.png", 10, ref="ref-1", text="Gravitee APIM версия 4.2.7\nОшибка 502")

    def test_tells_the_version(self) -> None:
        assert "4.2.7" in talk_with(self.screenshot).text

    def test_is_in_the_letter_marked_as_read_and_attached(self) -> None:
        letter = talk_with(self.screenshot).walk().letter
        assert "Прочитано с картинки «окно.png», возможны ошибки:\nGravitee APIM версия 4.2.7" in letter.body
        assert letter.files == (("окно.png", "ref-1"),)

    def test_a_file_of_text_is_no_picture(self) -> None:
        letter = talk_with(ReceivedFile("gateway.log", 10, text="Ошибка 502")).walk().letter
        assert "Файл «gateway.log»:\nОшибка 502" in letter.body
        assert "Прочитано с картинки" not in letter.body
