"""A person who talks to the conversation, and the world that does what the conversation wants."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from uuid import UUID

import msgspec

from tests.builders import context, policy
from triage.dialogue import State, Step, step
from triage.dialogue.context import Context, Person, RequestView
from triage.dialogue.effects import (
    Effect,
    ForgetPerson,
    RecordAddress,
    RecordConsent,
    SendCode,
    Settle,
    Submit,
)
from triage.dialogue.incoming import Command, Expired, Incoming, Pressed, Said, Settled
from triage.dialogue.replies import Button, Reply
from triage.dialogue.state import Stage

GOES_ON = ("Понятно", "Не помогло", "Не согласен", "Через бота", "Отправить")
ANSWERS = (
    ("эл. почта", "ivanov@example.ru"),
    ("номер обращения", "GR-2026-00042"),
    ("описание", "После входа консоль показывает пустую страницу"),
    ("адрес", "https://api.example.ru"),
    ("верси", "4.2.1"),
    ("шаги", "1. Открыть консоль 2. Нажать Save 3. Увидеть сбой"),
)


@dataclass
class Talk:
    """Keeps the state as JSON between steps, as the store does."""

    channel: str = "web"
    agents: bool = False
    person: Person = field(default_factory=Person)
    raw: bytes = msgspec.json.encode(State())
    replies: tuple[Reply, ...] = ()
    effects: tuple[Effect, ...] = ()
    done: list[Effect] = field(default_factory=list)
    screen: Reply | None = None
    steps: int = 0

    @property
    def state(self) -> State:
        return msgspec.json.decode(self.raw, type=State)

    @property
    def context(self) -> Context:
        return context(
            channel=self.channel,
            agents=self.agents,
            person=self.person,
            new_id=str(UUID(int=self.steps, version=4)),
            code=f"{100000 + self.steps:06d}",
        )

    def give(self, incoming: Incoming) -> Step:
        """Do one step, then what it wants of the world."""
        self.steps += 1
        done = step(self.state, incoming, self.context)
        self.raw = msgspec.json.encode(done.state)
        assert self.state == done.state, "a state must survive its JSON"
        self.replies, self.effects = done.replies, done.effects
        for reply in done.replies:
            self.screen = reply if reply.screen else self.screen
        for effect in done.effects:
            self._apply(effect)
        return done

    def say(self, text: str) -> Step:
        return self.give(Said(text, message=f"m{self.steps}"))

    def press(self, label: str) -> Step:
        """Press a button of the last screen by its word."""
        assert self.screen is not None, "there is no screen yet"
        code = next((b.code for b in self.buttons if b.label == label), None)
        assert code is not None, f"no «{label}» among {[b.label for b in self.buttons]}"
        return self.give(Pressed(code, self.screen.screen))

    def command(self, text: str) -> Step:
        name, _, argument = text.removeprefix("/").partition(" ")
        return self.give(Command(name, argument))

    def settle(self) -> Step:
        """Let the last timer ring; one that was never set is an old one."""
        timers = [effect.revision for effect in self.done if isinstance(effect, Settle)]
        return self.give(Settled(timers[-1] if timers else 0))

    def expire(self) -> Step:
        return self.give(Expired())

    @property
    def buttons(self) -> tuple[Button, ...]:
        return tuple(b for row in self.screen.buttons for b in row) if self.screen else ()

    @property
    def labels(self) -> list[str]:
        return [button.label for button in self.buttons]

    @property
    def text(self) -> str:
        """Everything said in the last step."""
        return "\n".join(reply.text for reply in self.replies)

    @property
    def letters(self) -> list[Submit]:
        return [effect for effect in self.done if isinstance(effect, Submit)]

    @property
    def code(self) -> str:
        """The code that was mailed last."""
        return next(effect.code for effect in reversed(self.done) if isinstance(effect, SendCode))

    def walk(self, most: int = 25) -> Submit:
        """Go the documented way from any state to a letter: the first button that goes on, else an answer."""
        before = len(self.letters)
        for _ in range(most):
            if len(self.letters) > before:
                return self.letters[before]
            self.walk_on()
        raise AssertionError(f"no letter after {most} presses; stuck at {self.state.stage}: {self.text}")

    def walk_on(self) -> Step:
        """Do one step of the walk."""
        word = next((word for word in GOES_ON if word in self.labels), None)
        shown = self.screen.text if self.screen else ""
        if self.state.stage is Stage.COLLECTING and self.person.consent:
            return self.settle()
        if word:
            return self.press(word)
        if "шесть цифр" in shown or "из шести цифр" in shown:
            return self.say(self.code)
        answer = next((a for word, a in ANSWERS if word in shown), None)
        if answer is None and "Не знаю" in self.labels:
            return self.press("Не знаю")
        return self.say(answer or "Консоль не работает, ошибка 500")

    def _apply(self, effect: Effect) -> None:
        self.done.append(effect)
        match effect:
            case RecordConsent():
                self.person = replace(self.person, consent=effect.notice)
            case RecordAddress():
                self.person = replace(self.person, address=effect.address)
            case SendCode():
                self.person = replace(self.person, codes_today=self.person.codes_today + 1)
            case ForgetPerson():
                self.person = Person()
            case Submit():
                number = policy().numbers.pattern.format(year=2026, n=len(self.letters))
                view = RequestView(number, effect.letter.subject, "created", "high", self.context.now, None, "waiting")
                self.person = replace(self.person, requests=(*self.person.requests, view))
