"""Exposed passwords, keys, tokens, connection strings and card numbers (labelling guide, `secrets`).

A finding covers the secret alone, so that masking leaves a readable text. Naming a secret, placeholders,
masks and the documented default admin/admin are no secrets.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from triage.checks.scanner import Gates
from triage.checks.secret_shapes import (
    HEADED,
    SHAPED,
    address_passwords,
    card_numbers,
    curl_users,
    header_keys,
    header_tokens,
    private_keys,
    shaped_tokens,
)
from triage.checks.secret_words import NAMED, TOLD, assignments, login_pairs, prose_passwords, shown_keys
from triage.checks.spans import Taken
from triage.report import Finding

Rule = Callable[[str], Iterator[Finding]]

#: In the order of certainty, the first rule to claim a place keeps it; each with literals of which its
#: findings need one (none: the rule looks at every text).
_GATED: tuple[tuple[Rule, tuple[str, ...]], ...] = (
    (private_keys, ("private key",)),
    (address_passwords, ("://", ":\\/\\/")),
    (shaped_tokens, SHAPED),
    (header_keys, HEADED),
    (header_tokens, ("bearer", "basic", "token")),
    (curl_users, ("-u",)),
    (card_numbers, ()),
    (assignments, NAMED),
    (login_pairs, ("/", "|")),
    (prose_passwords, TOLD),
    (shown_keys, ("вот",)),
)
RULES: tuple[Rule, ...] = tuple(rule for rule, _ in _GATED)
_UNGATED = tuple(at for at, (_, literals) in enumerate(_GATED) if not literals)
_GATES = Gates(literals for _, literals in _GATED)


def find_secrets(text: str) -> tuple[Finding, ...]:
    """Return the secrets of a text in order and without overlaps; spans in code points."""
    found: list[Finding] = []
    taken: Taken | None = None
    for at in sorted((*_UNGATED, *_GATES.open(text))):
        for finding in RULES[at](text):
            taken = taken or Taken(len(text))
            if taken.claim(finding.start, finding.end):
                found.append(finding)
    return tuple(sorted(found, key=lambda f: f.start))
