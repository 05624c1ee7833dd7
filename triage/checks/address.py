"""Of whom a foul word is said: staff, somebody else, a thing, nobody (labelling guide, `insult`)."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from triage.checks.lexicons import Wildcards, lexicon_path, load_sections
from triage.text.patterns import Pattern

_SENTENCE_END = Pattern(r"[.!?…\n;]+(?=\s|$)|\n")
_TOKEN = Pattern(r"[^\W_]+|[,:;()«»\"—–-]")
_MENTION = Pattern(
    r"(?<!\w)слов(?:о|а|у|е|ом|ами|ах)?(?: типа| вроде"
    r"| как)?[\s:—–-]{0,3}(?:[«\"„“][^»\"”]{1,20}[»\"”][\s,и]{1,4}){0,6}[«\"'„“]?$"
)
_IMPERATIVE = Pattern(r"(?<!\w)(?:\w{2,}(?:йте|ите|ьте)|вы|вас|вам|ваш\w{0,3})(?!\w)")
_QUOTES = "«»\"“”„'‘’`"
_FAR = 99
_PREDICATE = frozenset(["—", "–", "-", "там", "просто"])
_FOLLOWS = frozenset(("он", "она", "они"))
_FIRST_PERSON = frozenset(["я", "меня", "мне", "мной", "мы", "нам", "нас", "себя", "сам", "сама", "сами", "мой", "моя"])
_NEAR_OTHER = 5


@dataclass(frozen=True, slots=True)
class People:
    """Words that tell who or what is meant."""

    staff: Wildcards
    you: Wildcards
    your: Wildcards
    others: Wildcards
    things: Wildcards
    blamers: Wildcards
    meta: Pattern


def is_quoted(text: str, start: int, end: int) -> bool:
    """Tell whether a word is only mentioned: in quotes, in a sentence about words, rules or the filter."""
    before, after = text[max(0, start - 60) : start], text[end : end + 60]
    if _MENTION.search(before):
        return True
    left, right = _sentence(text, start, end)
    if not _people().meta.search(text[left:start] + " " + text[end:right]):
        return False
    return any(q in before for q in _QUOTES) and any(q in after for q in _QUOTES)


def said_of_staff(text: str, start: int, end: int, *, weak: bool = False) -> bool:
    """Tell whether the word at a span of a folded text calls staff or the company's people names.

    `weak` words (animals, «клоуны», «мошенники») have plain meanings and need staff right beside them.
    """
    people = _people()
    left, right = _sentence(text, start, end)
    before = _TOKEN.findall(text[left:start])[-24:][::-1]
    after = _TOKEN.findall(text[end:right])[:12]
    if (before and before[0] in ("не", "ни")) or (after and people.things.fullmatch(after[0])) or _of_it(before):
        return False
    other = min(_distance(before, people.others), _distance(after, people.others))
    staff = min(_staff_distance(before, people), _staff_distance(after, people))
    if weak:
        blamed = any(people.blamers.fullmatch(t) for t in before)
        called = _is_vocative(before, after) and _IMPERATIVE.search(text[max(0, start - 300) : end + 300]) is not None
        near = staff <= 3 or (staff <= 6 and _PREDICATE.intersection(before[:4]) != set())
        follows = _FOLLOWS.intersection(before[:3]) != set() and _said_before(text[max(0, left - 300) : left], people)
        return (called or (near and staff < other) or follows) and not blamed
    if staff < _FAR:
        return staff <= other + 2 or _is_vocative(before, after)
    if other == _FAR and _said_before(text[max(0, left - 300) : left], people):
        return True
    if other <= _NEAR_OTHER or any(people.blamers.fullmatch(t) for t in before):
        return False
    return text[start:end].endswith(("ы", "и", "е", "ье", "s", "y", "i")) and _thing_distance(before, after, people) > 1


def _of_it(before: list[str]) -> bool:
    """«Она, сволочь, сбрасывает ключи»: the tokens run backwards."""
    return before[:1] == [","] and before[1:2] != [] and before[1] in ("он", "она", "оно")


def _said_before(text: str, people: People) -> bool:
    """«Спрашивал у вашего оператора. Оказался полный кретин»: the sentence before names staff and nobody else."""
    tokens = [t for t in _TOKEN.findall(text)[-40:] if t not in _FIRST_PERSON]
    named = any(people.staff.fullmatch(t) or people.your.fullmatch(t) for t in tokens)
    return named and not any(people.others.fullmatch(t) for t in tokens)


def _is_vocative(before: list[str], after: list[str]) -> bool:
    return (not before or before[0] in ",—–-") and (not after or after[0] == ",")


def said_of_thing(text: str, start: int, end: int) -> bool:
    """Tell whether something rather than somebody is called names in the sentence."""
    people = _people()
    left, right = _sentence(text, start, end)
    before = _TOKEN.findall(text[left:start])[-24:][::-1]
    after = _TOKEN.findall(text[end:right])[:12]
    return _of_it(before) or _thing_distance(before, after, people) < min(
        _distance(before, people.others), _distance(after, people.others)
    )


def _thing_distance(before: list[str], after: list[str], people: People) -> int:
    return min(_distance(before, people.things), _distance(after, people.things))


def _staff_distance(tokens: list[str], people: People) -> int:
    """Distance to the nearest person addressed; «ваш портал» is a thing, «вашего номера» nobody."""
    for at, token in enumerate(tokens, 1):
        if people.staff.fullmatch(token) and not _is_ours(tokens, at - 1):
            return at
        if people.you.fullmatch(token) or (people.your.fullmatch(token) and not _owns_thing(tokens, at - 1, people)):
            return at
    return _FAR


def _is_ours(tokens: list[str], at: int) -> bool:
    """«Наши разработчики» are not the staff meant; the tokens may run backwards."""
    beside = tokens[max(0, at - 1) : at] + tokens[at + 1 : at + 2]
    return any(t.startswith("наш") or t in ("мой", "мои", "свои", "свой") for t in beside)


def _owns_thing(tokens: list[str], at: int, people: People) -> bool:
    beside = tokens[max(0, at - 2) : at] + tokens[at + 1 : at + 3]
    return any(people.things.fullmatch(t) for t in beside)


def _distance(tokens: list[str], words: Wildcards) -> int:
    return next((at for at, token in enumerate(tokens, 1) if words.fullmatch(token)), _FAR)


def _sentence(text: str, start: int, end: int) -> tuple[int, int]:
    left = max(0, start - 160)
    for match in _SENTENCE_END.finditer(text, left, start):
        left = match.end()
    stop = min(len(text), end + 160)
    right = _SENTENCE_END.search(text, end, stop)
    return left, right.start() if right else stop


@lru_cache(4)
def _people(path: Path | None = None) -> People:
    sections = load_sections(path or lexicon_path("people.txt"))
    words = {name: Wildcards(entries) for name, entries in sections.items() if name != "meta"}
    meta = Pattern("|".join(rf"(?<!\w)(?:{entry.pattern})" for entry in sections["meta"]))
    return People(**words, meta=meta)
