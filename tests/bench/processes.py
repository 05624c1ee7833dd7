"""Whole commands: cold start of `triage check`, throughput and memory of `triage batch`."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from statistics import median

from tests.bench.table import Figure

_STARTS = 7
_SHORT, _LONG = 20_000, 1_000_000
_FEW = 2_000


@dataclass(frozen=True, slots=True)
class Cost:
    """What a finished command took: wall seconds, CPU seconds of it and its children, peak resident MB."""

    wall: float
    cpu: float
    megabytes: float


_LAUNCHER = """
import json, os, subprocess, sys
process = subprocess.Popen([sys.executable, "-m", "triage.cli", *sys.argv[1:]], stdout=subprocess.DEVNULL)
_, status, usage = os.wait4(process.pid, 0)
print(json.dumps([os.waitstatus_to_exitcode(status), usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024]))
"""


def command(*arguments: str, lines: Iterable[bytes] = ()) -> Cost:
    """Run a triage command, feeding it these lines.

    A small process starts it: the peak of memory is inherited from whoever forks, and this process is big.
    """
    start = time.perf_counter()
    launcher = [sys.executable, "-c", _LAUNCHER, *arguments]
    with subprocess.Popen(launcher, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        for line in lines:
            process.stdin.write(line)
        process.stdin.close()
        status, cpu, megabytes = json.loads(process.stdout.read())
    if status:
        raise RuntimeError(f"triage {' '.join(arguments)} ended with {status}")
    return Cost(time.perf_counter() - start, cpu, megabytes)


def many(texts: Sequence[str], count: int) -> Iterator[bytes]:
    """Lines for `triage batch`; each text is another one, because a number is added."""
    for number in range(count):
        yield json.dumps({"text": f"{texts[number % len(texts)]} {number}"}, ensure_ascii=False).encode() + b"\n"


def starts() -> Iterator[Figure]:
    """Cold start of one report."""
    group = "cold start of triage check"
    costs = [command("check", "Шлюз лежит, все запросы 502, версия 4.3.0") for _ in range(_STARTS)]
    yield Figure(group, f"wall time, best of {_STARTS}", min(c.wall for c in costs), "s", most=0.5)
    yield Figure(group, "CPU time, median", median(c.cpu for c in costs), "s")
    yield Figure(group, "peak memory", max(c.megabytes for c in costs), "MB", most=130)


def throughput(texts: Sequence[str], *, long: bool) -> Iterator[Figure]:
    """Texts a second with one and two processes, start excluded; growth of memory with the number of lines."""
    group = "triage batch"
    count = _LONG if long else _SHORT
    rates = {}
    for processes in (1, 2):
        few, lot = (
            command("batch", "-", "-", "--processes", str(processes), lines=many(texts, n)) for n in (_FEW, _SHORT)
        )
        rates[processes] = (_SHORT - _FEW) / (lot.wall - few.wall)
        if processes == 1:
            yield Figure(group, "texts a second of CPU", (_SHORT - _FEW) / (lot.cpu - few.cpu), least=3000)
            small, big = few.megabytes, lot.megabytes
    yield Figure(group, "texts a second of wall time, 1 process", rates[1])
    yield Figure(group, "texts a second of wall time, 2 processes", rates[2], ours=rates[1])
    if long:
        big = command("batch", "-", "-", lines=many(texts, count)).megabytes
    name = f"peak memory on {count:,} lines".replace(",", " ")
    yield Figure(group, name, big, "MB", most=round(small + 60))


def sample(texts: Sequence[str], most: int = 4000) -> list[str]:
    """The texts that batches are made of."""
    return list(islice(texts, most))
