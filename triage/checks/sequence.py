"""Actions told in prose that make a sequence: close to each other, of at least two kinds, no wish and no cure."""

from __future__ import annotations

import itertools

from triage.checks.actions import Action, ActionWords
from triage.text.patterns import Pattern
from triage.text.tokens import WORD

_REACH = 110
_WINDOW = 300
_CLOSE = 90
SENTENCE = Pattern(r"[.!?…\n](?:(?<=\n)\n*|(?<!\n)[.!?…]*(?=\s|$))")


def find_sequence(text: str, actions: list[Action], words: ActionWords, *, announced: bool) -> list[Action]:
    """Return the told actions that follow each other closely; where steps are announced, those of lists count too."""
    chain: list[Action] = []
    if not announced:
        actions = [action for action in actions if action.told]
    if len({action.lemma for action in actions}) < 2:
        return []
    for action in actions:
        if not _counts(text, action, words):
            continue
        if chain and action.start - chain[-1].end > _REACH:
            if _is_sequence(text, chain, words):
                return chain
            chain = []
        chain.append(action)
    return chain if _is_sequence(text, chain, words) else []


_PRESENT = Pattern(r".*(?:[ую]|[уюе]сь|[еи]м|[еи]мся)")
_SINCE = Pattern(
    r"с этого момента|с тех пор|после (?:этого|чего)|теперь|и вс[её]|результат|итог|ответ "
    r"|никто |ни один|сразу же|в (?:логе|логах|журнале)(?!\w)"
)
_OUTCOME = Pattern(
    r"(?<!\w)(?:не|нет|ничего|ни|никто|снова|опять|так же|просрочен\w*|(?:поза)?вчерашн\w+"
    r"|каждый|пуст\w*|ошибк\w*|пишет|ругается"
    r"|пада\w+|упал\w*|висит|сер(?:ая|ое|ый)"
    r"|прежн\w+|стар(?:ое|ый|ая|ые|ому)|вылез\w*|вылета\w+|выскак\w+"
    r"|отда[её]т|возвраща[ею]т|показыва[ею]т|просит|исчез\w*|гаснет"
    r"|пропа\w+|получ\w+|[45]\d\d|error|exception|failed|not|denied|unable|cannot"
    r"|в (?:логе|логах|журнале)|на деле|по-(?:стар|прежн)\w+)(?!\w)"
)
_NO_OUTCOME = Pattern(
    r"[^.!?\n]{0,40}[.!?,:;—–-] ?(?:(?:и |но )?(?:никак |ничего |все равно |вс[её] )?"
    r"(?:не (?:помог|изменил|лечит|спас|легче)|без изменений|без толку|тоже не|заработал|поднял|прошл|на месте)"
    r"|(?:ошибки|все) ушл|а? ?легче|с тех пор (?:хорошо|норм|тихо))"
)
_PAPERS = Pattern(r"(?<!\w)(?:договор|счет|письм|деньг|заявк|оценк|обращени|(?:акты?|вам|вы|вас|вашей|нам)(?!\w))")
_SIDE = 45
_DONE = Pattern(r".*(?:л|ла|ли|лся|лась|лись|[ую]|[еи]м|сь)")


def _is_sequence(text: str, chain: list[Action], words: ActionWords) -> bool:
    """Three kinds of actions, or two side by side; weak ones need to be done, and the outcome told after them."""
    kinds = {a.lemma for a in chain}
    core = {a.lemma for a in chain if a.core}
    if len(kinds) < 2 or not any(a.verb for a in chain):
        return False
    if all(text[a.start : a.end] in words.attempts for a in chain):
        return False
    if len(kinds) >= 3 and (core or _SINCE.search(text, chain[-1].end, chain[-1].end + 160)):
        return True
    pairs = [(a, b) for a, b in itertools.pairwise(chain) if a.lemma != b.lemma]
    habitual = all(_is_present(text, a) for a in chain)
    if (len(core) >= 2 or (bool(core) and habitual)) and any(_are_beside(text, a, b, _CLOSE) for a, b in pairs):
        return True
    if kinds & words.waits:
        return False
    return any(_are_done(text, a, b, words) for a, b in pairs) and _has_outcome(text, chain[-1].end)


def _is_present(text: str, action: Action) -> bool:
    return _PRESENT.fullmatch(text, action.start, action.end) is not None


def _are_beside(text: str, one: Action, other: Action, gap: int) -> bool:
    return other.start - one.end <= gap and not SENTENCE.search(text, one.end, other.start)


def _are_done(text: str, one: Action, other: Action, words: ActionWords) -> bool:
    """Two actions of one person, done once, on the product and not on papers: «поменяла адрес, сохранила»."""
    forms = [text[a.start : a.end] for a in (one, other)]
    if one.lemma.endswith("ключать") and other.lemma.endswith("ключать"):
        return False
    if not all(_DONE.fullmatch(form) for form in forms) or not words.attempts.isdisjoint(forms):
        return False
    if _PAPERS.search(text, max(0, one.start - 30), other.end + 20):
        return False
    if _is_present(text, one):
        return one.core and _is_present(text, other) and other.start - one.end <= _REACH
    agree = _is_present(text, other) or forms[0].removesuffix("сь")[-2:] == forms[1].removesuffix("сь")[-2:]
    agree = agree or {f[-1] for f in forms} == {"л"}
    return agree and _are_beside(text, one, other, _SIDE)


def _has_outcome(text: str, end: int) -> bool:
    """Whether what is observed is told after the actions, and not merely that a cure did or did not help."""
    return _OUTCOME.search(text, end, end + 130) is not None and _NO_OUTCOME.match(text, end, end + 80) is None


_DENIED = frozenset([
    "не", "ни", "ne", "ni", "когда", "если", "бы", "что", "кто", "какие", "какой", "какую", "сколько",
    "он", "она", "они", "helm",
])  # fmt: skip
_ASKED = frozenset(("какие", "какой", "какую"))
_HABIT = Pattern(r"раз в (?:день|неделю|месяц|квартал|год)|кажд(?:ый|ую) (?:месяц|квартал|год|неделю)|для этого")
_ASIDE = Pattern(
    r": |:$| из строя| (?:с|из) (?:больничн|отпуск|декрет)"
    r"| замуж| на (?:связь|работу|смену|пенсию)| (?:в первый|впервые|на пробу|с нуля)"
)


def _counts(text: str, action: Action, words: ActionWords) -> bool:
    """An action is none under a negation, in a question, a wish or a cure."""
    before = text[max(0, action.start - 200) : action.start]
    cut = max((m.end() for m in SENTENCE.finditer(before)), default=0)
    around = WORD.findall(before[cut:])
    if _ASIDE.match(text, action.end) or (around and around[-1] in _DENIED):
        return False
    if not _ASKED.isdisjoint(around[-3:-1]) or _HABIT.search(before, cut):
        return False
    asked = text.find("?", action.end, action.end + _WINDOW) >= 0
    end = SENTENCE.search(text, action.end, action.end + _WINDOW) if asked else None
    if end and "?" in end.group() and text.find("почему", max(0, action.start - _WINDOW), action.start) < 0:
        return False
    if not words.wishes.isdisjoint(around) or not words.strangers.isdisjoint(around):
        return False
    return words.cures.isdisjoint(around[-6:])
