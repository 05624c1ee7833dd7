"""Numbers of the product's own version (labelling guide, `version`).

A number is judged by the words it follows: names of other software reject it, names of the product and
words such as «версия» accept it; without either it must look like a release of the product (3.x, 4.x).
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from triage.checks.lexicons import lexicon_path, load_sections, wildcard
from triage.report import Finding

_NUMBER = re.compile(
    r"(?<![\d.,№#$€₽\\])(?<![а-яёa-z_]\.)(?<![a-uw-zа-яё_])(?<![a-z0-9]v)(\d{1,2}(?:\.\d{1,3}){1,2})(?![\d_]|[.,:/]\d|[.]\w|@)",
    re.IGNORECASE,
)
_HINT = re.compile(r"\d\.\d")


@dataclass(frozen=True, slots=True)
class Number:
    """A dotted number with the words before it (nearest first, lower case) and what follows."""

    value: str
    words: tuple[str, ...]
    glue: str
    after: str
    previous: bool | None

    @property
    def parts(self) -> tuple[int, ...]:
        """The number's components."""
        return tuple(int(p) for p in self.value.split("."))


_Rule = Callable[[Number], bool | None]


def find_versions(text: str, lexicon: Path | None = None) -> tuple[Finding, ...]:
    """Return the product's versions as they stand in the text, each once, in text order."""
    if not _HINT.search(text):
        return ()
    words = _version_words(lexicon or lexicon_path("software.txt"))
    found: dict[str, Finding] = {}
    previous: bool | None = None
    end = 0
    for match in _NUMBER.finditer(text):
        joined = previous if _JOINT.fullmatch(text[end : match.start()]) else None
        number = _number(text, match, joined)
        previous = _decide(number, *words)
        end = match.end()
        if previous and number.value not in found:
            found[number.value] = Finding(
                match.start(1), match.end(1), "version", "версия продукта", number.value
            )
    return tuple(found.values())


_JOINT = re.compile(
    r"\s*(?:[,/→–—-]|->|=>|и|или|до|на|по|to|,? а (?:теперь|сейчас))\s*(?:v|версии)?\s*", re.IGNORECASE
)
_WORDS_BEFORE = re.compile(r"[^\W_]+(?:[.-][^\W_]+)*|[(\[:;=]|,|\.(?=\s)|\n|[→>/«\"]")


def _number(text: str, match: re.Match[str], previous: bool | None) -> Number:
    before = text[max(0, match.start() - 60) : match.start()].lower()
    tokens = _WORDS_BEFORE.findall(before)
    glue = before[-1:] if before[-1:] in "v:/-=>(«" else ""
    return Number(
        match.group(1),
        tuple(reversed(tokens))[:6],
        glue,
        text[match.end() : match.end() + 24].lower(),
        previous,
    )


# --- rules --------------------------------------------------------------------------------------

_UNIT = re.compile(
    r"\s*(?:%|[\"″'’]|°|(?:с|сек\w*|секунд\w*|м|мс|мин\w*|минут\w*|час\w*|ч|дн\w*|день|дня|суток|недел\w*|мес\w*|год\w*|лет|раз\w?|гб|мб|кб|тб|г|m|g|gb|mb|kb|tb|gi|mi|gib|mib"
    r"|ггц|ghz|мгц|мбит\w*|гбит\w*|rps|тыс\w*|млн|млрд|руб\w*|р|₽|коп\w*|usd|eur|s|ms|sec|кг|км|мл|см|мм|балл\w*|звезд\w*|ядр\w*|процент\w*|vcpu|cpu|b|k)(?![а-яa-z]))"
)
_DATE_WORDS = frozenset("от до с по за к на в во со после".split())  # noqa: SIM905


def looks_like_quantity(number: Number) -> bool | None:
    """4.5 ГБ, 3.2 с, 4.2 %."""
    return False if _UNIT.match(number.after) else None


def looks_like_date(number: Number) -> bool | None:
    """03.11, 28.02, 14.10: a leading zero or a day over twelve with a month of two digits."""
    parts = number.value.split(".")
    if any(len(p) > 1 and p[0] == "0" for p in parts):
        return False
    return False if int(parts[0]) > 12 and len(parts) == 2 else None


def follows_same(number: Number) -> bool | None:
    """A number joined to the one before («с 4.1 на 4.3», «TLS 1.0/1.1») shares its fate."""
    return number.previous


def named(number: Number, foreign: re.Pattern[str], own: re.Pattern[str]) -> bool | None:
    """The nearest name before the number decides."""
    for at, word in enumerate(number.words):
        if word in ",;\n.(«" and at:
            return None
        if foreign.fullmatch(word):
            return False
        if own.fullmatch(word):
            return _owner(number.words[at + 1 :], foreign)
        if at >= 2:
            return None
    return None


def _owner(words: tuple[str, ...], foreign: re.Pattern[str]) -> bool:
    """«Версия», «образ» of what? The name before it in the same clause may be foreign."""
    for word in words[:2]:
        if word in ",;\n.(:":
            return True
        if foreign.fullmatch(word):
            return False
    return True


def unknown_name(number: Number) -> bool | None:
    """A Latin name that nobody knows («Postman 11.2») directly before the number is other software."""
    word = number.words[0] if number.words else ""
    return (
        False
        if re.fullmatch(r"[a-z][a-z0-9.-]+", word)
        and word not in ("to", "from", "on", "with", "prod", "dev", "test", "docker", "v")
        else None
    )


def looks_like_release(number: Number) -> bool | None:
    """3.0 to 3.20 and 4.x of the product."""
    major, minor = number.parts[:2]
    return major in (3, 4) and minor <= 30


@lru_cache(8)
def _version_words(path: Path) -> tuple[re.Pattern[str], re.Pattern[str]]:
    sections = load_sections(path)
    foreign, own = (
        re.compile("|".join(wildcard(e.pattern) for e in sections[name])) for name in ("foreign", "own")
    )
    return foreign, own


def _decide(number: Number, foreign: re.Pattern[str], own: re.Pattern[str]) -> bool:
    rules: tuple[_Rule, ...] = (
        looks_like_quantity,
        looks_like_date,
        follows_same,
        lambda n: named(n, foreign, own),
        unknown_name,
        looks_like_release,
    )
    return next((answer for rule in rules if (answer := rule(number)) is not None), False)
