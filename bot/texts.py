"""The words that only Telegram needs: the agents' card, the command menu, answers to taps."""

from __future__ import annotations

from collections.abc import Mapping

from triage.report import FieldName, Priority, Verdict

PRIORITY: Mapping[Priority, str] = {
    Priority.HIGH: "Высокий",
    Priority.MEDIUM: "Средний",
    Priority.LOW: "Низкий",
}
PRIORITY_SIGN: Mapping[Priority, str] = {Priority.HIGH: "🔴", Priority.MEDIUM: "🟡", Priority.LOW: "🟢"}
RIGHT = "✅ Верно"
TOPIC = "🏷 Тема"
BACK = "← Назад"
ANSWER = "📎 Ответ из FAQ"
FIND = "🔎 Найти другой"
MOVES: Mapping[str, str] = {
    "in_progress": "▶️ В работу",
    "clarification": "❓ Уточнить",
    "done": "🏁 Выполнено",
}
VERDICT: Mapping[str, str] = {
    Verdict.IN: "в границах поддержки",
    Verdict.OUT: "вне границ поддержки",
    Verdict.REDIRECT: "передать другому адресату",
    Verdict.NONE: "нет предмета обращения",
}
FIELD: Mapping[str, str] = {
    FieldName.PROBLEM: "описание",
    FieldName.SITE: "адрес",
    FieldName.VERSION: "версия",
    FieldName.STEPS: "шаги",
}
MARK: Mapping[str, str] = {
    "disagreed": "автор не согласен с оценкой",
    "incomplete": "есть пробелы",
    "foul": "грубые слова скрыты",
    "human": "просит сотрудника",
    "review": "нужна проверка",
    "raised": "приоритет по словам автора",
}

CARD_PRIORITY = "Приоритет: "
CARD_TOPIC = "Тема: "
CARD_STATUS = "Статус: "
CARD_DEADLINE = "Решить до: "
CARD_PHRASES = "Решили слова: "
CARD_MISSING = "Не хватает: "
CARD_MARKS = "Отметки: "
CARD_AUTHOR = "Автор: "
CARD_AGENT = "Сотрудник: "
CARD_ANSWER = "Ответ из FAQ: "
ANSWER_STATES: Mapping[str, str] = {
    "": "отправлен, автор ещё не отметил",
    "helped": "автору помогло",
    "not_helped": "автору не помогло",
}
CARD_SUGGESTED = "предлагалось: "
CARD_CONFIRMED = "подтверждено"


def card_erased(number: str) -> str:
    return f"{number}: автор удалил обращение и свои данные."


DONE = "Готово"
UNCHANGED = "Уже так"
STALE = "Карточка уже изменилась, показана новая"
UNKNOWN = "Такого обращения нет"
REFUSED = "Сейчас так нельзя: карточка показывает, что можно"
NO_CHAT = "Автору нельзя написать отсюда: переписки с ним нет. Ответьте, пожалуйста, письмом"
CLARIFY_USAGE = "Напишите номер и вопрос: /clarify GR-2026-00042 Какая версия? В ответ на карточку номер не нужен."
CLARIFIED = "Вопрос отправлен автору, состояние «Уточнение»."
ANSWER_WHICH = "Какой ответ отправить автору?"
ANSWER_NONE = "По этим словам ничего не нашлось. Можно назвать другие слова или имя записи, например error-502."
ANSWER_USAGE = "Напишите номер и слова: /answer GR-2026-00042 ошибка 502. В ответ на карточку номер не нужен."


def find_hint(number: str) -> str:
    return f"Поиск: /answer {number} и слова или имя записи. В ответ на карточку достаточно /answer и слов."


NOT_AN_AGENT = "Эти кнопки работают только у участников группы поддержки"
OLD_BUTTON = "Эта кнопка больше не действует"

QUEUE_EMPTY = "Открытых обращений нет."
QUEUE_TITLE = "Открытые обращения"
TICKET_USAGE = "Напишите номер после команды, например: /ticket GR-2026-00042"
TICKET_UNKNOWN = "Обращения с таким номером нет."
STATS_TITLE = "Обращения"
STATS_OVERDUE = "Просрочено"
STATS_CONFIRMED = "Подтверждено сотрудниками"
STATS_CORRECTED = "исправлено"
STATS_LETTERS = "Писем ждёт отправки"
STATS_UPDATES = "Сообщений Telegram ждёт разбора"
STATS_FAILED = "не удалось"
STATS_WITHHELD = "Ответы, которые сами не предлагаются"


INLINE_ASK = "Спросить помощника поддержки"
INLINE_OPEN = "Открыть помощника"
INLINE_NONE = "Ничего не нашлось"
INLINE_NONE_HINT = "Помощник примет вопрос целиком и подготовит письмо в поддержку."
INLINE_NONE_SAID = "Готового ответа не нашлось. Помощник поддержки примет вопрос целиком и подготовит письмо."

UNNAMED = "файл без имени"
VOICE = "голосовое сообщение"
KINDS: Mapping[str, str] = {
    "voice": VOICE,
    "audio": "звукозапись",
    "video": "видео",
    "video_note": "видеосообщение",
    "animation": "анимация",
    "sticker": "стикер",
    "location": "геопозиция",
    "venue": "место на карте",
    "contact": "контакт",
    "poll": "опрос",
    "dice": "кубик",
    "story": "история",
    "game": "игра",
    "paid_media": "платное вложение",
    "checklist": "список дел",
}

#: The menu of commands, as the operating contract names them.
COMMANDS: Mapping[str, str] = {
    "start": "что умеет этот помощник",
    "new": "начать новое обращение",
    "faq": "частые вопросы и ответы",
    "my": "мои обращения",
    "status": "состояние обращения по номеру",
    "cancel": "убрать черновик",
    "human": "позвать сотрудника",
    "privacy": "как обращаются с данными",
    "my_data": "что обо мне хранится",
    "delete_me": "удалить мои данные",
    "help": "справка",
}
AGENT_COMMANDS: Mapping[str, str] = {
    "queue": "открытые обращения",
    "ticket": "карточка по номеру",
    "answer": "ответ из FAQ автору: номер и слова",
    "clarify": "уточнить у автора: номер и вопрос",
    "stats": "счётчики",
}


def misleading(title: str, entry: str, false: int, deflected: int) -> str:
    return f"{title} ({entry}): вернулись с тем же вопросом {false} из {deflected}"
