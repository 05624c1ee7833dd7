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

from triage.checks.lexicons import Wildcards, lexicon_path, load_sections
from triage.report import Finding
from triage.text.patterns import Pattern

#: A digit comes first, so that the search skips to digits; what stands before it is looked at after.
_NUMBER = Pattern(
    r"(\d(?:(?<![\d.,№#$€₽\\]\d)|(?<=\bv\.\d)|(?<=\bver\.\d)|(?<=\bвер\.\d))"
    r"(?<!₽ \d)(?<![a-uw-zа-яё_]\d)(?<![a-z0-9]v\d)"
    r"\d?(?:\.\d{1,3}){1,2})"
    r"(?![\d_a-zа-яё]|[,:/]\d|\.(?!zip|rpm|deb|tar|jar|tgz|exe)\w|@(?!sha256))",
    re.IGNORECASE,
)
#: The dot comes first, so that the search skips to dots.
_HINT = Pattern(r"\.(?<=\d\.)\d")


@dataclass(frozen=True, slots=True)
class Number:
    """A dotted number with the words before it (nearest first, lower case) and what follows."""

    value: str
    words: tuple[str, ...]
    before: str
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
    words = _version_words(lexicon)
    found: dict[str, Finding] = {}
    refused: set[str] = set()
    previous: bool | None = None
    end = 0
    for match in _NUMBER.finditer(text):
        between = text[end : match.start()]
        joined = previous if len(between) <= _APART and _JOINT.fullmatch(between) else None
        number = _number(text, match, joined)
        previous = _decide(number, words, refused)
        end = match.end()
        if not previous:
            refused.add(number.value)
        elif number.value not in found:
            found[number.value] = Finding(match.start(1), match.end(1), "version", "версия продукта", number.value)
    return tuple(found.values())


_APART = 40  # characters between two numbers that are told together
_JOINT = Pattern(
    r"\s*(?:[,/→–—-]|->|=>|и|или(?: только)?|до|на|по|to|vs\.?|против|вместо|,? а (?:теперь|сейчас))"
    r"\s*(?:v|версии)?\s*",
    re.IGNORECASE,
)
_WORDS_BEFORE = Pattern(r"[^\W_]+(?:[._-][^\W_]+)*|[(\[:;=,?!\n→>/«\"]|\.(?=\s)")
_STOPS = frozenset(',;\n.?!:=→>«"[/')


def _number(text: str, match: re.Match[str], previous: bool | None) -> Number:
    before = text[max(0, match.start() - 70) : match.start()].lower()
    words = tuple(reversed(_WORDS_BEFORE.findall(before)))[:6]
    return Number(match.group(1), words, before, text[match.end() : match.end() + 24].lower(), previous)


# --- rules --------------------------------------------------------------------------------------

_UNIT = Pattern(
    r"\s*(?:%|[\"″'’]|°|(?:сек\w*|секунд\w*|мс|мин\w*|минут\w*|час\w*|ч|дн\w*|день|дня"
    r"|суток|недел\w*|мес\w*|год\w*|лет|раза?"
    r"|[гмкт]б|[gmkt]i?b|gi|mi|ггц|ghz|мгц|[мг]бит\w*|rps|тыс\w*|млн|млрд|руб\w*|₽|коп\w*"
    r"|usd|eur|ms|sec\w*|times|утра|вечера|ночи|час\w*"
    r"|кг|км|мл|см|мм|балл\w*|звезд\w*|ядр\w*|процент\w*|vcpu|cpu)(?![а-яa-z])"
    r"|[смгkbр](?=\s*(?:[.,;:)!?]|$|вместо|против)))"
)


def looks_like_quantity(number: Number) -> bool | None:
    """4.5 ГБ, 3.2 с, 4.2 %; a number of three parts is none."""
    return False if len(number.parts) == 2 and _UNIT.match(number.after) else None


_DATED = Pattern(
    r"(?<!\w)(?:оплат\w*|плат[её]ж\w*|срок\w*|договор\w*|сч[её]т\w*|акт\w*|письм\w*|исх|вх"
    r"|дат\w*|отпуск\w*|заседани\w*|числ\w*|период\w*|истека\w*|кончается)[^.!?\n]{0,25}$"
)


def looks_like_date(number: Number) -> bool | None:
    """03.11, 28.02, «оплата до 4.12»: a leading zero, a day over twelve, or a month after words of terms."""
    parts = number.value.split(".")
    if any(len(p) > 1 and p[0] == "0" for p in parts):
        return False
    if len(parts) == 2 and (
        int(parts[0]) > 12 or (len(parts[1]) == 2 and int(parts[1]) <= 12 and _DATED.search(number.before))
    ):
        return False
    return None


_NEAR = 32
_DOCUMENT_STARTS = ("п", "ст", "гл", "разд", "рис", "табл", "абз")
_DOCUMENT = Pattern(
    r"(?<!\w)(?:п{1,2}|п\.\s?п|пункт\w*|подпункт\w*|ст|стать\w*|гл|глав\w*|разд(?:ел\w*)?"
    r"|рис|табл|прил|абз|стр|§)\.?\s*$"
)


def part_of_document(number: Number) -> bool | None:
    """«п. 4.2», «раздел 3.3», «рис. 4.1»."""
    if not any(word.startswith(_DOCUMENT_STARTS) for word in number.words[:2]) and "§" not in number.before:
        return None
    return False if _DOCUMENT.search(number.before, max(0, len(number.before) - _NEAR)) else None


_IMAGE = Pattern(r"(?:apim|gravitee|gateway|management|portal|console|[-/]gw|^gw|mgmt)")
_ADD_ON = Pattern(
    r"policy|plugin|connector|resource|reporter|repositor|driver|alert|cockpit|chart"
    r"|operator|policies|notifier|fetcher"
)


def part_of_address(number: Number) -> bool | None:
    """A link to documentation holds the version of a page, not of the installation."""
    token = _token_before(number)
    return False if "://" in token or token.startswith(("/", "www.")) else None


def artefact(number: Number) -> bool | None:
    """`apim-gateway:4.2.1` and `gravitee-apim-4.2.1` are the product's, `mongo:4.4` and plug-ins are not."""
    token = _token_before(number).removesuffix("v")
    if len(token) < 3 or token[-1] not in ":-=_" or not token[-2].isascii() or not token[-2].isalnum():
        return None
    name = token[:-1].rsplit(":", 1)[0].rsplit("=", 1)[-1]
    if name in ("version", "tag", "image.tag", "v", "ver") or name.endswith((".tag", "version", "_tag")):
        return None if token[-1] in ":=" and "chart" not in name else False
    return _IMAGE.search(name) is not None and not _ADD_ON.search(name)


def _token_before(number: Number) -> str:
    before = number.before
    return before.rsplit(None, 1)[-1].lstrip("(«\"'") if before and not before[-1].isspace() else ""


_NAME_AFTER = re.compile(r"\s(?:apim|апим|gravitee(?:io|\.io)?)(?![\w-]|\s*[:=]?\s*v?\d)")


def before_name(number: Number) -> bool | None:
    """«PostgreSQL 15.4 и 4.4.7 APIM»: the name of the product directly after the number."""
    return True if _NAME_AFTER.match(number.after) and _is_possible(number) else None


def follows_same(number: Number) -> bool | None:
    """A number joined to the one before («с 4.1 на 4.3», «TLS 1.0/1.1») shares its fate."""
    return number.previous


def named(number: Number, words: VersionWords) -> bool | None:
    """The nearest name before the number decides; prepositions and words for a release are passed over."""
    if number.words[:1] == ("не",):
        return False
    passed_release = False
    for at, word in enumerate(number.words):
        if word in _STOPS:
            return _alone(number, at, words) and _is_possible(number) if passed_release else None
        if word == "(":
            continue
        if words.tools.fullmatch(word):
            if passed_release and number.words[at - 1] != "версии":
                return True
            located = number.words[at + 1 : at + 2] == ("в",)
            return False if (at == 0 or passed_release) and not located else None
        if words.foreign.fullmatch(word):
            return False
        if words.release.fullmatch(word):
            passed_release = True
        elif words.own.fullmatch(word) and _ADD_ON.search(word):
            return False
        elif words.own.fullmatch(word):
            return number.parts[0] <= 4 and not any(words.foreign.fullmatch(w) for w in number.words[at + 1 : at + 2])
        elif not words.between.fullmatch(word):
            break
    return _is_possible(number) if passed_release else None


def _is_possible(number: Number) -> bool:
    """The product has had the majors 2 to 4; «версия 1.15» is something else's."""
    return 2 <= number.parts[0] <= 4


def _alone(number: Number, at: int, words: VersionWords) -> bool:
    """«Плагин от Госуслуг, версии 3.1.1»: in the genitive the name may stand before the comma."""
    if number.words[at] != "," or number.words[at - 1] != "версии":
        return True
    return not any(words.foreign.fullmatch(word) for word in number.words[at + 1 :] if word not in _STOPS)


def unknown_name(number: Number, words: VersionWords) -> bool | None:
    """A Latin name that nobody knows («Postman 11.2») directly before the number is other software."""
    word = number.words[0] if number.words else ""
    if not re.fullmatch(r"[a-z][a-z0-9_-]*", word) or words.between.fullmatch(word) or words.release.fullmatch(word):
        return None
    return None if words.tools.fullmatch(word) else False


def looks_like_release(number: Number, refused: set[str]) -> bool | None:
    """3.0 to 3.20 and 4.x of the product, unless the same number was another thing's before."""
    major, minor = number.parts[:2]
    return major in (3, 4) and minor <= 30 and number.value not in refused


@dataclass(frozen=True, slots=True)
class VersionWords:
    """Names of other software and of the product, words for a release, words in between."""

    foreign: Wildcards
    own: Wildcards
    release: Wildcards
    tools: Wildcards
    between: Wildcards


@lru_cache(8)
def _version_words(path: Path | None) -> VersionWords:
    sections = load_sections(path or lexicon_path("software.txt"))
    return VersionWords(*(Wildcards(sections[name]) for name in ("foreign", "own", "release", "tools", "between")))


def _decide(number: Number, words: VersionWords, refused: set[str]) -> bool:
    rules: tuple[_Rule, ...] = (
        before_name,
        follows_same,
        looks_like_quantity,
        looks_like_date,
        part_of_document,
        part_of_address,
        artefact,
        lambda n: named(n, words),
        lambda n: unknown_name(n, words),
        lambda n: looks_like_release(n, refused),
    )
    return next((answer for rule in rules if (answer := rule(number)) is not None), False)
