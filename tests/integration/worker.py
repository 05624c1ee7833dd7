"""A worker process for tests that kill it: `python -m tests.integration.worker URL FOLDER SMTP_PORT NAME`.

It works every queue; what its messenger sends is appended to FOLDER/said.jsonl, one line per message.
"""

from __future__ import annotations

import asyncio
import json
import sys
from pathlib import Path

from tests.applications import FakeBoard, SayingHandler, application, words
from triage.desk.ports import Sent
from triage.dialogue.replies import Reply


class FileMessenger:
    """Appends each reply to a file before it says that it is done."""

    def __init__(self, path: Path) -> None:
        self._path = path

    async def send(self, chat_id: str, reply: Reply) -> Sent:
        line = json.dumps({"chat": chat_id, "text": reply.text, "words": words(reply)}, ensure_ascii=False)
        with self._path.open("a", encoding="utf-8") as file:
            file.write(line + "\n")
        return Sent("done", message="1")

    async def delete(self, chat_id: str, message: str) -> Sent:
        return Sent("done")


async def main(url: str, folder: str, port: str, name: str) -> None:
    app = application(
        url, Path(folder), smtp_url=f"smtp://127.0.0.1:{port}", worker_id=name,
        telegram_token="1:test", agents_chat_id=-1,
    )  # fmt: skip
    app.attach_telegram(SayingHandler(app), FileMessenger(Path(folder) / "said.jsonl"), FakeBoard())
    app.engine.start()
    await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:5]))
