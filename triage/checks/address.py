"""Of whom a foul word is said: staff, somebody else, a thing, nobody (labelling guide, `insult`)."""

from __future__ import annotations

import re

_SENTENCE_END = re.compile(r"[.!?…\n;]+(?=\s|$)|\n")
_TOKEN = re.compile(r"[^\W_]+|[,:;()«»\"—–-]")

_STAFF = re.compile(
    r"поддержк\w*|техподдержк\w*|техпод\w*|сап+орт\w*|суп+орт\w*|тп|support\w*|разраб\w*|программист\w*|прогер\w*|кодер\w*|специалист\w*|спец\w{0,3}"
    r"|сотрудни\w*|оператор\w{0,3}|инженер\w{0,3}|менеджер\w*|консультант\w*|эксперт\w{0,3}|лини[яюи]|команд[аеыу]|контор\w*|фирм\w*|компани\w*|интегратор\w*"
    r"|белл\w?|бэлл\w?|bell|тестировщик\w*|манагер\w*|персонал\w*|службе?а?|хелпдеск\w*|helpdesk|devs?|developers?|guys|staff|team|аналитик\w*|архитектор\w*|авторы|писал\w?"
)
_YOU = re.compile(
    r"вы|вас|вам|вами|ты|тебя|тебе|тобой|you|ваша?е?й?|ваши\w?|вашего|вашему|вашу|твой|твоя|твои|vy|vas|vam|vashi|vash|your?|u"
)
_YOUR = re.compile(r"ваш\w{0,3}|тво[йеияю]\w{0,2}|your|vash\w?")
_OTHERS = re.compile(
    r"наш\w{0,3}|мо[йеяи]\w{0,2}|мои\w?|я|себя|себе|сам|сама|сами|мы|админ\w{0,4}|сисадмин\w*|айтишник\w*|бухгалтер\w*|директор\w{0,2}|шеф\w?|босс\w?|начальни\w*"
    r"|пользовател\w*|юзер\w*|клиент\w{0,3}|заказчик\w*|подрядчик\w*|партн[её]р\w*|банк\w{0,2}|провайдер\w*|хакер\w*|сосед\w*|студент\w*|школьни\w*|ученик\w*|коллег\w*|муж|жена|сын\w?"
    r"|кто-то|какой-то|какие-то|какая-то|уборщиц\w*|стаж[её]р\w*|монтажник\w*|поставщик\w*|хостер\w*|безопасник\w*|врач\w*|пациент\w*|покупател\w*|водител\w*|конкурент\w*|спамер\w*|бот\w{0,3}|робот\w?|my|our|i|me"
)
_THINGS = re.compile(
    r"портал\w{0,2}|шлюз\w{0,2}|гейт\w{0,4}|гейтвей\w*|консол\w{1,3}|систем\w{1,2}|интерфейс\w{0,2}|программ\w{1,2}|прог\w|кнопк\w{1,2}|сервис\w{0,2}|сервер\w{0,2}|ошибк\w{1,2}|шарманк\w{1,2}|поделк\w{1,2}"
    r"|продукт\w{0,2}|прокси|политик\w{1,2}|полиси|софт\w{0,2}|софтин\w|апи|апишк\w{1,2}|api|кеш|валидатор\w?|парсер\w?|алгоритм\w?|вопрос\w{0,2}|сообщени\w|документаци\w|форм\w|страниц\w|кабинет\w?|капч\w|авторизаци\w|фильтр\w?|проверк\w|лимит\w?"
    r"|ситуаци\w|ид(?:ея|еи)|решени\w|настройк\w|конфиг\w{0,2}|компьютер\w?|принтер\w?|комп\w?|ноут\w{0,3}|браузер\w?|робот\w?|автоответ\w*|логик\w|дизайн\w?|меню|план\w?|окн\w|окошк\w|релиз\w?|версия|обновлени\w|апдейт\w?|gateway|portal|console|мастер"
)
_NEGATION = frozenset("не ни чтоб".split())  # noqa: SIM905
_META = re.compile(
    r"слов[оаеу]\w{0,2}(?!\w)|фильтр|нецензур|цензур|бранн|ругательств|регламент|правил|словар|стоп-лист|модерац|черн\w{2,3} спис|запрещ[её]н|антимат|матерн|мат(?:а|ом|у|ы)?(?!\w)|маскир|оскорбл|п\. ?4\.[28]"
)
_QUOTES = "«»\"“”„'‘’`"


def is_quoted(text: str, start: int, end: int) -> bool:
    """Tell whether a word is only mentioned: in quotes, in a text about words, rules or the filter."""
    left, right = _sentence(text, start, end)
    around = text[left:start] + " " + text[end:right]
    if not _META.search(around):
        return False
    before, after = text[max(0, start - 60) : start], text[end : end + 60]
    opened = any(q in before for q in _QUOTES) and any(q in after for q in _QUOTES)
    return opened or re.search(r"слов\w{0,2}[:\s]*$", before) is not None


def said_of_staff(text: str, start: int, end: int, *, weak: bool = False) -> bool:
    """Tell whether the word at a span of a folded text calls staff or the company's people names.

    `weak` words (animals, «клоуны», «мошенники») need staff in the same sentence.
    """
    left, right = _sentence(text, start, end)
    before = _TOKEN.findall(text[left:start])[-14:]
    after = _TOKEN.findall(text[end:right])[:10]
    if before and before[-1] in _NEGATION:
        return False
    near_other = _distance(before, after, _OTHERS)
    near_staff = min(_staff_distance(before, after), 99)
    near_thing = _distance([], after[:1], _THINGS)
    if near_thing <= 1:
        return False
    if near_staff < 99:
        return near_staff <= near_other + 2
    if near_other <= 6 or weak:
        return False
    return _is_plural(text[start:end]) and _distance(before, after, _THINGS) > 1


def _staff_distance(before: list[str], after: list[str]) -> int:
    """Distance to the nearest person addressed; «ваш портал» is a thing, not a person."""
    best = 99
    for tokens in (before[::-1], after):
        for at, token in enumerate(tokens, 1):
            if _STAFF.fullmatch(token):
                best = min(best, at)
                break
            if _YOU.fullmatch(token) and not _owns_thing(tokens, at - 1, tokens is after):
                best = min(best, at)
                break
    return best


def _owns_thing(tokens: list[str], at: int, forward: bool) -> bool:
    if not _YOUR.fullmatch(tokens[at]):
        return False
    nexts = tokens[at + 1 : at + 4] if forward else tokens[max(0, at - 3) : at][::-1]
    return any(_THINGS.fullmatch(t) for t in nexts)


def _distance(before: list[str], after: list[str], words: re.Pattern[str]) -> int:
    for at in range(1, 15):
        if at <= len(before) and words.fullmatch(before[-at]):
            return at
        if at <= len(after) and words.fullmatch(after[at - 1]):
            return at
    return 99


def _is_plural(word: str) -> bool:
    return word.endswith(("ы", "и", "е", "ье", "s", "y", "i"))


def _sentence(text: str, start: int, end: int) -> tuple[int, int]:
    left = max(0, start - 160)
    for match in _SENTENCE_END.finditer(text, left, start):
        left = match.end()
    right = _SENTENCE_END.search(text, end, min(len(text), end + 160))
    return left, right.start() if right else min(len(text), end + 160)
