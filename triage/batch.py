"""Many reports: JSON Lines in, JSON Lines out, in order, in flat memory.

A bad line becomes an error object in its place and the rest is still done. With several
processes the lines travel in chunks; no more chunks are in flight than the processes can hold.
A line may be masked before it travels: its report is the same, and no secret is kept on the way.
"""

from __future__ import annotations

from codecs import BOM_UTF8
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from dataclasses import dataclass, replace

import msgspec

from triage.analyzer import Analyzer
from triage.checks.secrets import find_secrets
from triage.report import Attachment, Finding, Request
from triage.text.redact import redact

_CHUNK = 512  # lines
_CHUNK_SIZE = 1 << 20  # bytes
_IN_FLIGHT = 4
_TOGETHER = 64  # lines


@dataclass(frozen=True, slots=True)
class Line:
    """What a line of input may hold; only the text is required (report contract)."""

    text: str
    id: str | None = None
    subject: str | None = None
    attachments: tuple[Attachment, ...] = ()


@dataclass(frozen=True, slots=True)
class Masked:
    """A request whose secrets are hidden, with the findings of the open text."""

    request: Request
    secrets: tuple[Finding, ...]


@dataclass(frozen=True, slots=True)
class Done:
    """A finished chunk: output lines, and how many of them report a bad line."""

    output: bytes
    lines: int
    bad: int


Chunk = Sequence[tuple[int, bytes | Masked]]
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
    parts = chunks(lines)
    if processes <= 1 or start is None:
        for chunk in parts:
            yield work(chunk, analyzer)
        return
    with ProcessPoolExecutor(processes, initializer=_begin, initargs=(start,)) as pool:
        waiting: deque[Future[Done]] = deque()
        for chunk in parts:
            waiting.append(pool.submit(_work_in_process, chunk))
            if len(waiting) >= processes * _IN_FLIGHT:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()


def work(chunk: Chunk, analyzer: Analyzer) -> Done:
    """Report on the lines of one chunk; some are read together, which takes less time than one by one."""
    output, bad = [], 0
    for first in range(0, len(chunk), _TOGETHER):
        found = [
            line if isinstance(line, Masked) else mask(number, line)
            for number, line in chunk[first : first + _TOGETHER]
        ]
        if analyzer.classifier is not None:
            analyzer.classifier.read_ahead([_seen(one.request) for one in found if isinstance(one, Masked)])
        for one in found:
            bad += isinstance(one, bytes)
            output.append(one if isinstance(one, bytes) else _report(one, analyzer))
    return Done(b"".join(output), len(chunk), bad)


def mask(number: int, raw: bytes) -> Masked | bytes:
    """Return the line without its secrets, or, of a bad line, the line of output that reports it."""
    try:
        line = _decoder.decode(raw)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        return _encoder.encode({"line": number, "error": f"not a request: {error}"}) + b"\n"
    secrets = find_secrets(line.text)
    request = Request(
        redact(line.text, secrets),
        line.id,
        line.subject and _hidden(line.subject),
        tuple(replace(file, name=_hidden(file.name)) for file in line.attachments),
    )
    return Masked(request, secrets)


def chunks(lines: Iterable[bytes]) -> Iterator[Sequence[tuple[int, bytes]]]:
    """Yield the numbered lines that are not blank, in chunks bounded in lines and in bytes."""
    chunk: list[tuple[int, bytes]] = []
    size = 0
    for number, raw in enumerate(lines, 1):
        if number == 1:
            raw = raw.removeprefix(BOM_UTF8)  # editors of some systems begin a file with it
        if not raw.strip():
            continue
        chunk.append((number, raw))
        size += len(raw)
        if len(chunk) == _CHUNK or size >= _CHUNK_SIZE:
            yield chunk
            chunk, size = [], 0
    if chunk:
        yield chunk


def _seen(request: Request) -> str:
    """Return the text as the classifier will be asked about it."""
    return f"{request.subject}\n{request.text}" if request.subject else request.text


def _report(line: Masked, analyzer: Analyzer) -> bytes:
    return _encoder.encode(analyzer.analyze(line.request, secrets=line.secrets).as_dict()) + b"\n"


def _hidden(text: str) -> str:
    return redact(text, find_secrets(text))


_analyzer: list[Analyzer] = []


def _begin(start: Callable[[], Analyzer]) -> None:
    _analyzer[:] = [start()]


def _work_in_process(chunk: Chunk) -> Done:
    return work(chunk, _analyzer[0])
