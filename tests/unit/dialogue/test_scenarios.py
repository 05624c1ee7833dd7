"""Small dialogues as data, one line of JSON each.

Each string of a dialogue begins with a sign:
`> text` the person writes (`{code}` is the code mailed last), `[Word]` presses, `/word` commands;
`+name`, `+name=text`, `+name!problem` sends a file; `^id text` edits message `id`; `$kind text` writes
a message in which a secret was masked; `~` the pause passes, `~~` a day passes.
Then what must hold: `< text` was said in the last step, `<- text` was not; `# Word` is a button of the
screen, `#- Word` is not; `* Effect` was wanted in the last step, `*-` nothing was wanted; `= text` stands in
the last letter (subject and body), `=- text` does not; `! mark` goes with it.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.unit.dialogue.talk import Talk
from triage.dialogue.incoming import Edited, ReceivedFile, Said

CASES = [
    json.loads(line)
    for path in sorted((Path(__file__).parent / "cases").glob("*.jsonl"))
    for line in path.read_text(encoding="utf-8").splitlines()
    if line
]


def act(talk: Talk, sign: str, rest: str) -> bool:
    """Do what a line says; False when it is no action."""
    match sign:
        case ">":
            talk.say(rest.replace("{code}", talk.code) if "{code}" in rest else rest)
        case "[":
            talk.press(rest.rstrip("]"))
        case "/":
            talk.command(rest)
        case "+":
            talk.give(Said("", f"m{talk.steps}", files=(file(rest),)))
        case "^":
            message, _, text = rest.partition(" ")
            talk.give(Edited(text, message))
        case "$":
            kind, _, text = rest.partition(" ")
            talk.give(Said(text, f"m{talk.steps}", secret_kinds=(kind,)))
        case "~":
            talk.expire() if rest == "~" else talk.settle()
        case _:
            return False
    return True


def file(rest: str) -> ReceivedFile:
    name, _, text = rest.partition("=")
    name, _, problem = name.partition("!")
    ref = "" if text or problem else f"ref-{name}"
    return ReceivedFile(name, 10, ref=ref, text=text or None, problem=problem)


def check(talk: Talk, sign: str, rest: str) -> None:
    """Check what a line says must hold."""
    absent, rest = rest.startswith("-"), rest.removeprefix("-").strip()
    match sign:
        case "<":
            found = rest in talk.text
        case "#":
            found = rest in talk.labels
        case "*":
            names = [type(effect).__name__ for effect in talk.effects]
            found = rest in names if rest else bool(names)
        case "=":
            letter = talk.letters[-1].letter
            found = rest in f"{letter.subject}\n{letter.body}"
        case "!":
            found = rest in talk.letters[-1].marks
        case _:
            raise AssertionError(f"unknown sign {sign}")
    shown = talk.text if sign in "<#*" else talk.letters[-1]
    assert found is not absent, f"{sign}{'-' * absent} {rest}\n{shown}\n{talk.labels}\n{talk.effects}"


@pytest.mark.parametrize("case", CASES, ids=[case["name"] for case in CASES])
def test_dialogue(case: dict[str, Any]) -> None:
    talk = Talk(channel=case.get("channel", "web"), agents=case.get("agents", False))
    if case.get("consented", True):
        talk.say("/start")
        talk.press("Понятно")
    for line in case["dialogue"]:
        sign, rest = line[0], line[1:].strip(" ")
        if not act(talk, sign, rest):
            check(talk, sign, rest)
