"""A raw update loses its secrets before anything of it is stored, and nothing else."""

from __future__ import annotations

from typing import Any

from bot.masking import masked

SECRET = "Qw7rTy-9pLm2"
FILE = "AgACAgIAAxkBAAICb2Zk3kQq1vT9x0bW8nJ5sYhE7rLmAAKc2zEbqwABCUh0pXfVbN4g"


def message(**parts: Any) -> dict[str, Any]:
    return {"update_id": 1, "message": {"message_id": 2, "chat": {"id": 5, "type": "private"}, **parts}}


def test_masks_text_and_caption_and_names_the_kind() -> None:
    for part in ("text", "caption"):
        clean, kinds = masked(message(**{part: f"пароль: {SECRET}"}))
        assert SECRET not in str(clean)
        assert len(clean["message"][part]) == len(f"пароль: {SECRET}")
        assert kinds == ("password",)


def test_masks_file_names_and_addresses_of_links() -> None:
    url = f"https://admin:{SECRET}@gw.example.org/"
    document = {"file_id": FILE, "file_name": f"пароль: {SECRET}.txt"}
    clean, _ = masked(message(document=document, entities=[{"type": "text_link", "url": url}]))
    assert SECRET not in str(clean)


def test_keeps_identifiers_that_look_like_keys() -> None:
    raw = message(photo=[{"file_id": FILE, "file_unique_id": FILE[:20]}])
    assert masked(raw)[0] == raw


def test_an_earlier_message_is_masked_but_is_no_new_exposure() -> None:
    clean, kinds = masked(message(text="да", reply_to_message={"text": f"пароль: {SECRET}"}))
    assert SECRET not in str(clean)
    assert kinds == ()


def test_a_tap_exposes_nothing_anew() -> None:
    raw = {"update_id": 1, "callback_query": {"id": "1", "data": "d:ok:1", "message": {"text": f"пароль: {SECRET}"}}}
    clean, kinds = masked(raw)
    assert SECRET not in str(clean)
    assert kinds == ()


def test_numbers_and_flags_stay() -> None:
    raw = message(text="шлюз", date=1795573722, has_protected_content=True, entities=[])
    assert masked(raw) == (raw, ())
