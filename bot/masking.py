"""Hides secrets in a raw update before anything of it is stored.

Every string that a person can fill is masked, length kept, so entities still fit. Telegram's
own identifiers stay as they are: they look like keys, but are needed to fetch files and answer taps.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from triage.jobs.arrivals import masked as masked_words

IDENTIFIERS = frozenset(
    {"id", "file_id", "file_unique_id", "media_group_id", "custom_emoji_id", "chat_instance", "type",
     "inline_message_id", "mime_type", "language_code", "effect_id", "thumbnail_file_id"}
)  # fmt: skip
#: Parts that repeat an earlier message: masked too, but their secrets are not new ones.
REPEATED = frozenset({"reply_to_message", "external_reply", "quote", "pinned_message"})


def masked(raw: Mapping[str, Any]) -> tuple[dict[str, Any], tuple[str, ...]]:
    """Return the update without secrets and the kinds that were found in its own words."""
    kinds: set[str] = set()
    tap = raw.get("callback_query")
    clean = {key: _value(key, value, kinds) for key, value in raw.items()}
    return clean, () if tap else tuple(sorted(kinds))


def _value(key: str, value: Any, kinds: set[str]) -> Any:
    if isinstance(value, str):
        if key in IDENTIFIERS:
            return value
        text, found = masked_words(value)
        kinds.update(found)
        return text
    inner = set() if key in REPEATED else kinds
    if isinstance(value, Mapping):
        return {k: _value(k, v, inner) for k, v in value.items()}
    if isinstance(value, list):
        return [_value(key, item, inner) for item in value]
    return value
