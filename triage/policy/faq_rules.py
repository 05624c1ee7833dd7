"""The pack's section [faq]: how honestly the answers of the FAQ are counted (1.2, 4.7)."""

from __future__ import annotations

from dataclasses import dataclass

_MOST = 3660  # days: ten years


@dataclass(frozen=True, slots=True)
class FaqRules:
    """How deflections of the FAQ are counted (1.2, 4.7), and when an entry is no longer offered by itself.

    Days of `silent_days` and `false_days` are working days, of `kept_days` any; likenesses and shares are 0–1;
    `min_showings` counts showings that ended without a letter; `list_weekday` is an ISO number.
    """

    silent_days: int = 2
    false_days: int = 5
    likeness: float = 0.2
    false_share: float = 0.3
    min_showings: int = 10
    group_likeness: float = 0.1
    min_group: int = 3
    list_weekday: int = 1
    kept_days: int = 180


def faq_limits(faq: FaqRules) -> tuple[tuple[str, bool, str], ...]:
    """Return each key of [faq], whether its value can be, and what it takes."""
    days = ("silent_days", "false_days", "kept_days", "min_showings")
    shares = ("likeness", "false_share", "group_likeness")
    return (
        *((key, 1 <= getattr(faq, key) <= _MOST, f"a whole number from 1 to {_MOST}") for key in days),
        *((key, 0 < getattr(faq, key) <= 1, "a number above 0 and up to 1") for key in shares),
        ("min_group", 2 <= faq.min_group <= _MOST, f"a whole number from 2 to {_MOST}"),
        ("list_weekday", 1 <= faq.list_weekday <= 7, "a number from 1 (Monday) to 7"),
    )
