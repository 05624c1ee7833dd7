"""Exposed passwords, keys, tokens, connection strings and card numbers (labelling guide, `secrets`).

A finding covers the secret alone, so that masking leaves a readable text. Naming a secret, placeholders,
masks and the documented default admin/admin are no secrets.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from triage.checks.secret_shapes import (
    address_passwords,
    card_numbers,
    curl_users,
    header_keys,
    header_tokens,
    private_keys,
    shaped_tokens,
)
from triage.checks.secret_words import assignments, login_pairs, prose_passwords, shown_keys
from triage.checks.spans import Taken
from triage.report import Finding

#: In the order of certainty: the first rule to claim a place keeps it.
RULES: tuple[Callable[[str], Iterator[Finding]], ...] = (
    private_keys,
    address_passwords,
    shaped_tokens,
    header_keys,
    header_tokens,
    curl_users,
    card_numbers,
    assignments,
    login_pairs,
    prose_passwords,
    shown_keys,
)


def find_secrets(text: str) -> tuple[Finding, ...]:
    """Return the secrets of a text in order and without overlaps; spans in code points."""
    found: list[Finding] = []
    taken: Taken | None = None
    for rule in RULES:
        for finding in rule(text):
            taken = taken or Taken(len(text))
            if taken.claim(finding.start, finding.end):
                found.append(finding)
    return tuple(sorted(found, key=lambda f: f.start))
