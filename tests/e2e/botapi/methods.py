"""The methods of the Bot API that the bot uses, over the remembered state."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from tests.e2e.botapi import checks
from tests.e2e.botapi.errors import bad
from tests.e2e.botapi.state import BOT_ID, BOT_NAME, QUESTION_LIFE, TAP_LIFE, Chat, State

Params = dict[str, Any]
Files = dict[str, tuple[str, str, bytes]]
BOT = {"id": BOT_ID, "is_bot": True, "first_name": "Triage", "username": BOT_NAME}


class Methods:
    """One public function per method name; each returns the result or raises Refused."""

    def __init__(self, state: State) -> None:
        self.state = state
        self.table: dict[str, Callable[[Params, Files], Any]] = {
            "getMe": self.get_me, "setWebhook": self.set_webhook, "deleteWebhook": self.delete_webhook,
            "getWebhookInfo": self.webhook_info, "sendMessage": self.send_message,
            "editMessageText": self.edit_text, "editMessageReplyMarkup": self.edit_markup,
            "deleteMessage": self.delete_message, "answerCallbackQuery": self.answer_tap,
            "sendDocument": self.send_document, "sendPhoto": self.send_photo,
            "sendMediaGroup": self.send_album, "getFile": self.get_file, "getChat": self.get_chat,
            "getChatMember": self.get_member, "setMyCommands": self.set_commands,
            "sendChatAction": self.chat_action, "answerInlineQuery": self.answer_inline,
        }  # fmt: skip

    def get_me(self, params: Params, files: Files) -> Any:
        return BOT | {"can_join_groups": True, "can_read_all_group_messages": False, "supports_inline_queries": True}

    def set_webhook(self, params: Params, files: Files) -> Any:
        hook = self.state.webhook
        hook.url, hook.secret = str(params.get("url", "")), str(params.get("secret_token", ""))
        hook.max_connections = int(params.get("max_connections", 40))
        hook.last_error = ""
        self._allow(params)
        return True

    def delete_webhook(self, params: Params, files: Files) -> Any:
        self.state.webhook.url = self.state.webhook.secret = ""
        if str(params.get("drop_pending_updates", "")).lower() == "true":
            self.state.pending.clear()
        return True

    def webhook_info(self, params: Params, files: Files) -> Any:
        hook = self.state.webhook
        info: dict[str, Any] = {
            "url": hook.url,
            "has_custom_certificate": False,
            "pending_update_count": len(self.state.pending),
            "max_connections": hook.max_connections,
        }
        if hook.last_error:
            info |= {"last_error_message": hook.last_error, "last_error_date": hook.last_error_date}
        return info

    def send_message(self, params: Params, files: Files) -> Any:
        return self._post(params, lambda: checks.text_of(params))

    def send_document(self, params: Params, files: Files) -> Any:
        return self._post(params, lambda: self._document(params, files) | checks.caption_of(params))

    def send_photo(self, params: Params, files: Files) -> Any:
        return self._post(params, lambda: self._photo(params, files) | checks.caption_of(params))

    def send_album(self, params: Params, files: Files) -> Any:
        media = params.get("media") or "[]"
        items = json.loads(media) if isinstance(media, str) else media
        if not 2 <= len(items) <= 10:
            raise bad("group of media must contain from 2 to 10 items" if items else "media is empty")
        if len({i["type"] for i in items}) > 1 and any(i["type"] == "document" for i in items):
            raise bad("documents can't be mixed with other media types")
        group = self.state.unique("album")
        made = []
        for item in items:
            single = params | {item["type"]: item["media"], "caption": item.get("caption", "")}
            single |= {"parse_mode": item.get("parse_mode"), "reply_markup": None}
            message = (self.send_photo if item["type"] == "photo" else self.send_document)(single, files)
            message["media_group_id"] = group
            made.append(message)
        return made

    def edit_text(self, params: Params, files: Files) -> Any:
        message = self._own(params, "message to edit not found")
        if "text" not in message:
            raise bad("there is no text in the message to edit")
        fresh = checks.text_of(params)
        keyboard = checks.keyboard_of(params)
        old = {k: message.get(k) for k in ("text", "entities", "reply_markup")}
        if old == {"text": None, "entities": None, "reply_markup": keyboard} | fresh:
            raise bad(_NOT_MODIFIED)
        message.pop("entities", None)
        message.update(fresh)
        return self._redraw(message, keyboard)

    def edit_markup(self, params: Params, files: Files) -> Any:
        message = self._own(params, "message to edit not found")
        keyboard = checks.keyboard_of(params)
        if keyboard == message.get("reply_markup"):
            raise bad(_NOT_MODIFIED)
        return self._redraw(message, keyboard)

    def delete_message(self, params: Params, files: Files) -> Any:
        chat = self.state.chat(params.get("chat_id"))
        message = chat.messages.get(int(params.get("message_id", 0)))
        if message is None:
            raise bad("message to delete not found")
        own = message["from"]["id"] == BOT_ID
        if not own and chat.type != "private" and chat.members.get(BOT_ID) != "administrator":
            raise bad("message can't be deleted")
        del chat.messages[message["message_id"]]
        return True

    def answer_tap(self, params: Params, files: Files) -> Any:
        at = self.state.taps.pop(str(params.get("callback_query_id")), None)
        if at is None or self.state.now() - at > TAP_LIFE:
            raise bad("query is too old and response timeout expired or query ID is invalid")
        if len(str(params.get("text", ""))) > checks.ALERT:
            raise bad("MESSAGE_TOO_LONG")
        self.state.answered.append(dict(params))
        return True

    def answer_inline(self, params: Params, files: Files) -> Any:
        at = self.state.questions.pop(str(params.get("inline_query_id")), None)
        if at is None or self.state.now() - at > QUESTION_LIFE:
            raise bad("query is too old and response timeout expired or query ID is invalid")
        self.state.offered[str(params["inline_query_id"])] = checks.inline_answer_of(params)
        return True

    def get_file(self, params: Params, files: Files) -> Any:
        file_id = str(params.get("file_id"))
        if file_id not in self.state.files:
            raise bad("wrong file_id or the file is temporarily unavailable")
        path, content = self.state.files[file_id]
        if len(content) > checks.DOWNLOAD:
            raise bad("file is too big")
        unique = path.rsplit("/", 1)[-1]
        return {
            "file_id": file_id, "file_unique_id": unique, "file_size": len(content), "file_path": path
        }  # fmt: skip

    def get_chat(self, params: Params, files: Files) -> Any:
        chat = self.state.chat(params.get("chat_id"))
        return chat.as_json() | {"accent_color_id": 0, "max_reaction_count": 11, "accepted_gift_types": {}}

    def get_member(self, params: Params, files: Files) -> Any:
        chat = self.state.chat(params.get("chat_id"))
        user = int(params.get("user_id", 0))
        status = chat.members.get(user, "left")
        member: dict[str, Any] = {
            "status": status,
            "user": {"id": user, "is_bot": False, "first_name": str(user)},
        }
        if status == "kicked":
            member["until_date"] = 0
        return member

    def set_commands(self, params: Params, files: Files) -> Any:
        self.state.commands[str(params.get("scope", ""))] = checks.commands_of(params)
        return True

    def chat_action(self, params: Params, files: Files) -> Any:
        self.state.chat(params.get("chat_id"))
        return True

    def _allow(self, params: Params) -> None:
        allowed = params.get("allowed_updates")
        if allowed is not None:
            self.state.allowed = json.loads(allowed) if isinstance(allowed, str) else list(allowed)

    def _post(self, params: Params, content: Callable[[], dict[str, Any]]) -> dict[str, Any]:
        chat = self.state.chat(params.get("chat_id"))
        body, keyboard = content(), checks.keyboard_of(params)
        message: dict[str, Any] = {
            "message_id": self.state.message_id(chat),
            "from": BOT,
            "chat": chat.as_json(),
            "date": int(self.state.now()),
            **body,
        }
        if keyboard:
            message["reply_markup"] = keyboard
        chat.messages[message["message_id"]] = message
        return message

    def _own(self, params: Params, missing: str) -> dict[str, Any]:
        chat: Chat = self.state.chat(params.get("chat_id"))
        message = chat.messages.get(int(params.get("message_id", 0)))
        if message is None:
            raise bad(missing)
        if message["from"]["id"] != BOT_ID:
            raise bad("message can't be edited")
        return message

    def _redraw(self, message: dict[str, Any], keyboard: dict[str, Any] | None) -> dict[str, Any]:
        message.pop("reply_markup", None)
        if keyboard:
            message["reply_markup"] = keyboard
        message["edit_date"] = int(self.state.now())
        return message

    def _upload(self, value: Any, name: str, files: Files) -> tuple[str, str, bytes] | None:
        key = str(value).removeprefix("attach://") if str(value).startswith("attach://") else name
        return files.get(key)

    def _document(self, params: Params, files: Files) -> dict[str, Any]:
        given = self._upload(params.get("document"), "document", files)
        if given is None:
            return {"document": self._known(params.get("document"), "file")}
        name, mime, content = given
        checks.upload_of(content, checks.UPLOAD)
        file_id = self.state.keep(content, "documents", name)
        return {
            "document": {
                "file_id": file_id, "file_unique_id": file_id[-8:], "file_name": name,
                "mime_type": mime, "file_size": len(content),
            }
        }  # fmt: skip

    def _photo(self, params: Params, files: Files) -> dict[str, Any]:
        given = self._upload(params.get("photo"), "photo", files)
        size = {"width": 800, "height": 600}
        if given is None:
            return {"photo": [self._known(params.get("photo"), "photo") | size]}
        content = checks.upload_of(given[2], checks.PHOTO)
        file_id = self.state.keep(content, "photos", "photo.jpg")
        unique = file_id[-8:]
        return {"photo": [{"file_id": file_id, "file_unique_id": unique, "file_size": len(content)} | size]}

    def _known(self, file_id: Any, kind: str) -> dict[str, Any]:
        if str(file_id) not in self.state.files:
            raise bad(f"wrong {kind} identifier/HTTP URL specified" if file_id else f"there is no {kind}")
        return {"file_id": str(file_id), "file_unique_id": str(file_id)[-8:]}


_NOT_MODIFIED = (
    "message is not modified: specified new message content and reply markup are exactly the same as a "
    "current content and reply markup of the message"
)
