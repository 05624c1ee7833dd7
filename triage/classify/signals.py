"""Signals: what the checks found, as numbers the second layer can weigh."""

from __future__ import annotations

import math
import re

from triage.checks import Checks
from triage.report import Finding, Language

NAMES = (
    "site", "version", "two_versions", "steps", "problem", "several", "number",
    "rude", "obscene", "insult", "card", "secret",
    "question", "question_end", "exclamation", "length", "short", "log", "code", "greeting",
)  # fmt: skip

_LOG = re.compile(r"\b(?:ERROR|WARN|INFO|Exception|Caused by|at [a-z]+\.[a-z]+|level=|HTTP/\d)")
_LOG_HINTS = ("ERROR", "WARN", "INFO", "Exception", "Caused by", "at ", "level=", "HTTP/")
_CODE = re.compile(r"^[ \t]*(?:[\w.-]+:|[{}\[\]\"]|curl |helm |kubectl |docker )", re.MULTILINE)
_GREETING = re.compile(r"\s*(?:здравствуй|добр(?:ый|ого|ое)|привет|уважаем|коллег)", re.IGNORECASE)
_LONG_TEXT = 400
_HEAD = 4000


def signals(text: str, checks: Checks, secrets: tuple[Finding, ...]) -> list[float]:
    """Return one number for each of NAMES; `secrets` are the findings of the text as it came."""
    words = text.count(" ") + 1
    kinds = {finding.kind for finding in checks.language} if checks.language else ()
    head = text[:_HEAD]
    return [
        float(bool(checks.site)),
        float(bool(checks.version)),
        float(len(checks.version) > 1),
        float(bool(checks.steps)),
        float(checks.problem),
        float(checks.several),
        float(checks.request_number is not None),
        float(Language.RUDE in kinds),
        float(Language.OBSCENE in kinds),
        float(Language.INSULT in kinds),
        float(any(finding.kind == "card" for finding in secrets)),
        float(bool(secrets)),
        float("?" in text),
        float(text.rstrip().endswith("?")),
        float("!" in text),
        math.log1p(min(words, _LONG_TEXT)),
        float(words < 8),
        float(any(map(head.__contains__, _LOG_HINTS)) and len(_LOG.findall(head)) > 1),
        float(head.count("\n") > 1 and len(_CODE.findall(head)) > 2),
        float(_GREETING.match(text) is not None),
    ]
