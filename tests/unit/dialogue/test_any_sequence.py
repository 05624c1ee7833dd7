"""Whatever happens in whatever order: nothing breaks, and a letter is always within reach."""

from __future__ import annotations

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from tests.unit.dialogue.talk import Talk
from triage.dialogue.effects import (
    DeleteMessage,
    EraseFiles,
    ExpireUnaccepted,
    ForgetPerson,
    RecordFaq,
    RecordQuestion,
    Submit,
)
from triage.dialogue.incoming import Advised, Command, Edited, Informed, Pressed, ReceivedFile, Said, Settled
from triage.dialogue.replies import Button
from triage.dialogue.state import Stage, Step

ALLOWED_BEFORE_CONSENT = (EraseFiles, ExpireUnaccepted, DeleteMessage, ForgetPerson)
NEVER_IN_A_LETTER = ("матюк", "дурак", "хрен", "qwerty", "█", "\r", "\x00", "\x0b")

TEXTS = st.one_of(
    st.sampled_from(
        (
            "Шлюз не работает, ошибка 504",
            "Шлюз отвечает 502 и 503",
            "Консоль падает, а ещё нужен счёт за март",
            "1. Консоль падает при входе\n2. Портал не работает, а ещё медленно",
            "Подсистема не отвечает",
            "Подсистема, 4.2.1, https://a.ru\n1. Войти\n2. Открыть",
            "да",
            "нет, но стоит вся смена",
            "Установите, пожалуйста, платформу",
            "По заявке есть новости?",
            "заявка № 5590\r\nBcc: evil@example.ru",
            "Привет",
            "не работает",
            "матюк, шлюз не работает, дураки",
            "хреново, пароль: qwerty",
            "Как включить кэш?",
            "загадка",
            "4.2.1",
            "https://a.ru/матюк",
            "не знаю",
            "ivan@mail.ru",
            "000000",
            "Отправить",
            "Не согласен",
            "/human",
            "/faq 502",
            "/faq матюк аквариум, пароль: qwerty",
            "",
        )
    ),
    st.text(max_size=30),
)
COMMANDS = ("start", "faq", "my", "status", "privacy", "my_data", "help", "nosuch", "delete_me")
DROPPING = ("new", "cancel", "human")
FILES = (
    ReceivedFile("a.png", 10, ref="r1"),
    ReceivedFile("лог\r\nX: y.txt", 10, text="хрен 4.2.1 пароль: qwerty"),
    ReceivedFile("a.bmp", 10, problem="format"),
)


class AnySequence(RuleBasedStateMachine):
    """Keeps every button ever shown, and what was already answered about each request."""

    channel = "web"

    def __init__(self) -> None:
        super().__init__()
        self.talk = Talk(channel=self.channel)
        self.shown: list[tuple[Button, int]] = []
        self.answered: set[tuple[str, str]] = set()
        self.weighed: set[str] = set()

    def do(self, give: object, *args: object, wanted: bool = False) -> None:
        """Do a step and check what must hold of every step."""
        before = self.talk.state
        consented = bool(self.talk.person.consent)
        done: Step = give(*args)  # type: ignore[operator]
        after = done.state
        assert after.screen >= before.screen
        if not consented and not after.consent:
            assert all(isinstance(effect, ALLOWED_BEFORE_CONSENT) for effect in done.effects)
        moved = (before.stage, before.asking) != (after.stage, after.asking)
        if after.stage is Stage.QUESTION and moved and after.asking and not wanted:
            assert (after.draft.request, after.asking.value) not in self.answered
        if after.stage is Stage.URGENCY and before.stage is not Stage.URGENCY and not wanted:
            assert after.draft.request not in self.weighed
        if after.urgency_asked:
            self.weighed.add(after.draft.request)
        self.answered |= {(after.draft.request, answer.field.value) for answer in after.answers}
        for reply in done.replies:
            assert reply.text.strip()
            self.shown += [(button, reply.screen) for row in reply.buttons for button in row]

    @rule(text=TEXTS, secret=st.booleans())
    def says(self, text: str, secret: bool) -> None:
        kinds = ("password",) if secret else ()
        self.do(self.talk.give, Said(text, f"m{self.talk.steps}", secret_kinds=kinds))

    @rule(text=TEXTS, file=st.sampled_from(FILES))
    def sends_a_file(self, text: str, file: ReceivedFile) -> None:
        self.do(self.talk.give, Said(text, f"m{self.talk.steps}", files=(file,)))

    @rule(text=TEXTS, ago=st.integers(0, 6))
    def edits(self, text: str, ago: int) -> None:
        self.do(self.talk.give, Edited(text, f"m{self.talk.steps - ago}"))

    @precondition(lambda self: self.talk.buttons)
    @rule(data=st.data())
    def presses_a_button_of_the_screen(self, data: st.DataObject) -> None:
        button = data.draw(st.sampled_from(self.talk.buttons))
        screen = self.talk.screen.screen if self.talk.screen else None
        self.do(self.talk.give, Pressed(button.code, screen), wanted=button.code.startswith(("field:", "urgency")))

    @precondition(lambda self: self.shown)
    @rule(data=st.data())
    def presses_an_old_button(self, data: st.DataObject) -> None:
        button, screen = data.draw(st.sampled_from(self.shown))
        before = self.talk.state
        if screen == before.screen or button.code == "agree" or ":" in button.code:
            return
        settling = before.stage is Stage.COLLECTING
        self.do(self.talk.give, Pressed(button.code, screen))
        after = self.talk.state
        kept = (after.draft, after.answers, after.letter) == (before.draft, before.answers, before.letter)
        assert kept or settling
        assert not any(isinstance(effect, Submit) for effect in self.talk.effects)

    @initialize(text=TEXTS, most=st.integers(0, 9))
    def has_come_some_way(self, text: str, most: int) -> None:
        self.do(self.talk.say, text)
        for _ in range(most):
            self.goes_on()

    @rule()
    def goes_on(self) -> None:
        """One step of the documented walk, so that every stage is visited."""
        self.do(self.talk.walk_on)

    @rule()
    def goes_on_again(self) -> None:
        self.goes_on()

    @rule(name=st.sampled_from(COMMANDS), argument=st.sampled_from(("", "502", "Шлюз не работает")))
    def commands(self, name: str, argument: str) -> None:
        self.do(self.talk.give, Command(name, argument))

    @rule(name=st.sampled_from(DROPPING), rarely=st.integers(0, 4))
    def drops_the_draft(self, name: str, rarely: int) -> None:
        if rarely == 0:
            self.do(self.talk.give, Command(name))

    @rule(revision=st.integers(0, 20))
    def a_pause_passes(self, revision: int) -> None:
        self.do(self.talk.give, Settled(revision))

    @rule()
    def the_last_pause_passes(self) -> None:
        self.do(self.talk.settle)

    @rule()
    def a_day_passes(self) -> None:
        self.do(self.talk.expire)

    @rule()
    def enters_the_code(self) -> None:
        if self.talk.state.stage is Stage.CODE:
            self.do(self.talk.give, Said(self.talk.state.code))

    @precondition(lambda self: self.talk.person.consent)
    @rule(entry=st.sampled_from(("error-502", "error-503", "nosuch")), ticket=st.sampled_from(("t1", "t2")))
    def an_agent_answers(self, entry: str, ticket: str) -> None:
        before = self.talk.state
        self.do(self.talk.give, Advised(ticket, "GR-2026-00007", entry))
        assert (self.talk.state.stage, self.talk.state.draft) == (before.stage, before.draft)

    @precondition(lambda self: self.talk.person.consent)
    @rule(status=st.sampled_from(("clarification", "done")), comment=st.sampled_from(("", "Нужен журнал")))
    def an_agent_moves_a_request(self, status: str, comment: str) -> None:
        before = self.talk.state
        self.do(self.talk.give, Informed("GR-2026-00007", status, "solved" if status == "done" else "", comment))
        assert self.talk.state == before

    @invariant()
    def only_the_author_raises_a_priority(self) -> None:
        for submitted in self.talk.letters:
            suggested = submitted.report["priority"]["label"]  # type: ignore[index]
            assert ("raised" in submitted.marks) == (submitted.priority != suggested)
            assert submitted.priority in (suggested, "high")
            assert ("X-Triage-Priority", submitted.priority) in submitted.letter.headers

    @invariant()
    def letters_are_clean(self) -> None:
        for submitted in self.talk.letters:
            letter = submitted.letter
            heads = (letter.subject, letter.message_id, letter.reply_to, *sum(letter.headers, ()))
            assert not any(char in head for head in heads for char in "\r\n\x0b\x85\u2028")
            whole = f"{letter.subject}\n{letter.body}\n{submitted.text}".casefold()
            assert not any(word in whole for word in NEVER_IN_A_LETTER)

    @invariant()
    def what_is_counted_is_clean(self) -> None:
        kept = [effect for effect in self.talk.effects if isinstance(effect, RecordFaq | RecordQuestion)]
        assert self.talk.person.consent or not kept
        said = " ".join(e.text if isinstance(e, RecordFaq) else f"{e.words} {e.unanswered}" for e in kept).casefold()
        assert not any(word in said for word in NEVER_IN_A_LETTER if word.isprintable())

    def teardown(self) -> None:
        self.talk.walk()
        self.letters_are_clean()


class AnySequenceInTelegram(AnySequence):
    channel = "telegram"


class AnySequenceInTheTerminal(AnySequence):
    channel = "terminal"


QUICK = settings(
    max_examples=60,
    stateful_step_count=25,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
)
TestAnySequence = AnySequence.TestCase
TestAnySequenceInTelegram = AnySequenceInTelegram.TestCase
TestAnySequenceInTheTerminal = AnySequenceInTheTerminal.TestCase
TestAnySequence.settings = QUICK
TestAnySequenceInTelegram.settings = QUICK
TestAnySequenceInTheTerminal.settings = QUICK
