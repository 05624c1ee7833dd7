"""The number of an existing request of this support, when the text names one."""

from __future__ import annotations

from functools import lru_cache

from triage.checks.hints import Hinted
from triage.checks.scanner import Signs
from triage.text.normalise import Folded, fold
from triage.text.patterns import Pattern

_ID = (
    r"((?<![\w-])[a-zа-я]{2,8}[-–]\d{2,8}(?:-\d{1,8})?"
    r"|(?<![\w.,-])\d{2,8}(?:-\d{2,8})?)(?![\w]|[.,]\d|-\d)"
)
_BETWEEN = (
    r"[\s:,()«\"—–-]{0,3}(?:(?:за|под|с|номер(?:ом|а|у)?|ном|number|no|id|наш\w{0,3}"
    r"|ваш\w{0,3}|мо[йеюя]\w?|это|был[ао]?)[\s:.]{1,2}){0,3}"
)
_MARK = r"(?:№|#|nr\.?|n°)?\s{0,2}"
_NOUNS = (
    r"обращени\w{1,3}",
    r"заявк\w{1,3}",
    r"заявок",
    r"тикет\w{0,3}",
    r"кейс\w{0,2}",
    r"инцидент\w{0,2}",
    r"таск\w{0,2}",
    r"ticket",
    r"case",
    r"incident",
    r"zayavk\w",
    r"tiket\w{0,2}",
    r"obrashcheni\w",
)
#: «запрос 503», «request 500» are counts and statuses: these nouns need a mark before the number.
_MARKED_NOUNS = (r"запрос\w{0,2}", r"request")

_END = r"(?!\d|[.,/]\d| \d{3})"

#: In the order of certainty; the number is the first group.
_NAMED = (
    r"(?<![\w-])(gr[-–—]?20\d\d[-–—]\d{3,7})(?!\d)",
    *(rf"(?<!\w){noun}{_BETWEEN}{_MARK}{_ID}" for noun in _NOUNS),
    *(rf"(?<!\w){noun}{_BETWEEN}(?:№|#){_ID}" for noun in _MARKED_NOUNS),
    r"\[\s*#?([a-z]{2,8}[- ]\d{2,8}(?:-\d{1,8})?)\s*\]",
    r"(?:re|fw|fwd|тема\w?):?\s*\[\s*#?(\d{3,8})\s*\]",
    r"(?<![\w-])((?:apim|inc|req|sup|sd|tt|sec)-\d{3,8})(?![\w-])",
)
#: Numbers of four to seven digits without a noun, by the words that answer or ask for news.
_BARE = (
    *(rf"(?:^|[.!?\n(]\s?|дополнени\w |к |по |рассмотрени\w |на ваш ){mark}\s?(\d{{4,7}}){_END}" for mark in "№#"),
    rf"(?<!\w)(?:ваш|ваше|номер|номером|номеру|nomer|id|re|fw)(?: номер| был| исходной"
    rf"| вчера дали| у вас|, кажется,| у него, кажется,)?[ :]{{1,2}}(\d{{4,7}}){_END}",
    rf"(?<!\w)(?:касательно|насчет|вдогонку к|добавлю к|беспокою по|дополнение к"
    rf"|кажется)\s(?:№\s?)?(\d{{4,7}}){_END}",
    r"(?:^|[.!?\n,:] ?|коллеги, |это опять я |статус )(?:по|к) (\d{4,7})(?= ?[:,?(—–-]"
    r"|\.?$|\.? (?:что|как|есть|нужн|помогл|скоро|прошу|жд|когда|снова|подскаж|верси))",
    r"(?:\sпо) (\d{5,7})(?=\s?[?.:]|$)",
    r"\A(\d{5,6})(?= ?[:,.—–-]| (?:опять|закр|решил|рано|как|перео))",
)
_COUNTED = Pattern(r"\s*(?:шт|раз|дн|час|минут|запрос|rps|в секунд|руб|₽|апи|человек|процент|%|мс|ms|сек|порт|/)")


def find_request_number(text: str) -> str | None:
    """Return the first number of a request such as GR-2026-00042, «заявка 5590», «ticket #7731».

    Numbers of orders, invoices and payments are none, nor are counts and HTTP statuses after «запрос».
    """
    folded = fold(text)
    named = _first(folded, _named())
    if named or not _NUMBER.seen(folded.text):
        return named
    return _first(folded, _bare())


#: No more and no fewer digits.
_NUMBER = Signs(r"(?<!\d)\d{4,7}(?!\d)")


def _first(folded: Folded, rules: Hinted) -> str | None:
    for _, pattern in rules.fitting(folded.text):
        for match in pattern.finditer(folded.text):
            if not _COUNTED.match(folded.text, match.end()):
                return match.group(1).upper().replace("–", "-").replace("—", "-")
    return None


@lru_cache(maxsize=1)
def _named() -> Hinted:
    return Hinted(_NAMED)


@lru_cache(maxsize=1)
def _bare() -> Hinted:
    return Hinted(_BARE, seldom=True)
