"""The letter on the screen and the two ways it leaves: through the bot, or by the person."""

from __future__ import annotations

import re
from dataclasses import replace
from urllib.parse import quote as escaped

from email_validator import EmailNotValidError, validate_email

from triage.dialogue import buttons as b
from triage.dialogue import flow, reading, texts
from triage.dialogue.compose import description, report_json
from triage.dialogue.context import Context
from triage.dialogue.effects import HandOver, RecordAddress, SendCode, Submit
from triage.dialogue.letter import Letter
from triage.dialogue.replies import OutFile, Reply
from triage.dialogue.state import Stage, State
from triage.dialogue.styled import bold, lines, pre, quote
from triage.dialogue.turn import Turn

_MAIL = re.compile(r"[^\s<>,;:()\"«»]+@[^\s<>,;:()\"«»]+")
_INNER = re.compile(r"(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)*(?:local|localhost|test)", re.IGNORECASE)
_SHOWN_IN_CHAT = 12_000
_MAILTO_LIMIT = 1900
_DIGITS = 6


def preview(state: State, context: Context) -> Reply:
    """Draw the whole letter as it will leave."""
    letter, address = _letter(state), confirmed(state, context)
    runs = lines(
        bold(texts.PREVIEW_TITLE),
        texts.preview_to(context.policy.addresses.mailbox),
        (bold(f"{texts.SUBJECT}: "), letter.subject),
        "",
        quote(_on_screen(letter.body, context).rstrip("\n")),
        "",
        texts.answer_to(address) if address else None,
        texts.PREVIEW_HINT,
        texts.NOT_OFFICIAL,
    )
    other = b.OTHER_MAIL if address else None
    whole = f"{texts.SUBJECT}: {letter.subject}\n\n{letter.body}"
    files = (OutFile(texts.LETTER_FILE, whole),) if _is_long(letter.body, context) else ()
    return Reply(runs, b.rows(b.BY_BOT, b.BY_SELF, b.EDIT, b.CANCEL, other), files=files)


def address_view(state: State, context: Context) -> Reply:
    """Draw the question for the person's mail address, or why no code can be sent today."""
    if spent(context):
        text = texts.code_limit(context.policy.dialogue.codes_per_day)
        last = texts.LAST_CODE if state.code else None
        return Reply(lines(text, last), b.rows(b.SEND, b.BY_SELF, b.EDIT, b.CANCEL))
    text = texts.MAIL_EXAMPLE if state.explained else texts.MAIL_QUESTION
    return Reply(lines(text), b.rows(b.BY_SELF, b.CANCEL))


def code_view(state: State, context: Context) -> Reply:
    """Draw the question for the six digits."""
    left = context.policy.dialogue.code_tries - state.tries
    wrong = texts.wrong_code(left) if state.tries and not state.explained else None
    text = texts.CODE_EXAMPLE if state.explained else texts.code_question(state.address)
    return Reply(lines(wrong, text), b.rows(b.NEW_CODE, b.OTHER_MAIL, b.BY_SELF, b.CANCEL))


def confirmed(state: State, context: Context) -> str:
    """Return the address that answers go to, "" when none was confirmed."""
    return context.person.address


def spent(context: Context) -> bool:
    """Whether today's codes are used up."""
    return context.person.codes_today >= context.policy.dialogue.codes_per_day


def by_bot(turn: Turn) -> Turn:
    """Send the letter, after the address was confirmed once."""
    if address := confirmed(turn.state, turn.context):
        return _submit(turn, address)
    return ask_address(turn)


def ask_address(turn: Turn) -> Turn:
    """Ask for the address."""
    return turn.at(Stage.ADDRESS, explained=False, code="", tries=0)


def addressed(turn: Turn, text: str) -> Turn:
    """Take an address and mail a code to it; when today's codes are used up, the last one."""
    if spent(turn.context):
        return coded(turn, text) if turn.state.code and _six(text) else turn.shown()
    address = mail_address(text)
    if not address:
        return turn.to(explained=True).shown()
    return _send_code(turn, address)


def new_code(turn: Turn) -> Turn:
    """Mail another code to the same address; when today's are used up the last one is still taken."""
    if spent(turn.context):
        return turn.at(Stage.ADDRESS, explained=False)
    return _send_code(turn, turn.state.address)


def coded(turn: Turn, text: str) -> Turn:
    """Take the six digits, or another address in their place."""
    if "@" in text and mail_address(text):
        return addressed(turn, text)
    digits = _six(text)
    if not digits:
        return turn.to(explained=True).shown()
    if digits == turn.state.code:
        address = turn.state.address
        return _submit(turn.do(RecordAddress(address)), address, texts.CONFIRMED)
    tries = turn.state.tries + 1
    left = turn.context.policy.dialogue.code_tries - tries
    if left <= 0:
        return ask_address(turn if spent(turn.context) else turn.say(*lines(texts.CODE_SPENT)))
    return turn.to(tries=tries, explained=False).shown()


def _six(text: str) -> str:
    """Return the digits of a code, "" when the text is none."""
    digits = re.sub(r"[\s-]", "", text)
    return digits if digits.isascii() and digits.isdigit() and len(digits) == _DIGITS else ""


def by_self(turn: Turn) -> Turn:
    """Give the letter to the person, who sends it himself."""
    letter = replace(_letter(turn.state), reply_to=confirmed(turn.state, turn.context))
    mailbox = turn.context.policy.addresses.mailbox
    runs = lines(
        texts.by_person(mailbox),
        texts.COPY_SUBJECT,
        pre(letter.subject),
        texts.COPY_TEXT,
        pre(_on_screen(letter.body, turn.context).rstrip("\n")),
        texts.what_next(turn.context.policy),
    )
    link = mailto(letter, mailbox) if turn.context.channel == "web" else ""
    turn = turn.do(HandOver(letter)).do(_submission(turn, letter, by_person=True))
    return flow.finished(turn.say(*runs, mailto=link))


def mail_address(text: str) -> str:
    """Return the first mail address of a text in its ASCII form, "" when there is none."""
    found = (_checked(match.rstrip(".")) for match in _MAIL.findall(text[:1000]))
    return next((address for address in found if address), "")


def _checked(address: str) -> str:
    local, _, domain = address.rpartition("@")
    inner = _INNER.fullmatch(domain) is not None
    try:
        checked = validate_email(
            f"{local}@example.com" if inner else address,
            check_deliverability=False,
            allow_smtputf8=False,
        )
    except EmailNotValidError:
        return ""
    return f"{local}@{domain}" if inner else checked.ascii_email or ""


def mailto(letter: Letter, mailbox: str) -> str:
    """Return a link that opens the letter in a mail program; a long body is left to be copied."""
    head = f"mailto:{mailbox}?subject={escaped(letter.subject)}&body="
    whole = head + escaped(letter.body.replace("\n", "\r\n"))
    return whole if len(whole) <= _MAILTO_LIMIT else head + escaped(texts.MAILTO_CUT)


def _is_long(body: str, context: Context) -> bool:
    return context.channel == "telegram" and len(body) > _SHOWN_IN_CHAT


def _on_screen(body: str, context: Context) -> str:
    """Return the body as a chat shows it: a chat of many small messages gets the rest as a file."""
    return body[:_SHOWN_IN_CHAT] + texts.WHOLE_IN_FILE if _is_long(body, context) else body


def _letter(state: State) -> Letter:
    assert state.letter is not None
    return state.letter


def _send_code(turn: Turn, address: str) -> Turn:
    code = turn.context.code
    turn = turn.do(SendCode(address, code))
    return turn.at(Stage.CODE, address=address, code=code, tries=0, explained=False)


def _submission(turn: Turn, letter: Letter, *, by_person: bool) -> Submit:
    state = turn.state
    return Submit(
        letter=letter,
        report=report_json(state),
        text=description(state),
        priority=reading.priority(state, turn.context).label,
        marks=reading.marks(state),
        by_person=by_person,
        phrases=reading.phrases(state),
    )


def _submit(turn: Turn, address: str, before: str | None = None) -> Turn:
    letter = replace(_letter(turn.state), reply_to=address)
    policy = turn.context.policy
    turn = turn.do(_submission(turn, letter, by_person=False))
    said = lines(before, texts.on_its_way(policy.addresses.mailbox, address), texts.what_next(policy))
    return flow.finished(turn.say(*said))
