"""The checks on hostile input: linear time up to a megabyte, any Unicode, spans inside the text."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from triage.checks import run_checks
from triage.checks.artefacts import read_artefacts
from triage.checks.language import find_language
from triage.checks.numbers import find_request_number
from triage.checks.problem import states_problem
from triage.checks.secrets import find_secrets
from triage.checks.several import has_several_problems
from triage.checks.sites import find_sites
from triage.checks.steps import find_steps
from triage.checks.versions import find_versions
from triage.report import Finding
from triage.text.redact import redact

_CHECKS: tuple[Callable[[str], Any], ...] = (
    find_secrets,
    find_language,
    find_sites,
    find_versions,
    find_steps,
    states_problem,
    has_several_problems,
    find_request_number,
    read_artefacts,
)

#: Each piece repeats what some pattern can begin with and never finish.
_PIECES = (
    "a",
    "х",
    "ё",
    " ",
    "\n",
    "a.",
    "a-",
    "х*",
    "х.",
    "х у й ",
    "х-у-",
    "*#",
    "1",
    "1.",
    "4.4.",
    "1.1.1.1:",
    "://",
    "a://b",
    "https://",
    "a@",
    "a:b@",
    "mongodb://a:",
    "пароль ",
    "пароль:",
    "password=",
    "password: <",
    "логин / ",
    "ключ вот ",
    "eyJ",
    "eyJaaaaaaaa.",
    "-----BEGIN PRIVATE KEY-----",
    "4111 ",
    "4111",
    "Bearer ",
    "-u a:",
    "[",
    "[::",
    "localhost:",
    "«",
    "(1) ",
    "1) открыл ",
    "открыл, ",
    "нажал → ",
    "первое: ",
    "второе: ",
    "у меня ",
    ", а у ",
    "и еще ",
    "два вопроса ",
    "заявка № ",
    "заявка ",
    "план «",
    '"plans": [{',
    "gravitee/",
    "i.g.g.",
    "a.b.Cd",
    "вы идиот ",
    "сука ",
    "бл*ть ",
    "\u0301",
    "\u200b",
    "ﷺ",
    "👍",
    "ssh a@",
    "GR-2026-",
    "слово «",
    "?",
    "<password>",
    "...",
    "…",
    "_",
    "'",
    "https://a.ru/b,",
    "a.ru,",
    "a.ru/,",
    "[a](https://a.ru)",
    "v.4.4",
    "? и ",
    "4.4 vs ",
    "х9 а ",
    'password="',
    "password=«",
    "password=a\"password='",
    "password=a,",
    "пароль:\n",
    "пароль:\n\n```\n> ",
    "пароль-aB3",
    "пароль: aB3x9Zk7Lm2Qw8Er",
    "a://b:c@",
    "a://b:c@d/",
    "a://b:c/",
    "a:\\/\\/b:c",
    "-----BEGIN PRIVATE KEY-----\n> ",
    "-----BEGIN PRIVATE KEY-----\nVersion: a\n",
    "-----BEGIN PRIVATE KEY-----MIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSj-----END ",
    "BEGIN PRIVATE KEY ",
    "\n> ",
    "mysql -p",
    "mysql -p'a",
    "mysql ",
    "redis-cli -a \\\n",
    "curl ",
    "curl -u",
    "curl -ua:b",
    "-u a -p ",
    "--password 'a",
    "--a-",
    "eyJaaaaaaaa.eyJ",
    "sk-",
    "Basic 4OTs6O06YWRt",
    "access_token=aB3$",
    "И\u0306",
    "\u0130",
    "ПАРОЛЬ\u0130:",
    "п\u00adароль: ",
)
_SMALL, _LARGE = 3_000, 24_000
#: Eight times the text may take eight times as long, and the machine is shared.
_ALLOWED = 30.0
_NOISE = 0.2


def _seconds(check: Callable[[str], Any], text: str) -> float:
    start = time.thread_time()
    check(text)
    return time.thread_time() - start


class TestTime:
    @pytest.mark.parametrize("piece", _PIECES, ids=repr)
    @pytest.mark.parametrize("check", _CHECKS, ids=lambda c: c.__name__)
    def test_grows_with_the_text_and_not_with_its_square(self, check: Callable[[str], Any], piece: str) -> None:
        small = piece * (_SMALL // len(piece))
        large = piece * (_LARGE // len(piece))
        check(piece)
        first = min(_seconds(check, small + end) for end in ("", "x"))
        assert _seconds(check, large) <= max(first, 0.002) * _ALLOWED + _NOISE

    @pytest.mark.slow
    @pytest.mark.parametrize("piece", _PIECES, ids=repr)
    def test_a_megabyte_takes_less_than_a_minute(self, piece: str) -> None:
        text = piece * (1_000_000 // len(piece))
        assert _seconds(lambda t: run_checks(t, find_secrets(t)), text) < 60


_TEXTS = st.one_of(
    st.text(max_size=200),
    st.lists(st.sampled_from(_PIECES), max_size=40).map("".join),
    st.lists(st.one_of(st.sampled_from(_PIECES), st.text(max_size=6)), max_size=30).map("".join),
)


class TestAnyText:
    @given(text=_TEXTS)
    @settings(max_examples=300, deadline=None)
    def test_gives_spans_inside_the_text_and_never_fails(self, text: str) -> None:
        secrets = find_secrets(text)
        checks = run_checks(redact(text, secrets), secrets)
        found: tuple[Finding, ...] = (*checks.site, *checks.version, *checks.steps, *checks.language, *secrets)
        assert all(0 <= f.start < f.end <= len(text) for f in found)

    @given(text=_TEXTS)
    @settings(max_examples=200, deadline=None)
    def test_a_hidden_secret_is_found_no_more(self, text: str) -> None:
        hidden = redact(text, find_secrets(text))
        assert all(
            hidden[f.start : f.end] not in text or "█" not in hidden[f.start : f.end] for f in find_secrets(hidden)
        )
        assert len(hidden) == len(text)
