"""Passwords on command lines: known by the option that the command takes them by."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise

from triage.checks.placeholders import is_placeholder
from triage.checks.secret_shapes import looks_password, without_tail
from triage.report import Finding
from triage.text.patterns import Pattern

_VALUE = r"[\"']?((?<=\")[^\"\n]{3,400}(?=\")|(?<=')[^'\n]{3,400}(?=')|[^\s\"'`-][^\s\"'`]{2,})"
#: What the options of a password mean elsewhere: ports, users by number.
_NUMBERS = Pattern(r"(?:(?:localhost|[\d.]+):)?\d{1,5}(?:-\d{1,5})?(?::\d{1,5}(?:-\d{1,5})?)?(?:/(?:tcp|udp))?")
_CYRILLIC = Pattern(r"[а-яё-]+", re.IGNORECASE)

# --- a name and a password in one value ---------------------------------------------------------

_CURL_USER = Pattern(r"(?<![\w-])(?:-u|--user|--proxy-user)[ =]{1,3}[\"']?([^\s:\"']{1,80}):([^\s\"']+)")


def curl_users(text: str) -> Iterator[Finding]:
    """`curl -u user:password`."""
    for match in _CURL_USER.finditer(text):
        login, password = match.group(1), without_tail(match.group(2))
        if not is_placeholder(password, login=login) and not (login.isdigit() and password.isdigit()):
            yield Finding(match.start(2), match.start(2) + len(password), "basic_auth", "пароль в команде")


# --- options that say what they are -------------------------------------------------------------

_FLAG = Pattern(
    r"(?<![\w-])(?:--(?:[a-z]{1,20}-)?(?:password|pass|token|secret|api-key)[ =]{1,3}|(?:-storepass|-keypass)[ =]{1,3}"
    rf"|-passin pass:|sshpass -p ?|(?:--)?(?:requirepass|masterauth)[ =]{{1,3}}){_VALUE}"
)
FLAGGED = ("-pass", "-token", "-secret", "-api-key", "-storepass", "-keypass", "sshpass", "requirepass", "masterauth")


def flagged(text: str) -> Iterator[Finding]:
    """`--password x`, `-storepass x`, `sshpass -p x`."""
    for match in _FLAG.finditer(text):
        if _is_open(match.group(1)):
            yield _found(match.start(1), match.group(1))


# --- options that mean a password to their own command only -------------------------------------

_COMMAND = Pattern(
    r"(?<![\w.:-])(?:(mysql(?:dump|admin|import|show|sh|pump)?|mariadb(?:-dump|-admin)?)|(redis-cli)|(psql)"
    r"|(mongo(?:sh|dump|restore|export|import)?|(?:docker|podman|nerdctl|helm registry|oc) login|cqlsh|rabbitmqadmin)"
    r"|(ldap(?:search|modify|add|delete|whoami|passwd|compare))|(sqlcmd|bcp)|(plink|pscp|psftp)|(curl))(?![\w.-])",
)
_SPACE = r"[ \t=]{1,3}(?:\\\r?\n[ \t]{0,20})?"
_ATTACHED = Pattern(rf"(?<!\S)-p(?!ort\b|rotocol\b|3306\b){_VALUE}")
_SPACED = Pattern(rf"(?<!\S)-p{_SPACE}{_VALUE}")
#: By the groups of `_COMMAND`: options after which anything is a password, and those after which it must look so.
_OPTIONS: tuple[tuple[tuple[Pattern, ...], tuple[Pattern, ...]], ...] = (
    ((_ATTACHED,), (_SPACED,)),
    ((Pattern(rf"(?<!\S)-a{_SPACE}{_VALUE}"),), ()),
    ((), (Pattern(rf"(?<!\S)-W{_SPACE}{_VALUE}"),)),
    ((_SPACED,), (_ATTACHED,)),
    ((Pattern(rf"(?<!\S)-w{_SPACE}{_VALUE}"),), ()),
    ((Pattern(rf"(?<!\S)-P{_SPACE}{_VALUE}"),), ()),
    ((Pattern(rf"(?<!\S)-pw{_SPACE}{_VALUE}"),), ()),
    ((), ()),
)
_ATTACHED_USER = Pattern(r"(?<!\S)-[a-zA-Z]{0,6}u[ =]{0,3}[\"']?([^\s:\"'=-][^\s:\"']{0,80}):([^\s\"']{3,})")
_CURL = len(_OPTIONS)
_PAIR = Pattern(rf"(?<![\w-])(?:-u[ =]?\S{{1,60}} -p|-U \S{{1,60}} -W)[ =]{{1,3}}{_VALUE}")
_COMMAND_END = Pattern(r"\s(?:\||&&|;)|;\s|(?<!\\)(?<!\\\r)\n")
COMMANDS = (" -p", " -a", " -w", "curl")


def command_passwords(text: str) -> Iterator[Finding]:
    """`mysql -uroot -px`, `redis-cli -a x`, `psql -W x`, `curl -uuser:x`; `-u user -p x` of any command."""
    commands = [(match.start(), match.end(), match.lastindex or 0) for match in _COMMAND.finditer(text)]
    for (_, start, number), (following, _, _) in pairwise((*commands, (len(text), 0, 0))):
        end = _COMMAND_END.search(text, start, following)
        yield from _of_command(text, start, end.start() if end else following, number)
    for match in _PAIR.finditer(text):
        if _is_open(match.group(1)) and looks_password(without_tail(match.group(1))):
            yield _found(match.start(1), match.group(1))


def _of_command(text: str, start: int, end: int, number: int) -> Iterator[Finding]:
    if number == _CURL:
        for match in _ATTACHED_USER.finditer(text, start, end):
            password = without_tail(match.group(2))
            if not is_placeholder(password, login=match.group(1)):
                yield Finding(match.start(2), match.start(2) + len(password), "basic_auth", "пароль в команде")
        return
    surely, perhaps = _OPTIONS[number - 1]
    for pattern in (*surely, *perhaps):
        for match in pattern.finditer(text, start, end):
            value = match.group(1)
            if _is_open(value, numbers=pattern is not _SPACED) and (
                pattern in surely or looks_password(without_tail(value))
            ):
                yield _found(match.start(1), value)


def _is_open(value: str, *, numbers: bool = True) -> bool:
    """Tell whether a value is a password and no mask, port or word; `numbers` alone may be one."""
    if numbers and value.isdigit() and len(value) > 3:
        return True
    return not (is_placeholder(value) or _NUMBERS.fullmatch(value) or _CYRILLIC.fullmatch(value))


def _found(start: int, value: str) -> Finding:
    return Finding(start, start + len(without_tail(value)), "password", "пароль в команде")
