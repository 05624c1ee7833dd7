"""The conversation in the terminal: the same screens, buttons as numbered lines.

Works piped too: then each line is a message, and nothing is drawn but the words. A line that
ends with a backslash goes on in the next one.
"""

from __future__ import annotations

import asyncio
import contextlib
import getpass
import io
import re
import sys
import threading
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TextIO

from rich.console import Console
from rich.padding import Padding
from rich.text import Text

from triage.bootstrap import Application
from triage.desk.ports import ChatKey
from triage.dialogue.incoming import Command, Incoming, ReceivedFile, Said
from triage.dialogue.replies import OutFile, Reply, Run, Style
from triage.errors import StoreUnavailable
from triage.jobs.arrivals import arrive, masked

TEXT_LIMIT = 1_000_000  # bytes in UTF-8
_GOES_ON = "\\"
_TOGETHER = 0.05  # seconds within which pasted lines come
_LOOK = 0.5  # seconds between looks for late answers
_PATIENCE = 5.0  # seconds that the last letters get to leave
_CONTROLS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")
_LOOKS = {
    Style.BOLD: "bold",
    Style.ITALIC: "italic",
    Style.CODE: "cyan",
    Style.MARK: "bold yellow",
    Style.LINK: "underline",
}

HINT = "Номер или слово нажимает кнопку, /file ПУТЬ прикладывает файл, /quit заканчивает."
PROMPT = "Вы: "
NO_FILE = "Такого файла нет или его нельзя прочитать: {path}"
NAME_A_FILE = "Напишите путь после команды: /file снимок.png"
TOO_LONG = "Текст больше 1 МБ и не принят. Главное напишите сообщением, остальное приложите: /file ПУТЬ"
NOT_KEPT = "Сообщение не сохранено, хранилище не отвечает. Повторите, пожалуйста, чуть позже."
SAVED = "Файл сохранён: {path}"
NOT_SAVED = "Файл «{name}» не удалось сохранить в {folder}."
STILL_WAITS = "Писем ещё не отправлено: {n}. Они сохранены и уйдут, когда работает triage serve."


def chat(
    application: Application,
    console: Console,
    *,
    source: TextIO | None = None,
    person: str = "",
    folder: Path | None = None,
) -> int:
    """Hold the conversation of `person` (by default the user's name) until /quit or the end of `source`.

    Starts and closes the application. Files that the conversation hands over are saved in `folder`.
    """
    key = ChatKey("terminal", person or getpass.getuser())
    lines = source or sys.stdin
    if isinstance(lines, io.TextIOWrapper):
        lines.reconfigure(errors="replace")
    terminal = Terminal(application, Screen(console, folder or Path.cwd()), lines, key)
    try:
        with contextlib.suppress(KeyboardInterrupt):
            asyncio.run(terminal.run())
    finally:
        application.close()
    if console.is_terminal:
        console.print()
    return 0


@dataclass(frozen=True, slots=True)
class Screen:
    """Draws replies with rich; words only where nobody looks."""

    console: Console
    folder: Path

    def reply(self, reply: Reply, *, live: bool) -> None:
        """Draw a reply, its numbered buttons while they can be pressed, and save its files."""
        self.console.print()
        wrapped = self.console.is_terminal
        for block in _blocks(reply.runs, wrapped=wrapped):
            self.console.print(block, soft_wrap=not wrapped)
        for out in reply.files:
            self._save(out)
        if not live:
            return
        for number, button in enumerate((b for row in reply.buttons for b in row), start=1):
            self.console.print(Text.assemble((f"{number}. ", "bold"), _clean(button.label)))

    def note(self, words: str) -> None:
        """Say something of the terminal's own."""
        self.console.print(Text(_clean(words), style="dim"), soft_wrap=True)

    def prompt(self) -> None:
        """Invite to write."""
        if self.console.is_terminal:
            self.console.print(Text(f"\n{PROMPT}", style="bold"), end="")

    def _save(self, out: OutFile) -> None:
        try:
            path = _free(self.folder, out.name)
            path.write_bytes(out.content.encode())
        except OSError:
            self.note(NOT_SAVED.format(name=out.name, folder=self.folder))
            return
        self.note(SAVED.format(path=path))


@dataclass(slots=True)
class Terminal:
    """One conversation over lines of text."""

    application: Application
    screen: Screen
    source: TextIO
    chat: ChatKey
    seq: int = 0
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def run(self) -> None:
        """Greet, take message after message, and let the letters leave at the end."""
        self.application.engine.start()
        try:
            await self._talk()
            await self._leave()
        finally:
            await asyncio.to_thread(self.application.engine.stop, grace=0)

    async def _talk(self) -> None:
        said = await asyncio.to_thread(self.application.conversations.replies_after, self.chat, 0)
        self.seq = said[-1].seq if said else 0
        self.screen.note(HINT)
        for reply in _missed([stored.reply for stored in said]):
            self.screen.reply(reply, live=False)
        await self._step(Command("start"))
        late = asyncio.create_task(self._late()) if self.screen.console.is_terminal else None
        async for text in self._messages():
            if text.strip() in ("/quit", "/exit"):
                break
            await self._take(text)
        if late:
            late.cancel()

    async def _take(self, text: str) -> None:
        name, _, argument = text.strip().partition(" ")
        if name == "/file":
            await self._file(argument.strip())
        elif len(text.encode("utf-8", "replace")) > TEXT_LIMIT:
            self.screen.note(TOO_LONG)
        elif text.strip():
            clean, kinds = masked(text)
            await self._step(Said(clean, secret_kinds=kinds))
        self.screen.prompt()

    async def _file(self, path: str) -> None:
        if not path:
            self.screen.note(NAME_A_FILE)
            return
        try:
            arrived = await asyncio.to_thread(self._arrive, path.strip("\"'"))
        except (OSError, ValueError):
            self.screen.note(NO_FILE.format(path=path))
            return
        except StoreUnavailable:
            self.screen.note(NOT_KEPT)
            return
        await self._step(arrived)

    def _arrive(self, name: str) -> Said:
        path = Path(name).expanduser()
        if not path.is_file():
            raise FileNotFoundError(name)
        keep = self.application.conversations.keep_file
        found = arrive(path.name, path.stat().st_size, path.read_bytes, lambda n, c: keep(self.chat, n, c))
        file: ReceivedFile = found.file
        return Said("", files=(file,), secret_kinds=found.secret_kinds)

    async def _step(self, incoming: Incoming) -> None:
        try:
            await asyncio.to_thread(self.application.conversations.handle, self.chat, incoming)
        except StoreUnavailable:
            self.screen.note(NOT_KEPT)
            return
        await self._show()

    async def _show(self) -> bool:
        """Draw what is new; return whether there was anything."""
        conversations = self.application.conversations
        async with self.lock:
            new = await asyncio.to_thread(conversations.replies_after, self.chat, self.seq)
            live = await asyncio.to_thread(conversations.live_screen, self.chat) if new else 0
            for stored in new:
                self.seq = stored.seq
                self.screen.reply(stored.reply, live=live > 0 and stored.reply.screen == live)
        return bool(new)

    async def _late(self) -> None:
        """Draw what is said later, while the person may be writing."""
        while True:
            await asyncio.sleep(_LOOK)
            with contextlib.suppress(StoreUnavailable):
                if await self._show():
                    self.screen.prompt()

    async def _leave(self) -> None:
        """Wait a little for letters that are on their way, and say how many are not."""
        loop = asyncio.get_running_loop()
        until, waiting = loop.time() + _PATIENCE, 0
        with contextlib.suppress(StoreUnavailable):
            while waiting := (await asyncio.to_thread(self.application.desk.stats)).letters_waiting:
                if loop.time() > until or not self.application.engine.working:
                    break
                await asyncio.sleep(0.1)
            await self._show()
        if waiting:
            self.screen.note(STILL_WAITS.format(n=waiting))

    async def _messages(self) -> AsyncIterator[str]:
        """Yield messages: lines, joined where they were pasted together or end with a backslash."""
        queue: asyncio.Queue[str | None] = asyncio.Queue()
        reading = (self.source, queue, asyncio.get_running_loop())
        threading.Thread(target=_read, args=reading, daemon=True).start()
        self.screen.prompt()
        while (line := await queue.get()) is not None:
            while (more := await self._more(line, queue)) is not None:
                line = f"{line.removesuffix(_GOES_ON)}\n{more}"
            yield line.removesuffix(_GOES_ON)

    async def _more(self, line: str, queue: asyncio.Queue[str | None]) -> str | None:
        """Return the next line when it belongs to the same message."""
        goes_on = line.endswith(_GOES_ON)
        if not goes_on and not self.screen.console.is_terminal:
            return None
        with contextlib.suppress(TimeoutError):
            more = await asyncio.wait_for(queue.get(), None if goes_on else _TOGETHER)
            if more is None:
                queue.put_nowait(None)
            return more
        return None


def _missed(said: list[Reply]) -> list[Reply]:
    """Return the news at the end, which came when nobody looked; what can be pressed is shown again by /start."""
    last = next((n for n in range(len(said), 0, -1) if not said[n - 1].news), 0)
    return [reply for reply in said[last:] if not reply.buttons]


def _read(source: TextIO, queue: asyncio.Queue[str | None], loop: asyncio.AbstractEventLoop) -> None:
    """Put the lines of the source into the queue, None at its end; runs in a thread of its own."""
    with contextlib.suppress(RuntimeError):  # the loop has been closed meanwhile
        for line in source:
            loop.call_soon_threadsafe(queue.put_nowait, line.rstrip("\r\n"))
        loop.call_soon_threadsafe(queue.put_nowait, None)


def _blocks(runs: tuple[Run, ...], *, wrapped: bool) -> list[Text | Padding]:
    """Return the runs as printable blocks: quotations and texts to copy stand by themselves.

    An indentation that has to hold in `wrapped` lines is left to rich; where nothing is drawn marked words
    stand in brackets.
    """
    blocks: list[Text | Padding] = []
    line = Text()
    for run in runs:
        if run.style not in (Style.QUOTE, Style.PRE):
            bare = run.style is Style.MARK and not wrapped
            line.append(f"[{_words(run)}]" if bare else _words(run), style=_LOOKS.get(run.style, ""))
            continue
        if line.plain.strip():
            blocks.append(_trimmed(line))
        line = Text()
        blocks.append(_block(run, wrapped=wrapped))
    if line.plain.strip():
        blocks.append(_trimmed(line))
    return blocks


def _block(run: Run, *, wrapped: bool) -> Text | Padding:
    text = _clean(run.text.strip("\n"))
    if run.style is Style.PRE:
        return Text(text)
    if wrapped:
        return Padding(Text(text), (0, 0, 0, 2), expand=False)
    return Text("\n".join(f"  {line}" for line in text.split("\n")))


def _trimmed(text: Text) -> Text:
    """Return the text without line breaks at its ends."""
    start = len(text.plain) - len(text.plain.lstrip("\n"))
    return text[start : len(text.plain.rstrip("\n"))]


def _words(run: Run) -> str:
    text = _clean(run.text)
    return f"{text} ({_clean(run.url)})" if run.style is Style.LINK and run.url else text


def _clean(text: str) -> str:
    """Return the text without characters that command a terminal."""
    return _CONTROLS.sub("\N{REPLACEMENT CHARACTER}", text)


def _free(folder: Path, name: str) -> Path:
    """Return a path in the folder that is not taken: name.eml, name-2.eml, …"""
    path, n = folder / Path(name).name, 1
    while path.exists():
        n += 1
        path = folder / f"{Path(name).stem}-{n}{Path(name).suffix}"
    return path
