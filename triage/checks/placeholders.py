"""What stands where a secret would stand and is none: masks, placeholders, variables, documented defaults."""

from __future__ import annotations

import re
from functools import lru_cache

from triage.checks.lexicons import lexicon_path, load_sections
from triage.text.patterns import Pattern

_NOUN = r"(?:key|token|password|pass|secret|pwd|парол\w*|токен\w*|ключ\w*|секрет\w*|here|value)"
_WHOSE = r"(?:your|my|the|some|insert|put|enter|new|old|real|this|that|actual|здесь|ваш\w*|мой|твой|свой|какой)"
_HIDES = (
    r"(?:change[-_ ]?(?:me|it)|replace[-_ ]?(?:me|with|this)|placeholder|redacted|masked|hidden|removed|omitted"
    r"|filtered|example|sample|dummy|todo|tbd|deleted|censored|sensitive|confidential|zamen\w*|skryt\w*"
    r"|скрыт\w*|удал[её]н\w*|замен[её]н\w*|вырезан\w*|затерт\w*)"
)
_SHAPE = Pattern(
    rf"""
    .*[█•●…].* | .*\*{{2,}}.* | .*\.{{3,}}.* | [*.·xхX_?\#+-]+ | .*[xхXХ]{{4,}}.* | .*0{{12,}}.*
    | <.*>? | \[.*\]? | \{{.*\}}? | .*\$\{{.* | .*\{{\{{.* | \#\{{.* | @[\w.]+@ | %\w+%?
    | (?-i:\$[A-Z_][A-Z0-9_]*) | (?-i:\$[a-z_]+) | \$\(.*
    | (?:secret|vault|env|file|kubernetes|ref|arn|keystore|https?)[:]//.*
    | (?:vault|env|secretKeyRef|valueFrom|file):.* | ENC\(.* | .*(?:secretKeyRef|getenv|process\.env|os\.environ).*
    | {_WHOSE}[-_ ]?\w*[-_ ]?{_NOUN}[\w-]*
    | (?:{_NOUN}|api[-_]?key)[-_](?:here|value|goes|тут|здесь|goes[-_]here|string|name|\d)
    | \w*{_HIDES}\w*
    """,
    re.VERBOSE | re.IGNORECASE | re.DOTALL,
)


#: So much of a value tells whether it is one.
_ENOUGH = 400


def is_placeholder(value: str, *, login: str = "") -> bool:
    """Tell whether a value hides or only names a secret.

    `login` is the name beside it: the documented default admin/admin and the like (both alike) is none.
    """
    return _hides(value[:_ENOUGH], login)


@lru_cache(4096)
def _hides(value: str, login: str) -> bool:
    bare = value.strip("\"'`«».,;:!?()")
    low = bare.lower()
    if len(low) < 3 or low in _words():
        return True
    if login and low == login.strip("\"'").lower() and low in {"admin", "user", "api1", "application1"}:
        return True
    if len(set(low)) <= 2 and len(low) < 40 and not low.isdigit():
        return True
    return _SHAPE.fullmatch(bare) is not None


@lru_cache(maxsize=1)
def _words() -> frozenset[str]:
    return frozenset(w for e in load_sections(lexicon_path("placeholders.txt"))["words"] for w in e.pattern.split())
