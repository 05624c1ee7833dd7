"""Exposed passwords, keys, tokens, connection strings and card numbers (labelling guide, `secrets`).

A finding covers the secret alone, so that masking leaves a readable text. Naming a secret, placeholders,
masks and the documented default admin/admin are no secrets.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

from triage.checks.scanner import Gates
from triage.checks.secret_commands import COMMANDS, FLAGGED, command_passwords, curl_users, flagged
from triage.checks.secret_shapes import (
    HEADED,
    SHAPED,
    address_passwords,
    card_numbers,
    header_keys,
    header_tokens,
    private_keys,
    shaped_tokens,
)
from triage.checks.secret_words import NAMED, TOLD, assignments, login_pairs, prose_passwords, shown_keys
from triage.report import Finding
from triage.text.normalise import fold, visible

Rule = Callable[[str], Iterator[Finding]]

#: In the order of certainty: of findings that overlap, the first gives its name to all that they cover; each
#: with literals of which its findings need one (none: the rule looks at every text).
_GATED: tuple[tuple[Rule, tuple[str, ...]], ...] = (
    (private_keys, ("private key",)),
    (address_passwords, ("://", ":\\/\\/")),
    (shaped_tokens, SHAPED),
    (header_keys, HEADED),
    (header_tokens, ("bearer", "basic", "token")),
    (curl_users, ("-u",)),
    (command_passwords, COMMANDS),
    (flagged, FLAGGED),
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
    if fold(text).offsets is None:
        return _find(text.replace("\xa0", " "))
    seen = visible(text)
    found = []
    for finding in _find(seen.text):
        start, end = seen.span(finding.start, finding.end)
        found.append(replace(finding, start=start, end=end))
    return tuple(found)


def _find(text: str) -> tuple[Finding, ...]:
    found = [finding for at in sorted((*_UNGATED, *_GATES.open(text))) for finding in RULES[at](text)]
    return _joined(found) if len(found) > 1 else tuple(found)


def _joined(found: Sequence[Finding]) -> tuple[Finding, ...]:
    """Make one of findings that overlap, so that no rule leaves a part of what another saw."""
    joined: list[tuple[int, Finding]] = []
    for rank, finding in sorted(enumerate(found), key=lambda each: each[1].start):
        if not joined or finding.start >= joined[-1][1].end:
            joined.append((rank, finding))
            continue
        first, last = joined[-1]
        surest = finding if rank < first else last
        joined[-1] = min(rank, first), replace(surest, start=last.start, end=max(last.end, finding.end))
    return tuple(finding for _, finding in joined)
