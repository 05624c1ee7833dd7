"""Many reports: JSON Lines in, JSON Lines out, in order, in flat memory.

A bad line becomes an error object in its place and the rest is still done. With several
processes the lines travel in chunks; no more chunks are in flight than the processes can hold.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from dataclasses import dataclass
from itertools import islice
from typing import Any

import msgspec

from triage.analyzer import Analyzer
from triage.report import Attachment, Request

_CHUNK = 512
_IN_FLIGHT = 4


@dataclass(frozen=True, slots=True)
class Line:
    """What a line of input may hold; only the text is required (report contract)."""

    text: str
    id: str | None = None
    subject: str | None = None
    attachments: tuple[Attachment, ...] = ()


@dataclass(frozen=True, slots=True)
class Done:
    """A finished chunk: output lines, and how many of them report a bad line."""

    output: bytes
    lines: int
    bad: int


Chunk = Sequence[tuple[int, bytes]]
_decoder = msgspec.json.Decoder(Line)
_encoder = msgspec.json.Encoder()


def run(
    lines: Iterable[bytes],
    analyzer: Analyzer,
    *,
    processes: int = 1,
    start: Callable[[], Analyzer] | None = None,
) -> Iterator[Done]:
    """Yield finished chunks in order.

    `start` builds the chain inside a worker process; it must be a module-level callable.
    """
    chunks = _chunks(lines)
    if processes <= 1 or start is None:
        for chunk in chunks:
            yield work(chunk, analyzer)
        return
    with ProcessPoolExecutor(processes, initializer=_begin, initargs=(start,)) as pool:
        waiting: deque[Future[Done]] = deque()
        for chunk in chunks:
            waiting.append(pool.submit(_work_in_process, chunk))
            if len(waiting) >= processes * _IN_FLIGHT:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()


def work(chunk: Chunk, analyzer: Analyzer) -> Done:
    """Report on the lines of one chunk."""
    output, bad = [], 0
    for number, raw in chunk:
        answer, good = _answer(number, raw, analyzer)
        bad += not good
        output.append(_encoder.encode(answer) + b"\n")
    return Done(b"".join(output), len(chunk), bad)


def _answer(number: int, raw: bytes, analyzer: Analyzer) -> tuple[dict[str, Any], bool]:
    try:
        line = _decoder.decode(raw)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        return {"line": number, "error": f"not a request: {error}"}, False
    request = Request(line.text, line.id, line.subject, line.attachments)
    return analyzer.analyze(request).as_dict(), True


def _chunks(lines: Iterable[bytes]) -> Iterator[Chunk]:
    numbered = ((number, raw) for number, raw in enumerate(lines, 1) if raw.strip())
    while chunk := list(islice(numbered, _CHUNK)):
        yield chunk


_analyzer: list[Analyzer] = []


def _begin(start: Callable[[], Analyzer]) -> None:
    _analyzer[:] = [start()]


def _work_in_process(chunk: Chunk) -> Done:
    return work(chunk, _analyzer[0])
