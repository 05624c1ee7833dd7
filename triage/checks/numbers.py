"""The number of an existing request of this support, when the text names one."""

from __future__ import annotations

import re

_OWN = re.compile(r"(?<![\w-])GR[-–—]?(20\d\d)[-–—](\d{3,7})(?!\d)", re.IGNORECASE)
_BRACKETS = re.compile(r"\[\s*#?([A-Z]{2,8}-\d{2,8}(?:-\d{1,8})?|\d{3,8})\s*\]")
_NOUN = (
    r"(?:обращени\w{1,3}|заявк\w{1,3}|заявлени\w{1,2}|запрос\w{0,2}|тикет\w{0,3}|кейс\w{0,2}|инцидент\w{0,2}|тасок|таск\w{0,2}"
    r"|ticket|request|case|incident|zayavk\w|obrashcheni\w|tiket\w{0,2}|id обращения)"
)
_BETWEEN = r"[\s:,()«\"]{0,3}(?:(?:за|под|с|номер(?:ом|а|у)?|номер|ном\.?|number|no\.?|id|наш\w{0,3}|ваш\w{0,3}|мо[йеюя]\w?|это|была?|от вчера)[\s:]{1,2}){0,3}"
_MARK = r"(?:№|#|n°?|no\.?|nr\.?|номер)?[\s:]{0,2}"
_ID = r"([A-ZА-Я]{1,8}[-–]?\d{2,8}(?:-\d{1,8})?|\d{2,8}(?:-\d{2,8})?)"
_NAMED = re.compile(r"(?<!\w)" + _NOUN + _BETWEEN + _MARK + _ID + r"(?![\w]|[.,]\d|-\d)", re.IGNORECASE)
_COUNTED = re.compile(
    r"\s*(?:шт|раз|дн|час|минут|запрос|rps|в секунд|руб|апи|человек|процент|%|мс|ms|сек|/)", re.IGNORECASE
)
_DIGITS = re.compile(r"\d\d")


def find_request_number(text: str) -> str | None:
    """Return the first number of a request such as GR-2026-00042, «заявка 5590», «ticket #7731».

    Numbers of orders, invoices and payments are none, nor are counts and HTTP statuses after «запрос».
    """
    if not _DIGITS.search(text):
        return None
    if own := _OWN.search(text):
        return own.group().upper().replace("–", "-").replace("—", "-")
    for match in _NAMED.finditer(text):
        number = match.group(1)
        noun = match.group().lower()
        if _COUNTED.match(text, match.end()):
            continue
        if (
            noun.startswith(("запрос", "request"))
            and number.isdigit()
            and "№" not in noun
            and "#" not in noun
        ):
            continue
        return number
    brackets = _BRACKETS.search(text)
    return brackets.group(1) if brackets else None
