"""Spellings that hide a word: look-alikes, digits, masks, gaps, stretched letters.

What hides inside one word is read word by word, so that the answers can be kept; each finder yields a span
of the folded text with the plain spellings it may stand for. In a spelling `?` is one unknown letter and `*`
one to six of them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from triage.checks.scanner import SCANNER, Words
from triage.text.patterns import Pattern
from triage.text.tokens import spelled

Disguise = tuple[int, int, tuple[str, ...]]

#: How a sign looks inside a Cyrillic word, and how a Latin letter sounds there.
_LOOK = str.maketrans(
    "abcdefghijklmnopqrstuvwxyzαεικορτυχνігєї013469@$€¥",
    "авсдефгнийклмпорягстиушхузаеикортухвигеиоизчбяасеу",
)
_SOUND = str.maketrans("abcdefghijklmnopqrstuvwxyz3469", "абцдефгхийклмнопкрстуввхйзечьд")

_CYRILLIC = Pattern(r"[а-яёіїєґ]")
_MIXED_HINT = Pattern(r"[а-я][a-z0-9@$€¥α-ωіїєґ]|[a-z0-9@$€¥α-ωіїєґ][а-я]")
_NUMERAL = Pattern(r"\d+[а-я]|[а-я]\d+|\d{2,}[а-я]+")


_LEET = Pattern(r"[a-z]{1,12}[0134][a-z]{1,12}")
_LEET_LOOK = str.maketrans("0134", "oiea")
_RUN = Pattern(r"([^\W\d_])\1+")
_DOUBT = Pattern(r"[a-z0-9@$€¥α-ωіїєґ]|([^\W\d_])\1")
_LONG_RUN = Pattern(r"([^\W\d_])\1\1")


def is_doubtful(word: str) -> bool:
    """Tell whether a word may stand for another than itself."""
    return _DOUBT.search(word) is not None


def readings(word: str) -> tuple[str, ...]:
    """Return what one folded word may stand for: «хyй», «бл9ть», «sh1t», «сууука», «пиzzzдец»."""
    if not 2 <= len(word) <= 64:
        return ()
    found: tuple[str, ...] = ()
    if len(word) <= 40 and _MIXED_HINT.search(word) and not _NUMERAL.fullmatch(word):
        found += _look_alike(word)
    if _LEET.fullmatch(word):
        found += (word.translate(_LEET_LOOK),)
    if _LONG_RUN.search(word):
        found += (_RUN.sub(r"\1", word), _RUN.sub(r"\1", word.translate(_LOOK)))
    return found


def squeezed(word: str) -> str:
    """Return a word with every doubled letter once: «хууй», «блляь»."""
    return _RUN.sub(r"\1", word) if len(word) <= 64 else word


def _look_alike(word: str) -> tuple[str, ...]:
    seen = (word.translate(_LOOK), word.translate(_SOUND).translate(_LOOK))
    digits = sum(c.isdigit() for c in word)
    wild = re.sub(r"\d", "?", word).translate(_LOOK) if 0 < digits <= 2 else ""
    return tuple(dict.fromkeys((*seen, wild) if wild else seen))


_SIGN = r"*#@$%&^~•·×|+=?!░▒▓▪●■□○◦∗⁎✱✻\ufffd\u2600-\u27bf\U0001f300-\U0001faff"
#: The sign comes first in the pattern, so that the search skips to signs; what stands before is looked at after.
_MASKED_HINT = Pattern(rf"[{_SIGN}.…_'’`-](?<=\w.)(?:(?<=[{_SIGN}])(?<![?!])|(?=[\w.…]))")
_MASKED = Pattern(
    rf"(?<!\w)(?:[^\W_]{{1,20}}(?:[{_SIGN}]{{1,12}}|\.{{2,8}}|…{{1,3}}"
    rf"|[._'’`-](?=\w))){{1,12}}(?:[^\W_]{{1,20}})?(?![\w@])"
)
_TWO_SCRIPTS = Pattern(r"[a-z]{3}[-._/'][а-я]{3}|[а-я]{3}[-._/'][a-z]{3}")
_REPEATED = Pattern(r"([*@#$%&])\1")
_SPACE = Pattern(r"\s")
_LONE = Pattern(rf"[{_SIGN}.…_'’`-]+")


def masked_letters(text: str) -> Iterator[Disguise]:
    """«х*й», «п***ц», «б@я», «х.у.й», «бл-ть»: signs instead of letters or between them."""
    done = 0
    for hint in _MASKED_HINT.finditer(text):
        if hint.start() < done:
            continue
        start = max(text.rfind(" ", done, hint.start()), text.rfind("\n", done, hint.start()), done - 1) + 1
        space = _SPACE.search(text, hint.end())
        done = space.start() if space else len(text)
        run = text[start:done]
        for left, right, spellings in _masked(run):
            yield start + left, start + right, spellings


def masked_in(chunk: str) -> tuple[Disguise, ...]:
    """Return the masked words of what stands between two spaces."""
    return tuple(_masked(chunk)) if _MASKED_HINT.search(chunk) else ()


def _masked(run: str) -> Iterator[Disguise]:
    for match in _MASKED.finditer(run):
        word = match.group()
        if len(word) <= 30 and any(c.isalpha() for c in word):
            yield match.start(), match.end(), _unmasked(word)


def _unmasked(word: str) -> tuple[str, ...]:
    core = word.rstrip("?!.…|=+~^")
    look = core.translate(_LOOK) if _CYRILLIC.search(core) else core
    joined = "" if _TWO_SCRIPTS.search(core) else _LONE.sub("", look)
    wild = _LONE.sub(_wild, core)
    wild = wild.translate(_LOOK) if _CYRILLIC.search(core) else wild
    single = _LONE.sub("?", core).translate(_LOOK) if _CYRILLIC.search(core) and _REPEATED.search(core) else ""
    trailing = _LONE.sub(_wild, word) if core != word and word[-1] not in ".…?!" else ""
    return tuple(dict.fromkeys(s for s in (joined, wild, single, trailing) if s and s.strip("?*")))


def _wild(match: re.Match[str]) -> str:
    run = match.group()
    if run == "-":
        return ""
    if len(run) == 1 and run != "…":
        return "?"
    return "*" if run[0] in ".…" else "?" * len(run) + "*" if len(run) > 2 else "?" * len(run)


_GAPS = Pattern(r"(?<!\w)[^\W_](?:[ \t.,*_·•/|~-]{1,3}[^\W_]{1,2}(?!\w)){2,24}")


_MIN_LETTERS = 3
#: Rows of short words that may be one word, as the scanner tells their lengths.
_ROW = Pattern(r"a[ab][ab]|adb|ada[ab]|ae[ab]|ab[de]|aae|aad[ab]|dab|db[ab]")
_SHORT_WORDS = re.compile(rb"\x01[\x01\x02]{2}")


def gaps(text: str) -> Iterator[Disguise]:
    """«х у й», «б л я т ь», «п.и.з.д.е.ц»: letters one by one."""
    if not _ROW.search(SCANNER.look(text).lengths):
        return
    lengths = map(len, spelled(text))
    try:
        apart = bytes(lengths)
    except ValueError:  # a word of more than 255 letters
        apart = bytes(min(len(word), 2) for word in spelled(text))
    if b"\1\1" not in apart or not _SHORT_WORDS.search(apart):
        return
    for match in _GAPS.finditer(text):
        if sum(c.isalpha() for c in match.group()) < _MIN_LETTERS or sum(c.isdigit() for c in match.group()) > 1:
            continue
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
        for last in range(min(first + 9, len(pieces)), first + 2, -1):
            if last - first < len(pieces):
                joined = "".join(pieces[first:last])
                yield (
                    at + places[first],
                    at + places[last - 1] + len(pieces[last - 1]),
                    (joined if joined.isascii() else joined.translate(_LOOK),),
                )


_TORN = frozenset(
    [
        "х",
        "ху",
        "п",
        "пи",
        "пиз",
        "пизд",
        "б",
        "бл",
        "бля",
        "е",
        "еб",
        "йо",
        "зае",
        "заеб",
        "уе",
        "нах",
        "ох",
        "оху",
        "м",
        "му",
        "муд",
        "муда",
        "жо",
        "пид",
        "пидо",
        "пидор",
        "деб",
        "ниху",
        "наху",
        "поху",
        "доху",
        "долбо",
        "ганд",
    ]
)
_TORN_WORDS = Words(_TORN.__contains__)
_FRAGMENT = Pattern(rf"(?<!\w)({'|'.join(sorted(_TORN))})[ \t]([а-я]{{1,8}})(?!\w)")


def torn_words(text: str) -> Iterator[Disguise]:
    """«ху йня», «пиз дец», «бля ть»: one gap inside a word."""
    if not _TORN_WORDS.among(text):
        return
    for match in _FRAGMENT.finditer(text):
        yield match.start(), match.end(2), (match.group(1) + match.group(2),)
