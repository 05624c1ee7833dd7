"""What stands where a secret would stand and is none: masks, placeholders, variables, documented defaults."""

from __future__ import annotations

import re
from functools import lru_cache

_SHAPE = re.compile(
    r"""
    .*[█•●…].* | .*\*{2,}.* | .*\.{3,}.* | [*.·xхX_?#+-]+ | .*[xхXХ]{4,}.* | .*0{12,}.*
    | <.*>? | \[.*\]? | \{.*\}? | .*\$\{.* | .*\{\{.* | (?-i:\$[A-Z_][A-Z0-9_]*) | (?-i:\$[a-z_]+) | \$\(.* | %\w+%? | \#\{.* | @[\w.]+@
    | (?:secret|vault|env|file|kubernetes|ref|arn|keystore|https?)[:]//.* | (?:vault|env|secretKeyRef|valueFrom|file):.*
    | ENC\(.* | .*(?:secretKeyRef|getenv|process\.env|os\.environ).*
    | (?:your|my|the|some|insert|put|enter|new|old|real|this|that|actual|тут|здесь|ваш\w*|мой|твой|свой|сам|какой|нек)[-_ ]?\w*[-_ ]?(?:key|token|password|pass|secret|pwd|парол\w*|токен\w*|ключ\w*|секрет\w*|here|value)[\w-]*
    | (?:key|token|password|pass|secret|pwd|api[-_]?key|value|парол\w*|токен\w*|ключ\w*|секрет\w*)[-_](?:here|value|goes|тут|здесь|goes[-_]here|string|name|\d)
    | \w*(?:change[-_ ]?(?:me|it)|replace[-_ ]?(?:me|with|this)|placeholder|redacted|masked|hidden|removed|omitted|filtered|example|sample|dummy|todo|tbd|скрыт\w*|удал[её]н\w*|замен[её]н\w*|вырезан\w*|затерт\w*|zamen\w*|skryt\w*|deleted|censored|sensitive|confidential)\w*
    """,
    re.VERBOSE | re.IGNORECASE | re.DOTALL,
)

#: Words that name a secret, or the documented defaults of the product, its database and search engine.
_WORDS = frozenset(
    """
    password passwd pass pwd pw secret token key apikey api_key api-key value string null none nil undefined empty true false
    yes no required optional default test demo foo bar baz abc abcd xyz user username login admin root guest anonymous
    bearer basic jwt invalid expired missing wrong incorrect unknown plain plaintext encrypted bcrypt sha256 md5 base64
    пароль парольпароль токен ключ секрет логин myjwt4gr4v1t33_s3cr3t vvoja3-6xy_8z
    """.split()  # noqa: SIM905
)


@lru_cache(4096)
def is_placeholder(value: str, *, login: str = "") -> bool:
    """Tell whether a value hides or only names a secret.

    `login` is the name beside it: the documented default admin/admin and the like (both alike) is none.
    """
    bare = value.strip("\"'`«».,;:!?()")
    low = bare.lower()
    if len(low) < 3 or low in _WORDS:
        return True
    if login and low == login.strip("\"'").lower() and low in {"admin", "user", "api1", "application1"}:
        return True
    if len(set(low)) <= 2 and len(low) < 40 and not low.isdigit():
        return True
    return _SHAPE.fullmatch(bare[:400]) is not None
