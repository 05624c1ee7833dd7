"""The parts of the conversation alone: words, buttons, letters, dividing, addresses."""

from __future__ import annotations

import inspect
import re
from dataclasses import replace
from email.utils import parseaddr
from urllib.parse import unquote

import pytest

from tests.builders import FAQ, NOON, ROOT, context, policy
from tests.unit.dialogue.talk import Talk
from triage.dialogue import State, buttons, catalogue, divide, notices, step, texts
from triage.dialogue.compose import compose
from triage.dialogue.context import Person, RequestView
from triage.dialogue.delivery import mail_address, mailto
from triage.dialogue.draft import LIMIT, one_line, visible
from triage.dialogue.effects import HandOver, Submit
from triage.dialogue.incoming import Command, Pressed, ReceivedFile, Said
from triage.dialogue.letter import Letter
from triage.dialogue.replies import Style
from triage.dialogue.state import Draft, Entry, Stage
from triage.dialogue.styled import coded, marked
from triage.faq.entries import load_entries
from triage.faq.lookup import Lookup
from triage.report import Finding


def texts_of_the_module() -> list[str]:
    """Every string constant of texts.py, f-strings in pieces."""
    return re.findall(r'"((?:[^"\\]|\\.)*)"', inspect.getsource(texts))


class TestTexts:
    def test_no_text_shouts(self) -> None:
        assert not [text for text in texts_of_the_module() if "!" in text]

    def test_you_is_written_with_respect(self) -> None:
        wrong = re.compile(r"(?<![«\w])(?:вы|вас|вам|ваш\w*)\b")
        assert not [text for text in texts_of_the_module() if wrong.search(text)]

    @pytest.mark.parametrize("field", ["problem", "site", "version", "steps"])
    @pytest.mark.parametrize("said", [texts.QUESTIONS, texts.EXPLANATIONS])
    def test_a_question_names_its_field_and_no_other(self, field: str, said: dict[str, str]) -> None:
        words = {
            "problem": r"описание",
            "site": r"адрес",
            "version": r"верси[юя]",
            "steps": r"шаги",
            "mail": r"эл\. почта",
            "number": r"номер обращения",
        }
        whole = said[field] + texts.WHY_ASKED[field]
        assert [name for name, word in words.items() if re.search(word, whole)] == [field]

    @pytest.mark.parametrize("text", [texts.MAIL_QUESTION, texts.MAIL_EXAMPLE])
    def test_the_question_for_the_mailbox_is_not_taken_for_the_site(self, text: str) -> None:
        assert "эл. почта" in text
        assert "адрес" not in text

    @pytest.mark.parametrize(
        ("n", "said"),
        [(1, "1 час"), (2, "2 часа"), (5, "5 часов"), (11, "11 часов"), (21, "21 час"), (24, "24 часа")],
    )
    def test_counts_agree_with_their_nouns(self, n: int, said: str) -> None:
        assert texts.hours(n) == said

    def test_a_moment_has_date_hour_and_zone(self) -> None:
        assert texts.moment(NOON.astimezone(policy().zone)) == "25 ноября 2026, 12:30 МСК"

    def test_every_stage_with_a_draft_has_its_words_for_status(self) -> None:
        assert set(texts.DRAFT_STATES) == {stage.value for stage in Stage} - {"idle"}


class TestStyles:
    def test_code_of_an_answer_is_drawn_as_code(self) -> None:
        runs = coded("Файл `gravitee.yml`:\n\n```yaml\nа: `б`\nв: г\n```\nи всё")
        assert [(run.text, run.style.value) for run in runs] == [
            ("Файл ", "plain"),
            ("gravitee.yml", "code"),
            (":\n\n", "plain"),
            ("а: `б`\nв: г", "pre"),
            ("\nи всё", "plain"),
        ]

    def test_marks_survive_overlaps_and_ends_beyond_the_text(self) -> None:
        found = (Finding(0, 3, "a"), Finding(2, 5, "b"), Finding(8, 99, "c"))
        runs = marked("абвгдежзийк", found)
        assert [run.text for run in runs if run.style is Style.MARK] == ["абв", "гд", "ийк"]
        assert "".join(run.text for run in runs) == "абвгдежзийк"


class TestButtons:
    @pytest.mark.parametrize("typed", ["Отправить", "отправить.", " ОТПРАВИТЬ ", "📨 Отправить"])
    def test_a_typed_word_presses(self, typed: str) -> None:
        assert buttons.pressed(typed, (buttons.SEND, buttons.CANCEL)) == Pressed("send")

    def test_a_number_presses_only_where_buttons_are_numbered(self) -> None:
        shown = (buttons.SEND, buttons.CANCEL)
        assert buttons.pressed("2", shown) is None
        assert buttons.pressed("2", shown, numbered=True) == Pressed("cancel")

    @pytest.mark.parametrize("typed", ["3", "0", "000002", "2.0", "²", "٢"])
    def test_other_numbers_are_text(self, typed: str) -> None:
        assert buttons.pressed(typed, (buttons.SEND, buttons.CANCEL), numbered=True) is None

    @pytest.mark.parametrize("typed", ["", "!", "отправить письмо", "не"])
    def test_anything_else_is_text(self, typed: str) -> None:
        assert buttons.pressed(typed, buttons.WORDS) is None

    def test_codes_fit_where_channels_carry_them(self) -> None:
        shown = (*buttons.WORDS, *(buttons.entry_button(id, "x") for id in FAQ))
        assert all(re.fullmatch(r"[!-~]{1,40}", button.code) for button in shown)


class TestAddress:
    @pytest.mark.parametrize(
        ("text", "address"),
        [
            ("ivanov@example.ru", "ivanov@example.ru"),
            ("моя почта Ivan.P@почта.рф.", "Ivan.P@xn--80a1acny.xn--p1ai"),
            ("<i@mail.ru>", "i@mail.ru"),
            ("ivan@zavod.local", "ivan@zavod.local"),
            ("i@mail.ru\r\nBcc: evil@mail.ru", "i@mail.ru"),
            ("ivan@mail", ""),
            ("иван@mail.ru", ""),
            ("a@b@c.ru", ""),
            ("собака", ""),
            ("", ""),
        ],
    )
    def test_is_found_or_refused(self, text: str, address: str) -> None:
        assert mail_address(text) == address
        assert parseaddr(address)[1] == address


class TestDividing:
    @pytest.mark.parametrize(
        ("entries", "parts"),
        [
            (("Консоль падает при входе", "Как получить счёт за март"), 2),
            (("Добрый день", "Консоль падает при входе", "Как получить счёт за март"), 2),
            (("1. Консоль падает\n2) Как получить счёт за март\n3. Портал не открывается",), 2),
            (("1. Консоль не пускает\n2. Где взять счёт\n3. Портал не открывается",), 3),
            (("Консоль падает при входе. Ещё вопрос: где взять счёт?",), 2),
            (("Консоль падает при входе.\n\nГде взять счёт за март?\n\nС уважением,\nИванов",), 2),
            (("Консоль падает и портал тоже",), 0),
            (("Первый длинный абзац тут.\n\nВторой длинный абзац тут.\n\nТретий длинный абзац тут.",), 0),
            ((), 0),
        ],
    )
    def test_finds_certain_joints_only(self, entries: tuple[str, ...], parts: int) -> None:
        found = divide.parts(Draft("r", tuple(Entry(text) for text in entries)))
        assert len(found) == parts

    def test_what_stands_before_a_list_goes_with_each_part(self) -> None:
        draft = Draft("r", (Entry("Версия 4.2.1:\n1. Консоль падает при входе\n2. Портал не виден никому"),))
        assert all(part.startswith("Версия 4.2.1:") for part in divide.parts(draft))


def written(text: str, *files: ReceivedFile, channel: str = "web") -> Letter:
    """The letter of a text, through a whole conversation."""
    talk = Talk(channel=channel)
    talk.say("/start")
    talk.press("Понятно")
    talk.give(Said(text, "m", files=files))
    return talk.walk().letter


class TestLetter:
    def test_has_the_labelled_fields_and_the_whole_text(self) -> None:
        letter = written("Шлюз не работает, 4.2.1, https://a.ru")
        assert letter.subject == "[Высокий] Ошибки программного продукта: Шлюз не работает, 4.2.1, https://a.ru"
        for row in (
            "Описание проблемы:\nШлюз не работает",
            "Версия продукта: 4.2.1",
            "Адрес сайта: https://a.ru",
        ):
            assert row in letter.body

    def test_headers_and_message_id_are_those_of_the_contract(self) -> None:
        letter = written("Шлюз не работает")
        assert letter.message_id == f"<{letter.request}@localhost>"
        assert dict(letter.headers) == {
            "X-Triage-Request": letter.request,
            "X-Triage-Priority": "high",
            "X-Triage-Scope": "defect.failure",
            "X-Triage-Confidence": "0.97",
            "X-Triage-Review": "no",
        }

    def test_the_preview_is_what_is_sent(self) -> None:
        talk = Talk(person=Person(consent=policy().dialogue.notice_version, address="a@mail.ru"))
        talk.say("Как включить кэш?")
        talk.press("Отправить")
        shown = talk.state.letter
        preview = talk.text
        talk.press("Через бота")
        sent = talk.letters[0].letter
        assert shown is not None
        assert sent == replace(shown, reply_to="a@mail.ru")
        assert sent.body.strip() in preview
        assert sent.subject in preview

    @pytest.mark.parametrize("breaks", ["\r\n", "\n", "\r", "\x0b", "\x0c", "\x85", "\u2028", "\u2029", "\x00"])
    def test_nothing_breaks_a_line_of_the_head(self, breaks: str) -> None:
        file = ReceivedFile(f"a{breaks}Bcc: x.png", 1, ref="r")
        letter = written(f"Шлюз не работает{breaks}Bcc: evil@example.ru", file)
        heads = (letter.subject, letter.message_id, letter.files[0][0], *sum(letter.headers, ()))
        assert not any(char in head for head in heads for char in "\r\n\x0b\x0c\x85\u2028\u2029\x00")

    def test_directions_and_zero_widths_leave_the_subject(self) -> None:
        assert one_line("а\u202eб\u200bв\tг") == "абв г"

    def test_long_texts_go_whole(self) -> None:
        text = "Шлюз не работает. " + "Подробность. " * 8000
        letter = written(text)
        assert text.strip() in letter.body
        assert len(letter.subject) < 150

    def test_a_long_letter_comes_to_telegram_as_a_file_too(self) -> None:
        talk = Talk(channel="telegram")
        talk.say("Как включить кэш? " + "Подробность. " * 3000)
        talk.press("Понятно")
        talk.press("Отправить")
        letter = talk.state.letter
        assert letter is not None
        assert letter.body in talk.replies[-1].files[0].content
        assert len(talk.text) < 14_000

    def test_only_pictures_are_attached(self) -> None:
        files = (ReceivedFile("a.PNG", 1, ref="r1"), ReceivedFile("b.log", 1, ref="", text="строка журнала"))
        letter = written("Шлюз не работает", *files)
        assert letter.files == (("a.PNG", "r1"),)
        assert "Вложения: a.PNG\n" in letter.body
        assert "Файл «b.log»:\nстрока журнала" in letter.body
        assert "строка журнала" in letter.body

    def test_a_forwarded_message_is_named(self) -> None:
        talk = Talk(person=Person(consent=policy().dialogue.notice_version))
        talk.give(Said("Как включить кэш?", "m", forwarded=True))
        assert "[пересланное сообщение]\nКак включить" in talk.walk().letter.body

    def test_the_report_of_the_request_holds_what_was_told_later(self) -> None:
        talk = Talk(person=Person(consent=policy().dialogue.notice_version))
        talk.say("Шлюз не работает")
        fields = talk.walk().report["fields"]
        assert fields == {
            "site": ["https://api.example.ru"],
            "version": ["4.2.1"],
            "steps": True,
            "problem": True,
            "missing": [],
        }

    def test_an_empty_draft_cannot_be_written_without_a_reading(self) -> None:
        with pytest.raises(AssertionError):
            compose(State(), context())


class TestHandingOver:
    def test_gives_text_to_copy_and_a_link_on_the_web(self) -> None:
        talk = Talk(person=Person(consent=policy().dialogue.notice_version))
        talk.say("Как включить кэш?")
        talk.press("Отправить")
        talk.press("Письмо самому")
        reply = talk.replies[-1]
        copied = [run.text for run in reply.runs if run.style is Style.PRE]
        letter = talk.letters[0].letter
        assert copied == [letter.subject, letter.body.rstrip("\n")]
        assert reply.mailto.startswith(f"mailto:{policy().addresses.mailbox}?subject=")
        assert [type(effect) for effect in talk.effects] == [HandOver, Submit]
        assert talk.letters[0].by_person

    @pytest.mark.parametrize("channel", ["telegram", "terminal"])
    def test_gives_no_link_where_none_works(self, channel: str) -> None:
        talk = Talk(channel=channel, person=Person(consent=policy().dialogue.notice_version))
        talk.command("/human Как включить кэш?")
        talk.press("Письмо самому")
        assert not any(reply.mailto for reply in talk.replies)

    def test_a_link_stays_short(self) -> None:
        letter = Letter("r", "<r@x>", "Тема & ещё", "текст " * 2000)
        link = mailto(letter, "a@b.ru")
        assert len(link) < 2000
        assert "Тема & ещё" in unquote(link)
        assert "скопируйте" in unquote(link)
        assert mailto(replace(letter, body="a\nb"), "a@b.ru").endswith("body=a%0D%0Ab")


class TestDraft:
    def test_history_keeps_every_earlier_text(self) -> None:
        talk = Talk(person=Person(consent=policy().dialogue.notice_version))
        talk.say("Шлюз не работает")
        talk.press("Изменить")
        talk.say("Консоль не работает")
        assert [entry.text for entry in talk.state.draft.history] == ["Шлюз не работает"]
        assert "Шлюз не работает" in talk_data(talk)

    def test_what_is_too_much_for_a_letter_is_refused_and_the_rest_kept(self) -> None:
        talk = Talk(person=Person(consent=policy().dialogue.notice_version))
        talk.say("Шлюз не работает")
        talk.say("ы" * (LIMIT + 1))
        assert "уже очень большой" in talk.text
        assert talk.state.draft.entries[0].text == "Шлюз не работает"
        assert len(talk.state.draft.entries) == 1

    def test_files_beyond_the_room_are_named_and_the_rest_kept(self) -> None:
        talk = Talk(person=Person(consent=policy().dialogue.notice_version))
        talk.give(Said("Шлюз падает", "m", files=tuple(ReceivedFile(f"{n}.png", 1, ref=f"r{n}") for n in range(21))))
        assert "«20.png» не вошёл" in talk.text
        assert len(talk.state.draft.files) == 20

    @pytest.mark.parametrize("text", ["", " \n", "\u200b\u200e\ufeff", "\u202e"])
    def test_invisible_texts_are_empty(self, text: str) -> None:
        assert not visible(text)

    @pytest.mark.parametrize("text", ["🙂", "https://a.ru", "\ud83d", "<b>&</b>", "*_`"])
    def test_strange_texts_reach_a_letter(self, text: str) -> None:
        assert written(text).body.encode("utf-8")

    def test_a_step_is_pure(self) -> None:
        said, world = Said("Шлюз не работает", "m"), context()
        assert step(State(), said, world) == step(State(), said, world)


def talk_data(talk: Talk) -> str:
    talk.command("/my_data")
    return talk.replies[-1].files[0].content


def test_a_closed_request_is_listed_with_its_outcome_and_without_a_deadline() -> None:
    closed = RequestView("GR-2026-00001", "Сбой", "done", "low", NOON, NOON, "sent", "not_reproducible")
    running = replace(closed, number="GR-2026-00002", status="in_progress", resolution="")
    talk = Talk(person=Person(requests=(closed, running)))
    talk.command("my")
    first, second = talk.text.split("GR-2026-00002")
    assert "Выполнено (Не воспроизводится), Низкий, письмо отправлено" in first
    assert "В работе, Низкий, до " in second


def test_an_entry_that_is_withheld_is_not_offered_instead_of_a_refused_thing() -> None:
    world = context(lookup=Lookup(FAQ, lambda: {"install-docker"}))
    shown = step(State(), Said("Установите платформу на наш сервер"), world).replies[-1]
    assert not [b.label for row in shown.buttons for b in row if "Docker" in b.label]
    asked = step(State(), Command("faq", "docker"), world).replies[-1]
    assert "ничего не нашлось" in asked.text


@pytest.mark.parametrize(("query", "first"), [("логотип", "portal-theme"), ("CORS", "cors"), ("grpc", "grpc")])
def test_a_search_puts_the_title_before_other_words(query: str, first: str) -> None:
    world = replace(context(), faq=load_entries(ROOT / "data" / "faq"))
    assert catalogue.search(query, world)[0] == first


class TestAPictureThatComesWithAnAnswer:
    @pytest.mark.parametrize(
        ("problem", "answer"),
        [("По заявке есть новости?", "GR-2026-00042, теперь и консоль"),
         ("Подсистема не отвечает, версия 4.2.1, https://a.ru\n1. Войти\n2. Открыть", "Да, стоит вся смена")],
    )  # fmt: skip
    def test_is_kept_once(self, problem: str, answer: str) -> None:
        talk = Talk(person=Person(consent=policy().dialogue.notice_version))
        talk.say(problem)
        talk.press("Отправить")
        talk.give(Said(answer, "m", files=(ReceivedFile("a.png", 10, ref="r1"),)))
        assert [file.ref for file in talk.state.draft.files] == ["r1"]
        assert answer in talk.walk().letter.body


class TestNamesOfFiles:
    """A picture goes with the letter whatever it is called."""

    @pytest.mark.parametrize(
        ("name", "shown"),
        [
            ("окно.png", "окно.png"),
            ("снимок экрана " * 20 + ".PNG", ("снимок экрана " * 20)[:116] + ".PNG"),
            ("пароль ██████████", "пароль [скрыто]"),
            ("пароль ██████.png", "пароль [скрыто].png"),
            ("a." + "b" * 200, "a." + "b" * 118),
            ("\u200b", "file"),
        ],
        ids=["short", "long", "suffix masked", "secret", "no suffix", "invisible"],
    )
    def test_a_picture_is_attached_under(self, name: str, shown: str) -> None:
        talk = Talk(person=Person(consent=policy().dialogue.notice_version))
        talk.give(Said("Шлюз не работает", "m", files=(ReceivedFile(name, 10, ref="r1", text="Ошибка 502"),)))
        letter = talk.walk().letter
        assert letter.files == ((shown, "r1"),)
        assert f"Вложения: {shown}\n" in letter.body
        assert f"Прочитано с картинки «{shown}»" in letter.body


class TestAnAnswerAboutConsequences:
    """True for yes, False for no, None when the words are neither: then the suggested priority stays."""

    @pytest.mark.parametrize(
        ("text", "urgent"),
        [
            ("да", True), ("Да!", True), ("да 👍", True), ("Да, стоит вся смена", True), ("да - стоит вся смена", True),
            ("Да.\nСтоит вся смена", True), ("Да\nстоит вся смена", True), ("да конечно", True), ("Да, да", True),
            ("именно так", True), ("так и есть", True), ("Верно…", True),
            ("нет", False), ("Нет.", False), ("нет :)", False), ("Нет, остальное открывается", False),
            ("Нет — только у двоих", False), ("Да нет", False), ("да нет, остальное открывается", False),
            ("не так", False), ("Неа)", False), ("нет конечно", False), ("Конечно нет", False), ("Нет\nу двоих", False),
            ("Нет доступа ни у кого, встало всё", None), ("нет связи", None), ("Да нет доступа ни у кого", None),
            ("Не так давно встало всё", None), ("Да вроде работает", None), ("Да, вроде работает", None),
            ("Да, но только у двоих", None), ("Да не знаю я", None), ("Верно ли я понял вопрос?", None),
            ("Именно эта подсистема и стоит", None), ("Конечно стоит портал", None),
            ("Данные не приходят", None), ("Нетипичный сбой", None),
        ],
    )  # fmt: skip
    def test_is_read_from_words_said_for_themselves(self, text: str, urgent: bool | None) -> None:
        talk = Talk(person=Person(consent=policy().dialogue.notice_version))
        talk.say("Подсистема не отвечает, версия 4.2.1, https://a.ru\n1. Войти\n2. Открыть")
        talk.press("Отправить")
        assert talk.state.stage is Stage.URGENCY
        talk.say(text)
        assert talk.state.urgent is urgent
        assert urgent is not None or text in talk.walk().letter.body


class TestALetterThatWasNotTaken:
    """Nobody is said to know of it where no agents can be told."""

    @pytest.mark.parametrize("letter_state", ["failed", "refused"])
    @pytest.mark.parametrize(
        ("agents", "said"), [(True, "сотрудники предупреждены"), (False, "его можно отправить со своей почты")]
    )
    def test_is_told_in_the_list_of_requests(self, letter_state: str, agents: bool, said: str) -> None:
        request = RequestView("GR-2026-00001", "Тема", "created", "high", NOON, None, letter_state)
        talk = Talk(person=Person(consent=policy().dialogue.notice_version, requests=(request,)), agents=agents)
        talk.command("/my")
        assert said in talk.text
        assert ("предупреждены" in talk.text) is agents

    @pytest.mark.parametrize(("agents", "said"), [(True, "специалисты уже извещены"), (False, "почты на a@b.ru")])
    def test_is_told_when_it_is_given_up(self, agents: bool, said: str) -> None:
        told = notices.letter_delayed("GR-2026-00001", "a@b.ru", agents=agents)
        assert said in told
        assert ("извещены" in told) is agents
