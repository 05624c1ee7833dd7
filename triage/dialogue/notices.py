"""The Russian words said outside a step: how a letter fared, mailed codes, notices to agents."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from triage.dialogue.texts import plural
from triage.faq.deflection import EntryCounts, Outcome
from triage.faq.groups import Group


def letter_sent(number: str) -> str:
    return (
        f"Письмо принято почтой поддержки. Номер у помощника: {number}. "
        "Регистрация и ответ придут на эл. почту, состояние покажет /my."
    )


def letter_delayed(number: str, mailbox: str, *, agents: bool) -> str:
    """Say that a letter does not leave; without agents who could be told, the person's own mail is the way."""
    if not agents:
        return (
            f"Письмо по обращению {number} не удалось доставить, оно сохранено. Повторять обращение не нужно: "
            f"отправьте, пожалуйста, приложенное письмо со своей почты на {mailbox}."
        )
    return (
        f"Письмо по обращению {number} пока не удалось доставить. Оно сохранено, специалисты уже извещены. "
        "Повторять обращение не нужно; можно и самостоятельно отправить приложенное письмо со своей почты."
    )


AUTHOR = "автор"
LETTER_FILE = "Готовое письмо: откройте файл в почтовой программе и отправьте."
CODE_FAILED = (
    "Письмо с кодом не удалось отправить. Проверьте адрес и напишите его ещё раз; "
    "«Письмо самому» передаст готовое письмо Вам, код для этого не нужен."
)
CODE_SUBJECT = "Код подтверждения адреса"


def code_mail(code: str) -> str:
    return (
        "Здравствуйте.\n\n"
        f"Код подтверждения адреса для помощника поддержки: {code}\n\n"
        "Введите его в том же разговоре. Если Вы не запрашивали код, просто не отвечайте на это письмо.\n"
    )


def letter_failed(number: str, hours: int, reason: str) -> str:
    return f"Письмо по {number} не уходит уже {hours} ч: {reason}. Оно сохранено, нужно вмешательство."


def letter_refused(number: str, reason: str) -> str:
    return f"Почта отказала письму по {number}: {reason}. Оно сохранено, нужно вмешательство."


def update_dead(update_id: int, attempts: int) -> str:
    return (
        f"Сообщение Telegram {update_id} не удалось обработать за {attempts} попыток, оно отложено. Причина в журнале."
    )


def reply_dead(seq: int, attempts: int) -> str:
    return f"Ответ {seq} не удалось показать в Telegram за {attempts} попыток, он пропущен. Причина в журнале."


def author_gone(said: str) -> str:
    """Say that the author cannot be reached in his chat; `said` is the first line of what he was to be told."""
    return f"Не доставлено, автор заблокировал бота: {said} Ответьте, пожалуйста, письмом."


def jobs_stopped(number: int) -> str:
    return f"Работ, которые прекращены после повторных сбоев: {number}. Подробности в журнале."


_GROUPS = 10  # that a notice shows, so that it fits one message
_QUESTION = 200  # characters of a question that a notice shows


def entry_withheld(title: str, counts: EntryCounts, failed: Sequence[str]) -> str:
    """Say that an entry is not offered by itself any more, with the questions that it failed (redacted)."""
    again, all_ = counts.of(Outcome.FALSE), counts.deflected
    rows = [
        f"Ответ «{title}» больше не предлагается сам: после него вернулись с тем же вопросом {again} из {all_}.",
        *(("Вопросы, на которые он не ответил:",) if failed else ()),
        *(f"• {_shortened(text)}" for text in failed),
        f"В разделах /faq он остаётся. Когда ответ исправлен, снова предлагать: triage faq allow {counts.entry}",
    ]
    return "\n".join(rows)


def worth_writing(groups: Sequence[Group]) -> str:
    """Say which questions of the week found no entry, by groups, the largest first (redacted)."""
    rows = ["Вопросы, на которые нет готового ответа. Стоит написать записи о таком:"]
    for number, group in enumerate(groups[:_GROUPS], 1):
        asked = plural(group.size, "вопрос", "вопроса", "вопросов")
        people = plural(group.persons, "человека", "человек", "человек")
        rows += [f"{number}. {asked} от {people}: {', '.join(group.words)}", f"   «{_shortened(group.example)}»"]
    if len(groups) > _GROUPS:
        rows.append(f"Ещё групп: {len(groups) - _GROUPS}.")
    return "\n".join([*rows, "Все группы и счётчики записей: triage faq stats"])


def _shortened(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= _QUESTION else f"{line[: _QUESTION - 1].rstrip()}…"


_CHANNELS: Mapping[str, str] = {"telegram": "Telegram", "web": "страница", "terminal": "терминал"}


def human_called(who: str, text: str) -> str:
    """Say who asks for a human: a mail address, or a channel where none is known."""
    said = f": {text}" if text else ""
    return f"Просят ответа сотрудника ({_CHANNELS.get(who, who)}){said}"
