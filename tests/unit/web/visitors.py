"""A visitor without a script: reads the page's forms and posts them, as a browser does."""

from __future__ import annotations

import html
import re
from collections.abc import Sequence
from typing import Any

import httpx

BUTTON = re.compile(r'<button type="submit" name="code" value="([^"]+)">([^<]+)</button>')
REPLY = re.compile(r'<article class="item bot"[^>]*data-seq.*?</article>', re.DOTALL)

File = tuple[str, bytes]


class Browser:
    """One visitor; `client` keeps the cookie and follows redirects."""

    def __init__(self, client: httpx.AsyncClient) -> None:
        self.client, self.html, self.status = client, "", 0

    async def open(self) -> None:
        """Load the page."""
        await self._see(await self.client.get("/"))

    async def say(self, text: str, files: Sequence[File] = (), **fields: str) -> None:
        """Fill in the form and send it."""
        once = re.search(r'name="once" value="([^"]+)"', self.html)
        data = {"message": text, "once": once.group(1) if once else ""} | fields
        parts: list[Any] = [("files", (name, content)) for name, content in files]
        parts = parts or [("files", ("", b""))]
        await self._see(await self.client.post("/chat/say", data=data, files=parts))

    async def press(self, word: str) -> None:
        """Press the button with that word."""
        code = next(code for code, label in self.pressable() if label == word)
        screens = re.findall(r'name="screen" value="(\d+)"', self.html)
        await self._see(await self.client.post("/chat/press", data={"code": code, "screen": screens[-1]}))

    def pressable(self) -> list[tuple[str, str]]:
        """Return codes and words of the buttons."""
        return [(html.unescape(code), html.unescape(label)) for code, label in BUTTON.findall(self.html)]

    def words(self) -> list[str]:
        """Return the words of the buttons."""
        return [label for _, label in self.pressable()]

    def last(self) -> str:
        """Return the words of the last reply."""
        replies = REPLY.findall(self.html)
        return text_of(replies[-1]) if replies else ""

    async def _see(self, response: httpx.Response) -> None:
        self.html, self.status = response.text, response.status_code


def text_of(markup: str) -> str:
    """Return the words between the tags."""
    return html.unescape(re.sub(r"<[^>]+>", " ", markup))
