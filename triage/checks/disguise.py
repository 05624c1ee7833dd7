"""Spellings that hide a word: look-alikes, digits, masks, gaps, stretched letters.

Each finder yields a span of the folded text with the plain spellings it may stand for; in a spelling `?` is
one unknown letter and `*` one to six of them.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

Disguise = tuple[int, int, tuple[str, ...]]

#: How a sign looks inside a Cyrillic word, and how a Latin letter sounds there.
_LOOK = str.maketrans(
    "abcdefghijklmnopqrstuvwxyzαεικορτυχνігєї013469@$€¥",
    "авсдефгнийклмпорягстиушхузаеикортухвигеиоизчбяасеу",
)
_SOUND = str.maketrans("abcdefghijklmnopqrstuvwxyz3469", "абцдефгхийклмнопкрстуввхйзечьд")

_CYRILLIC = re.compile(r"[а-яёіїєґ]")
_MIXED_HINT = re.compile(r"[а-я][a-z0-9@$€¥α-ωіїєґ]|[a-z0-9@$€¥α-ωіїєґ][а-я]")
_NUMERAL = re.compile(r"\d+[а-я]|[а-я]\d+|\d{2,}[а-я]+")
_MIXED = re.compile(r"[\w@$€¥]+")


def mixed_scripts(text: str) -> Iterator[Disguise]:
    """«хyй», «бл9ть», «сyka»: Latin letters, digits and signs among Cyrillic ones."""
    if not _MIXED_HINT.search(text):
        return
    for match in _MIXED.finditer(text):
        word = match.group()
        if 2 <= len(word) <= 40 and _MIXED_HINT.search(word) and not _NUMERAL.fullmatch(word):
            yield match.start(), match.end(), _readings(word)


def _readings(word: str) -> tuple[str, ...]:
    seen = (word.translate(_LOOK), word.translate(_SOUND).translate(_LOOK))
    digits = sum(c.isdigit() for c in word)
    wild = re.sub(r"\d", "?", word).translate(_LOOK) if 0 < digits <= 2 else ""
    return tuple(dict.fromkeys((*seen, wild) if wild else seen))


_LEET = re.compile(r"(?<!\w)[a-z]{1,12}[0134@$][a-z]{1,12}(?!\w)")
_LEET_LOOK = str.maketrans("0134@$", "oieaas")


def latin_digits(text: str) -> Iterator[Disguise]:
    """«sh1t», «b!tch», «huyn9»: a digit inside a Latin word."""
    for match in _LEET.finditer(text):
        yield match.start(), match.end(), (match.group().translate(_LEET_LOOK),)


_MASKED_HINT = re.compile(r"\w[*#@$%&^~•·×|+=?!░▒▓▪●■□○◦∗⁎✱✻❉\ufffd\u2600-\u27bf\U0001f300-\U0001faff.…_-]|█")
_SIGN = r"*#@$%&^~•·×|+=?!░▒▓▪●■□○◦∗⁎✱✻\ufffd\u2600-\u27bf\U0001f300-\U0001faff"
_MASKED = re.compile(
    rf"(?<!\w)(?:[^\W_]{{1,20}}(?:[{_SIGN}]{{1,12}}|\.{{2,8}}|…{{1,3}}|[._'’`-](?=\w))){{1,12}}(?:[^\W_]{{1,20}})?(?![\w@])"
)
_TWO_SCRIPTS = re.compile(r"[a-z]{3}[-._/'][а-я]{3}|[а-я]{3}[-._/'][a-z]{3}")
_LONE = re.compile(rf"[{_SIGN}.…_'’`-]+")


def masked_letters(text: str) -> Iterator[Disguise]:
    """«х*й», «п***ц», «б@я», «х.у.й», «бл-ть»: signs instead of letters or between them."""
    if not _MASKED_HINT.search(text):
        return
    for match in _MASKED.finditer(text):
        word = match.group()
        if len(word) > 30 or not any(c.isalpha() for c in word):
            continue
        yield match.start(), match.end(), _unmasked(word)


def _unmasked(word: str) -> tuple[str, ...]:
    core = word.rstrip("?!.…|=+~^")
    look = core.translate(_LOOK) if _CYRILLIC.search(core) else core
    joined = "" if _TWO_SCRIPTS.search(core) else _LONE.sub("", look)
    wild = _LONE.sub(_wild, core)
    wild = wild.translate(_LOOK) if _CYRILLIC.search(core) else wild
    trailing = _LONE.sub(_wild, word) if core != word and word[-1] not in ".…?!" else ""
    return tuple(dict.fromkeys(s for s in (joined, wild, trailing) if s and s.strip("?*")))


def _wild(match: re.Match[str]) -> str:
    run = match.group()
    if run == "-":
        return ""
    if len(run) == 1 and run != "…":
        return "?"
    return "*" if run[0] in ".…" else "?" * len(run) + "*" if len(run) > 2 else "?" * len(run)


_GAPS = re.compile(r"(?<!\w)[^\W_](?:[ \t.,*_·•/|~-]{1,3}[^\W_]{1,2}(?!\w)){2,24}")


def gaps(text: str) -> Iterator[Disguise]:
    """«х у й», «б л я т ь», «п.и.з.д.е.ц»: letters one by one."""
    for match in _GAPS.finditer(text):
        letters = re.sub(r"[\W_]+", "", match.group())
        look = letters.translate(_LOOK) if _CYRILLIC.search(letters) else letters
        if len(look) <= 24:
            yield match.start(), match.end(), (look,)
        yield from _parts(match.group(), match.start())


def _parts(run: str, at: int) -> Iterator[Disguise]:
    """Within a row of letters a foul word may be a part: «а х у й т е б е»."""
    places = [m.start() for m in re.finditer(r"[^\W_]+", run)]
    pieces = [m.group() for m in re.finditer(r"[^\W_]+", run)]
    for first in range(len(pieces)):
        for last in range(first + 3, min(first + 9, len(pieces)) + 1):
            if last - first < len(pieces):
                joined = "".join(pieces[first:last])
                yield (
                    at + places[first],
                    at + places[last - 1] + len(pieces[last - 1]),
                    (joined.translate(_LOOK),),
                )


_STRETCHED = re.compile(r"\w*?([^\W\d_])\1\w*")
_RUN = re.compile(r"([^\W\d_])\1+")
_LONG_RUN = re.compile(r"([^\W\d_])\1\1")


def stretched_letters(text: str) -> Iterator[Disguise]:
    """«сууука», «бляяяять», «пиззздец»."""
    if not _LONG_RUN.search(text):
        return
    for match in _LONG_RUN.finditer(text):
        start, end = word_bounds(text, match.start())
        if end - start <= 64:
            word = text[start:end]
            yield start, end, (_RUN.sub(r"\1", word), _RUN.sub(r"\1", word.translate(_LOOK)))


_FRAGMENT = re.compile(
    r"(?<!\w)(х|ху|п|пи|пиз|пизд|б|бл|бля|е|еб|йо|зае|заеб|уе|нах|ох|оху|су|м|му|муд|муда|го|жо|пид|пидо|пидор|де|деб|ни|ниху|на|наху|по|поху|до|доху|долбо|ганд)"
    r"[ \t]([а-я]{1,8})(?:[ \t]([а-я]{1,4}))?(?!\w)"
)


def torn_words(text: str) -> Iterator[Disguise]:
    """«ху йня», «пиз дец», «бля ть»: one gap inside a word."""
    for match in _FRAGMENT.finditer(text):
        yield match.start(), match.end(2), (match.group(1) + match.group(2),)


def word_bounds(text: str, at: int) -> tuple[int, int]:
    """Return the half-open span of the run of letters and digits around a position."""
    start = end = at
    while start > 0 and text[start - 1].isalnum() and at - start < 70:
        start -= 1
    while end < len(text) and text[end].isalnum() and end - at < 70:
        end += 1
    return start, end


FINDERS: tuple[Callable[[str], Iterator[Disguise]], ...] = (
    mixed_scripts,
    latin_digits,
    masked_letters,
    gaps,
    stretched_letters,
)
