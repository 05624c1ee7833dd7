"""What has the shape of an address: URL, IP, localhost, host name, `name:port`, numbered nodes."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

from triage.checks.scanner import Gates
from triage.text.patterns import Pattern
from triage.text.tokens import Memo

_LABEL = r"[a-zа-яё0-9_](?:[a-zа-яё0-9_-]{0,61}[a-zа-яё0-9])?"
_AROUND = r"\s\"'`<>«»|\\^{}“”„‟‘’‚…—–\u200b-\u200f\u2060\ufeff"
_COMMA = r",(?=[a-z0-9_%=&+~$-])(?!https?:)"
_PATH = rf"(?:[/?#](?:[^{_AROUND},\[\]]|{_COMMA}){{0,500}})?"
#: What an address is made of: a comma only within it, no bracket of a Markdown link, no sign of the sentence around.
_URL_SIGN = rf"(?:[^{_AROUND},\]]|{_COMMA}|\](?!\())"
_CANDIDATE = Pattern(
    r"(?P<url>[a-z][a-z0-9+:.-]{1,20}://" + _URL_SIGN + r"{1,500})"
    r"|(?<!\w)ssh[ \t:]{1,3}(?:-[a-z] ?\S{0,40} ){0,2}[\w.-]{1,40}@(?P<ssh>\w[\w.-]{1,80})"
    r"|(?<![\w@.-])(?P<ip>\d{1,3}(?:\.\d{1,3}){3}(?![\d.]*\.\d)(?::\d{2,5})?" + _PATH + r")"
    r"|(?<![\w@.:-])(?P<ip6>\[[0-9a-f:]{0,36}::[0-9a-f:]{0,36}\](?::\d{2,5})?" + _PATH + r")"
    r"|(?<![\w@./\\-])(?P<local>localhost(?![\w.-]*\w)(?::\d{2,5})?" + _PATH + r")"
    r"|(?<![\w@./\\$%{-])(?<![a-z0-9]:)(?P<host>"
    + _LABEL
    + r"(?:\."
    + _LABEL
    + r"){1,8}(?::\d{2,5})?(?![\w@])"
    + _PATH
    + r")"
    r"|(?<![\w@./\\:-])(?P<bare>[a-z0-9][a-z0-9-]{1,60}:\d{4,5}(?![\w:.-])" + _PATH + r")"
    r"|(?<![\w@./\\:-])(?P<node>(?:apim|gw|gate|gateway|apigw|mgmt|portal"
    r"|console)(?:-[a-z]{2,12}){0,2}-?\d{1,3}(?![\w:/\"'-]|\.\w))",
    re.IGNORECASE,
)
_HINT = Pattern(r"[.:](?<=[^\W_].)(?:[^\W_]|//)")
_RARE = Gates(
    [("localhost", "[", "ssh", "apim-", "gw-", "gate-", "gateway-", "mgmt-", "portal-", "console-", "apigw-")]
)
_RARE_HINT = Pattern(
    r"(?<=[^\W_])[.:](?:[^\W_]|//)|localhost|\[[0-9a-f]*:|(?:apim|gw|gate|gateway|mgmt"
    r"|portal|console)-|ssh[ \t:]",
    re.IGNORECASE,
)
#: Nobody writes of so many hosts; a longer list is a log.
MOST = 1000
_TAIL = ".,;:!?)\"'»…*"


class Spot(NamedTuple):
    """Where something shaped like an address stands."""

    shape: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Candidate:
    """Something shaped like an address, in lower case, with the words around it and its whole text."""

    shape: str
    value: str
    scheme: str
    host: str
    port: str
    path: str
    before: str
    after: str
    text: str


def _hint(text: str) -> Pattern:
    """Dots and colons inside a run are quick to find; the rest is looked for where one of its literals is."""
    return _RARE_HINT if _RARE.open(text) else _HINT


_SPACE = Pattern(r"\s")


def spots(text: str) -> Iterator[Spot]:
    """Yield what has the shape of an address; only the runs between spaces that hold a hint are looked at."""
    done = 0
    for hint in _hint(text).finditer(text):
        if hint.start() < done:
            continue
        start = max(text.rfind(" ", done, hint.start()), text.rfind("\n", done, hint.start()), done - 1) + 1
        space = _SPACE.search(text, hint.end())
        done = space.start() if space else len(text)
        at, found = start, _SHAPES[text[start:done]]
        if hint.group().lower().startswith("ssh"):
            done = min(len(text), hint.end() + 120)
            at, found = 0, _shapes(text, start, done)
        elif start and not text[start - 1].isspace():
            at, found = 0, _shapes(text, start, done)
        for shape, left, right in found:
            yield Spot(shape, at + left, at + right)


def _shapes(text: str, start: int = 0, end: int | None = None) -> tuple[tuple[str, int, int], ...]:
    """Return the shapes in a part of a text with their spans."""
    found = []
    for match in _CANDIDATE.finditer(text, start, len(text) if end is None else end):
        shape = match.lastgroup or ""
        value = match.group(shape).rstrip(_TAIL)
        if value.endswith("]") and "[" not in value:
            value = value.rstrip(_TAIL + "]")
        found.append((shape, match.start(shape), match.start(shape) + len(value)))
    return tuple(found)


_SHAPES: Memo[tuple[tuple[str, int, int], ...]] = Memo(_shapes)


def candidate(text: str, spot: Spot) -> Candidate:
    """Take an address apart and look at the words around it."""
    shape, start, end = spot
    value = text[start:end]
    scheme, mark, rest = value.lower().rpartition("://") if shape == "url" else ("", "", value.lower())
    cut = min((at for at in map(rest.find, "/?#") if at >= 0), default=len(rest))
    authority, path = rest[:cut], rest[cut:]
    host, _, port = authority.rpartition("@")[2].partition(":") if "[" not in authority else (authority, "", "")
    before, after = text[max(0, start - 90) : start], text[end : end + 60]
    return Candidate(shape, value.lower(), scheme if mark else "", host, port, path, before, after, text)
