"""Two or more unrelated problems, or different problems of several users, in one request (clause 2.4)."""

from __future__ import annotations

import re

from triage.text.normalise import fold

_MARKERS = re.compile(
    r"раз уж пишу|заодно|попутно|кстати,? (?:ещ[её]|а)|и ещ[её] (?:один|одно|вопрос|момент|про)|(?:второй|другой|отдельный|ещ[её] один) вопрос|вопрос второй"
    r"|совсем (?:из )?друг|не связан[оаы]? (?:между|с)|между собой (?:никак )?не связан|разные вещи|пишу за всех|пишу вместе|две (?:разные )?(?:проблемы|беды|вещи)"
    r"|дв[ае] (?:разных )?вопроса|вторая (?:проблема|беда|история|тема)|вторая,? (?:не|другая)|во-вторых|второе[,:]|ошибка 2|проблема 2|тема 2|вопрос 2"
)


def has_several_problems(text: str) -> bool:
    """Tell whether unrelated problems stand in one request; symptoms of one fault are one."""
    return _MARKERS.search(fold(text).text) is not None
