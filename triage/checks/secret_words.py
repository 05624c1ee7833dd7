"""Secrets that are known by the word beside them: assignments in configs, passwords told in prose."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from triage.checks.placeholders import is_placeholder
from triage.checks.scanner import Gates
from triage.checks.secret_shapes import LOCATOR, LONG_RANDOM, looks_password, looks_random, without_tail
from triage.report import Finding
from triage.text.normalise import lowered
from triage.text.patterns import Pattern

# --- assignments in configs, environment variables, JSON, XML, command lines --------------------

_NAME = (
    r"(?:(?<![a-zа-я])pass|password|passwd|passphrase|passwort|(?<![a-z])pwd|secret|token"
    r"|api[_.-]?key|access[_.-]?key"
    r"|secret[_.-]?key|private[_.-]?key|account[_.-]?key|storepass|keypass"
    r"|(?<![а-я])(?:парол[ьяие]|пасс?ворд|пасс|токен|секрет))"
)
_ASSIGN = Pattern(
    r"(" + _NAME + r")(?:[\"'\\»]{0,3}[ \t]{0,20}(?::=|=>|=|:)[ \t]{0,20}|[\"'] {0,3}value=)"
    r"(\\?\"(?:[^\"\n]{1,400}|[^\s\"]+)\"|'(?:[^'\n]{1,400}|[^\s']+)'|«(?:[^«»\n]{1,100}|[^\s«»]+)»"
    r"|`(?:[^`\n]{1,400}|[^\s`]+)`|[^\s\"'`«»<>]+)",
    re.IGNORECASE,
)
_QUERY = Pattern(r"[?&](?:key|sig|auth)=([\w.~-]{12,})")
_XML = Pattern(r"<(?:[\w:.-]{0,30}?)(?:password|passwd|secret|token|api-?key)>([^<>\s]{3,})</", re.IGNORECASE)
_ENV_VALUE = Pattern(
    r"name: {0,3}[\"']?\w{0,60}(?:PASSWORD|SECRET|TOKEN"
    r"|API_?KEY)[\"']?[ \t]*\r?\n[ \t-]*value: {0,3}[\"']?([^\s\"']+)",
    re.IGNORECASE,
)
_OTHERWISE = (
    (_XML, ("</",)),
    (_ENV_VALUE, ("value", "VALUE", "Value")),
)
NAMED = ("pass", "pwd", "secret", "token", "key", "sig=", "auth=", "парол", "пасс", "пасв", "токен", "секрет")
_CONFIG_END = Pattern(r"[;&](?=[A-Za-z][\w. ]{0,40}=)")


def assignments(text: str) -> Iterator[Finding]:
    """`password: x`, `"clientSecret": "x"`, `DB_PASSWORD=x`, `<password>x</password>`, `--password x`."""
    if not any(hint in lowered(text) for hint in NAMED):
        return
    if _is_assigned(lowered(text)):
        for match in _ASSIGN.finditer(text):
            yield from _assigned(text, match)
    for match in _QUERY.finditer(text) if "key=" in text or "sig=" in text or "auth=" in text else ():
        if looks_random(match.group(1)) and not is_placeholder(match.group(1)):
            yield Finding(match.start(1), match.end(1), "api_key", "ключ в адресе")
    for pattern, signs in _OTHERWISE:
        for match in pattern.finditer(text) if any(sign in text for sign in signs) else ():
            if not is_placeholder(match.group(1)):
                yield Finding(match.start(1), match.end(1), "password", "пароль в настройке или команде")


_SIGN = Pattern(r"[:=]")
_NAME_REACH = 60


def _is_assigned(low: str) -> bool:
    """Tell whether a sign of assignment stands close after a name of a secret."""
    for sign in _SIGN.finditer(low):
        before = low[max(0, sign.start() - _NAME_REACH) : sign.start()]
        if any(hint in before for hint in NAMED):
            return True
    return False


def _assigned(text: str, match: re.Match[str]) -> Iterator[Finding]:
    name, start, value = match.group(1).lower(), match.start(2), match.group(2)
    quoted = value[0] in "\\\"'«`"
    bare = value.strip("\\\"'«»`")
    start += value.find(bare) if bare else 0
    if not quoted:
        bare = bare[: cut.start()] if (cut := _CONFIG_END.search(bare)) else bare
        bare = without_tail(bare)
    if not bare or is_placeholder(bare) or not _fits(name, bare, text, start + len(bare), quoted):
        return
    kind = "password" if name.startswith(("pass", "pwd", "парол", "пас", "store", "keyp")) else "token"
    kind = "api_key" if "key" in name and kind == "token" else kind
    yield Finding(start, start + len(bare), kind, f"значение после «{match.group(1)}»")


_LINE_END = Pattern(r"[ \t]*[\"',;})]{0,3}[ \t]*(?:#[^\n]*|//[^\n]*)?(?:\r?\n|$)")
_CYRILLIC = Pattern(r"[а-яё-]+", re.IGNORECASE)


def _fits(name: str, value: str, text: str, end: int, quoted: bool) -> bool:
    if _CYRILLIC.fullmatch(value):
        return quoted and name.startswith("парол") and len(value) > 3 and " " not in value
    if (
        value.startswith(("/", "\\", "$2a$", "$2b$", "$2y$"))
        or LOCATOR.match(value)
        or ("@" in value and "." in value.split("@")[-1] and name != "password")
    ):
        return False
    if name.startswith(("pass", "pwd", "парол", "пас", "store", "keyp")):
        if quoted or looks_password(value) or LONG_RANDOM.match(value):
            return " " not in value or not _CYRILLIC.search(value)
        return _LINE_END.match(text, end) is not None or name.startswith(("парол", "пас"))
    return looks_random(value)


# --- passwords in prose -------------------------------------------------------------------------

_TRIGGER = Pattern(
    r"(?<![а-яa-z])(парол(?:ь|я|ем|ю)|пасс?ворд\w{0,2}|пасс?(?:ом)?|кред[ыо]\w{0,3}"
    r"|уч[её]тк\w{1,2}|логин\w{0,2}|pass(?:word)?|pwd|parol|login"
    r"|токен\w{0,2}|client[ _-]?secret|секрет\w{0,2}|api[ _-]?key|token|secret|ключ(?:ом)?"
    r"|апи[- ]?ключ|доступ\w?)(?![а-яa-z])",
)
_KEYS = ("ток", "token", "секр", "secret", "client", "ключ", "api", "апи")
_PASSWORDS = ("парол", "пас", "pass", "pwd", "parol")
_STOP = frozenset(
    [
        "не",
        "нет",
        "длиной",
        "длина",
        "политика",
        "политику",
        "политики",
        "короче",
        "длиннее",
        "минимум",
        "требования",
        "хранится",
        "хранить",
        "шифруется",
        "алгоритм",
        "хеш",
        "формат",
        "вместо",
        "менять",
        "сменить",
        "сбросить",
        "забыл",
        "забыла",
        "забыли",
        "истек",
        "истёк",
        "просрочен",
        "живёт",
        "действует",
        "каждые",
        "раз",
    ]
)
_LONGEST_STEP = 200
_STEP = Pattern(rf"[^\S\n]*(\S{{1,{_LONGEST_STEP}}})")
_STEP_REST = Pattern(r"[^\s\"'`«»<>]+")
#: «Пароль:» ends a line and what stands alone on the next one is it, also in a fence or quoted by a letter.
_BELOW = Pattern(
    r"[^\S\n]{0,40}\n(?:[^\S\n]{0,40}\n)?(?:```\w{0,20}\r?\n)?[ \t>]{0,10}"
    rf"(\S{{1,{_LONGEST_STEP}}})(?=[^\S\n]{{0,40}}(?:\n|$))"
)
_LOGIN = Pattern(r"[A-Za-z][\w.@-]{1,40}")
_REACH = 9
TOLD = (
    "парол",
    "пас",
    "кред",
    "учет",
    "логин",
    "pass",
    "pwd",
    "parol",
    "login",
    "токен",
    "secret",
    "секрет",
    "key",
    "token",
    "ключ",
    "доступ",
)
#: How a trigger begins, at the beginning of a word; the letters come first, so that the search skips to them.
_STARTS = (*TOLD, "учёт", "client", "api", "апи")
_STARTING = tuple(Pattern(rf"{start}(?<![а-яa-z]{start})") for start in _STARTS)
_PRESENT = Gates((start,) for start in _STARTS)
_SEPARATORS = " \t\u00a0:=«\"'(—–-|,"
_UNITS = Pattern(
    r"\s*(?:символ|знак|букв|цифр|дн|день|час|минут|год|мес|раз|секунд|попыт|шт|апи|api"
    r"|руб|человек|пользоват|кб|мб|бит)",
    re.IGNORECASE,
)


_PAIR = Pattern(r"(?<![\w/.:@-])([A-Za-z][\w.@-]{1,40}) ?[/|] ?([^\s/«»\"'<>]{5,200})")
_PAIRED = Pattern(r"[/|] ?(?=[^\s/«»\"'<>]{0,59}\d)[^\s/«»\"'<>]{5}")
_ACCESS = Pattern(
    r"доступ|логин|уч[её]т|ssh|ссх|рдп|rdp|консол|кабинет|вход|захо|кред|login|root|рут"
    r"|пользовател|юзер|сервер|узел|админ|admin|ключи от"
    r"|впн|vpn|anydesk|парол",
    re.IGNORECASE,
)


def login_pairs(text: str) -> Iterator[Finding]:
    """«ssh: apim-root / Zachetka!2026»: a login and what looks like a password, after a word of access."""
    if not _PAIRED.search(text):
        return
    for match in _PAIR.finditer(text):
        value = without_tail(match.group(2))
        if (
            not looks_password(value)
            or is_placeholder(value, login=match.group(1))
            or not any(c.isdigit() for c in value)
        ):
            continue
        if _ACCESS.search(text[max(0, match.start() - 70) : match.end(1)]):
            yield Finding(match.start(2), match.start(2) + len(value), "password", "пароль рядом с логином")


_LONG_KEY = Pattern(
    r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}|[0-9a-f]{32,64}"
    r"|[a-z]{4}(?:-[a-z]{4}){3}",
    re.IGNORECASE,
)


_SHOWN = Pattern(
    r"(?<!\w)вот(?: он| она| этот"
    r"| эта)?:? {0,2}([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|[0-9a-f]{32,64})(?!\w)"
)


def shown_keys(text: str) -> Iterator[Finding]:
    """«Ключ утёк …, вот он: 7c1e0b52-…»."""
    if "вот" not in text:
        return
    for match in _SHOWN.finditer(text):
        if re.search(r"ключ|токен|key|token", text[max(0, match.start() - 200) : match.start()], re.IGNORECASE):
            yield Finding(match.start(1), match.end(1), "api_key", "показанный ключ")


def prose_passwords(text: str) -> Iterator[Finding]:
    """«пароль от базы у нас gravity228»: the first thing that looks like a password soon after the word."""
    low = lowered(text)
    starts = {match.start() for number in _PRESENT.open(text) for match in _STARTING[number].finditer(low)}
    done = 0
    for start in sorted(starts):
        match = _TRIGGER.match(low, start) if start >= done else None
        if not match:
            continue
        done = match.end()
        if text[done : done + 1] not in _SEPARATORS:
            continue
        for finding in _after_trigger(text, match.group(1), match.end()):
            done = max(done, finding.end)
            yield finding


def _after_trigger(text: str, trigger: str, at: int) -> Iterator[Finding]:
    told = trigger.startswith(_PASSWORDS)
    before, lines = "", 0
    for step in range(_REACH):
        match = _STEP.match(text, at)
        if not match:
            match = (
                _BELOW.match(text, at) if before.endswith(":") or (lines == 1 and _LOGIN.fullmatch(before)) else None
            )
            lines += 1
        if not match:
            return
        token, start = match.group(1), match.start(1)
        bare, shift, paired = _bare(token)
        if bare.lower() in _STOP:
            return
        named = told or paired
        shaped = (named or trigger.startswith(_KEYS)) and _is_secret(bare, named, step)
        if lines and not named:
            shaped = shaped and _LONG_KEY.fullmatch(bare) is not None
        secret = bare and (shaped or (told and _is_named(bare, before, token)))
        if secret and not _UNITS.match(text, start + shift + len(bare)):
            kind = "password" if told or paired else "api_key" if "ключ" in trigger or "key" in trigger else "token"
            yield Finding(start + shift, _value_end(text, start, shift, bare), kind, f"значение после «{trigger}»")
            return
        if token[-1] in ".!?;" and step:
            return
        before, at = token, match.end()


def _value_end(text: str, start: int, shift: int, bare: str) -> int:
    """Return where the value ends, also when it is longer than a step."""
    end = start + shift + len(bare)
    if end - start < _LONGEST_STEP:
        return end
    rest = _STEP_REST.match(text, end)
    return end + len(without_tail(rest.group())) if rest else end


#: Where a quoted value ends within a run.
_CLOSED = Pattern(r"[\"»`](?!$)|'(?=[,:;}\])])")


@lru_cache(maxsize=8192)
def _bare(token: str) -> tuple[str, int, bool]:
    """Strip quotes, brackets, sentence marks; of `login/password` and `login:password` take the second."""
    left = len(token) - len(token.lstrip("\"'«(`[:=—–-"))
    open_ = token[left : closed.start()] if (closed := _CLOSED.search(token, left)) else token[left:]
    bare = without_tail(open_.rstrip("\"'»`")).rstrip("\"'»`")
    if cut := _CONFIG_END.search(bare):
        bare = "" if "=" in bare[: cut.start()] else without_tail(bare[: cut.start()])
    pair = re.match(r"[A-Za-z][A-Za-z0-9._-]{1,40}[/:](?=[^/\s]{4,}$)", bare)
    if pair and not bare.startswith(("http", "https")):
        if is_placeholder(bare[pair.end() :], login=bare[: pair.end() - 1]):
            return "", left, False
        return bare[pair.end() :], left + pair.end(), True
    return bare, left, False


def _is_secret(value: str, password: bool, step: int) -> bool:
    if is_placeholder(value):
        return False
    if not password:
        return _LONG_KEY.fullmatch(value) is not None or (len(value) >= 12 and step <= 3 and looks_random(value))
    if _LONG_KEY.fullmatch(value) and step <= 2:
        return True
    if value.isdigit():
        return step == 0 and 4 <= len(value) <= 12
    return step <= 6 and (looks_password(value) or LONG_RANDOM.fullmatch(value) is not None)


def _is_named(value: str, before: str, token: str) -> bool:
    """«Пароль от консоли: Vesna.»: one Latin word after a colon ends the sentence."""
    return (
        before.endswith(":") and token[-1:] in ".,;" and value.isascii() and value.isalpha() and 4 <= len(value) <= 20
    )
