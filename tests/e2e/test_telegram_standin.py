"""The stand-in refuses what Telegram refuses; without this the other tests would prove nothing."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.e2e.botapi import BotApi, Group, User
from tests.e2e.botapi.errors import DroppedError, flood
from tests.e2e.botapi.markup import parse

CASES = [
    json.loads(line) for line in (Path(__file__).parent / "cases" / "telegram_markup.jsonl").read_text().splitlines()
]


@pytest.fixture(scope="module")
def server() -> Iterator[BotApi]:
    with BotApi() as api:
        yield api


@pytest.fixture
def api(server: BotApi) -> Iterator[BotApi]:
    yield server
    server.state.__init__()  # type: ignore[misc]


@pytest.fixture
def anna(api: BotApi) -> User:
    user = User(api, 42)
    user.say("Здравствуйте")
    return user


def ask(api: BotApi, method: str, files: dict[str, Any] | None = None, **params: Any) -> dict[str, Any]:
    answer = httpx.post(f"{api.url}{api.token}/{method}", data=params, files=files, timeout=10)
    body: dict[str, Any] = answer.json()
    assert answer.status_code == body.get("error_code", 200)
    return body


def keyboard(data: str) -> str:
    return json.dumps({"inline_keyboard": [[{"text": "Да", "callback_data": data}]]})


@pytest.mark.parametrize("case", CASES, ids=[c["name"] for c in CASES])
def test_reads_html_as_telegram_does(case: dict[str, Any]) -> None:
    if "error" in case:
        with pytest.raises(Exception, match="can't parse entities") as refused:
            parse(case["html"])
        assert case["error"] in str(refused.value).lower()
        return
    text, entities = parse(case["html"])
    assert text == case["text"]
    assert [[e["type"], e["offset"], e["length"]] for e in entities] == case["entities"]


class TestSending:
    def test_stores_text_entities_and_keyboard(self, api: BotApi, anna: User) -> None:
        sent = ask(
            api,
            "sendMessage",
            chat_id=42,
            text="<b>да</b>",
            parse_mode="HTML",
            reply_markup=keyboard("d:ok:1"),
        )["result"]
        assert sent["text"] == "да"
        assert sent["entities"][0]["type"] == "bold"
        assert anna.wait("да") == sent

    @pytest.mark.parametrize(
        ("params", "words"),
        [
            ({"text": "x" * 4097}, "message is too long"),
            ({"text": "😀" * 2049}, "message is too long"),
            ({"text": "<b></b>", "parse_mode": "HTML"}, "message text is empty"),
            ({"text": "x", "chat_id": 777}, "chat not found"),
            ({"text": "x", "reply_markup": keyboard("я" * 33)}, "BUTTON_DATA_INVALID"),
            ({"text": "x", "reply_markup": keyboard("")}, "BUTTON_DATA_INVALID"),
            ({"text": "<b>x", "parse_mode": "HTML"}, "can't parse entities"),
            ({"text": "x", "parse_mode": "Textile"}, "unsupported parse_mode"),
            (
                {
                    "text": "x",
                    "reply_markup": '{"inline_keyboard":[[{"text":"a","url":"mailto:a@example.org"}]]}',
                },
                "is invalid",
            ),
        ],
    )
    def test_refuses(self, api: BotApi, anna: User, params: dict[str, Any], words: str) -> None:
        answer = ask(api, "sendMessage", **({"chat_id": 42} | params))
        assert answer["error_code"] == 400
        assert words in answer["description"]

    def test_takes_exactly_the_limits(self, api: BotApi, anna: User) -> None:
        assert ask(api, "sendMessage", chat_id=42, text="x" * 4096, reply_markup=keyboard("я" * 32))["ok"]

    def test_refuses_a_chat_that_never_wrote_or_has_blocked(self, api: BotApi, anna: User) -> None:
        User(api, 43)
        assert "initiate" in ask(api, "sendMessage", chat_id=43, text="x")["description"]
        anna.block()
        answer = ask(api, "sendMessage", chat_id=42, text="x")
        assert (answer["error_code"], answer["description"]) == (
            403,
            "Forbidden: bot was blocked by the user",
        )

    def test_keeps_name_type_and_bytes_of_a_document(self, api: BotApi, anna: User) -> None:
        files = {"document": ("заявка.eml", b"Subject: x\r\n\r\ny", "message/rfc822")}
        document = ask(api, "sendDocument", files, chat_id=42, caption="письмо")["result"]["document"]
        assert (document["file_name"], document["mime_type"]) == ("заявка.eml", "message/rfc822")
        path = ask(api, "getFile", file_id=document["file_id"])["result"]["file_path"]
        assert httpx.get(f"{api.file_url}{api.token}/{path}").content == b"Subject: x\r\n\r\ny"

    def test_refuses_long_captions_empty_and_large_files(self, api: BotApi, anna: User) -> None:
        files = {"photo": ("a.png", b"x", "image/png")}
        long = ask(api, "sendPhoto", files, chat_id=42, caption="x" * 1025)
        assert "caption is too long" in long["description"]
        empty = ask(api, "sendPhoto", {"photo": ("a.png", b"", "image/png")}, chat_id=42)
        assert "non-empty" in empty["description"]
        big = anna.document("log.txt", b"x" * ((20 << 20) + 1))
        assert "too big" in ask(api, "getFile", file_id=big["document"]["file_id"])["description"]

    def test_an_album_has_two_to_ten_pictures(self, api: BotApi, anna: User) -> None:
        files = {"a": ("a.png", b"1", "image/png"), "b": ("b.png", b"2", "image/png")}
        media = json.dumps([{"type": "photo", "media": f"attach://{n}"} for n in "ab"])
        sent = ask(api, "sendMediaGroup", files, chat_id=42, media=media)["result"]
        assert len({m["media_group_id"] for m in sent}) == 1
        eleven = json.dumps([{"type": "photo", "media": "attach://a"}] * 11)
        assert not ask(api, "sendMediaGroup", files, chat_id=42, media=eleven)["ok"]


class TestEditing:
    def test_refuses_the_same_the_missing_and_the_foreign(self, api: BotApi, anna: User) -> None:
        sent = ask(api, "sendMessage", chat_id=42, text="да", reply_markup=keyboard("a"))["result"]
        one = {"chat_id": 42, "message_id": sent["message_id"]}
        same = ask(api, "editMessageText", **one, text="да", reply_markup=keyboard("a"))
        assert "message is not modified" in same["description"]
        assert ask(api, "editMessageReplyMarkup", **one)["ok"]
        assert "not modified" in ask(api, "editMessageReplyMarkup", **one)["description"]
        missing = ask(api, "editMessageText", chat_id=42, message_id=999, text="x")
        assert "message to edit not found" in missing["description"]
        foreign = ask(api, "editMessageText", chat_id=42, message_id=1, text="x")
        assert "can't be edited" in foreign["description"]

    def test_an_edit_without_a_keyboard_removes_it(self, api: BotApi, anna: User) -> None:
        sent = ask(api, "sendMessage", chat_id=42, text="да", reply_markup=keyboard("a"))["result"]
        edited = ask(api, "editMessageText", chat_id=42, message_id=sent["message_id"], text="нет")["result"]
        assert "reply_markup" not in edited

    def test_deletes_a_persons_message_once(self, api: BotApi, anna: User) -> None:
        assert ask(api, "deleteMessage", chat_id=42, message_id=1)["ok"]
        assert "not found" in ask(api, "deleteMessage", chat_id=42, message_id=1)["description"]

    def test_a_tap_is_answered_once_and_dies_after_150_seconds(self, api: BotApi, anna: User) -> None:
        sent = ask(api, "sendMessage", chat_id=42, text="да", reply_markup=keyboard("a"))["result"]
        first, second = anna.press("Да", sent), anna.press("Да", sent)
        assert ask(api, "answerCallbackQuery", callback_query_id=first)["ok"]
        assert "too old" in ask(api, "answerCallbackQuery", callback_query_id=first)["description"]
        api.state.shift = 151
        assert "too old" in ask(api, "answerCallbackQuery", callback_query_id=second)["description"]
        kinds = [set(u) - {"update_id"} for u in ask(api, "getUpdates")["result"]]
        assert kinds == [{"message"}]


class TestUpdates:
    def test_an_update_stays_until_a_higher_offset(self, api: BotApi, anna: User) -> None:
        first = ask(api, "getUpdates")["result"]
        assert ask(api, "getUpdates")["result"] == first
        assert ask(api, "getUpdates", offset=first[0]["update_id"])["result"] == first
        assert ask(api, "getUpdates", offset=first[0]["update_id"] + 1)["result"] == []
        assert ask(api, "getUpdates")["result"] == []

    def test_a_long_poll_waits_for_the_first_update(self, api: BotApi) -> None:
        timer = threading.Timer(0.3, User(api, 42).say, ["поздно"])
        timer.start()
        begun = time.monotonic()
        assert ask(api, "getUpdates", timeout=5)["result"][0]["message"]["text"] == "поздно"
        assert 0.2 < time.monotonic() - begun < 3

    def test_two_pollers_and_a_webhook_conflict(self, api: BotApi) -> None:
        answers: list[dict[str, Any]] = []
        poller = threading.Thread(target=lambda: answers.append(ask(api, "getUpdates", timeout=5)))
        poller.start()
        while not api.calls("getUpdates"):
            time.sleep(0.01)
        ask(api, "getUpdates")
        poller.join()
        assert "terminated by other getUpdates" in answers[0]["description"]
        ask(api, "setWebhook", url="http://127.0.0.1:9/hook")
        assert ask(api, "getUpdates")["error_code"] == 409
        assert ask(api, "getWebhookInfo")["result"]["url"] == "http://127.0.0.1:9/hook"
        ask(api, "deleteWebhook")
        assert ask(api, "getUpdates")["ok"]

    def test_unasked_kinds_are_not_delivered(self, api: BotApi, anna: User) -> None:
        ask(api, "getUpdates", offset=-1, allowed_updates='["message"]')
        anna.block()
        assert not [u for u in ask(api, "getUpdates")["result"] if "my_chat_member" in u]


class TestFaults:
    def test_flood_names_its_seconds(self, api: BotApi, anna: User) -> None:
        api.fail("sendMessage", flood(3), chat_id=42)
        answer = ask(api, "sendMessage", chat_id=42, text="x")
        assert (answer["error_code"], answer["parameters"]) == (429, {"retry_after": 3})
        assert ask(api, "sendMessage", chat_id=42, text="x")["ok"]

    def test_a_dropped_connection_has_no_answer(self, api: BotApi, anna: User) -> None:
        api.fail("sendMessage", DroppedError(), after=True)
        with pytest.raises(httpx.RemoteProtocolError):
            ask(api, "sendMessage", chat_id=42, text="дошло")
        assert anna.wait("дошло")

    def test_wrong_tokens_methods_and_members_are_refused(self, api: BotApi) -> None:
        assert httpx.get(f"{api.url}1:x/getMe").status_code == 401
        assert httpx.get(f"{api.url}{api.token}/makeCoffee").status_code == 404
        Group(api, -100500, 42)
        assert ask(api, "getChatMember", chat_id=-100500, user_id=42)["result"]["status"] == "member"
        assert ask(api, "getChatMember", chat_id=-100500, user_id=1)["result"]["status"] == "left"
        assert not ask(api, "setMyCommands", commands='[{"command":"Ой","description":"x"}]')["ok"]
