"""Which versions of the product are past their support, by the dates that the pack lists (4.8)."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from triage.policy.pack import Policy, Release

_NUMBER = re.compile(r"(?<![\d.])\d{1,4}(?:\.\d{1,4}){1,3}(?![\d.]*\d)")


@dataclass(frozen=True, slots=True)
class Past:
    """A version as it was said, and the last day of its support."""

    version: str
    until: date


def past_support(policy: Policy, said: Iterable[str], today: date) -> tuple[Past, ...]:
    """Return the versions in what was said whose support ended before `today`, each once, in the order said.

    The longest listed beginning decides: 4.1 covers 4.1 and 4.1.7, not 4.10; the last day still counts as supported.
    """
    if not policy.release:
        return ()
    numbers = dict.fromkeys(number for words in said for number in _NUMBER.findall(words))
    dated = ((number, _release(policy, number)) for number in numbers)
    return tuple(Past(n, r.supported_until) for n, r in dated if r and r.supported_until < today)


def _release(policy: Policy, number: str) -> Release | None:
    parts = number.split(".")
    covering = [r for r in policy.release if r.version.split(".") == parts[: r.version.count(".") + 1]]
    return max(covering, key=lambda r: r.version.count("."), default=None)
