"""What inline mode offers: an entry, a section, or the way to the bot, each as a message for any chat."""

from __future__ import annotations

from telegram import (
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    InlineQueryResultArticle,
    InputTextMessageContent,
    LinkPreviewOptions,
)
from telegram.constants import ParseMode

from bot import texts
from bot.render import parts, shortened
from triage.dialogue.commands import LINKED
from triage.dialogue.replies import Reply
from triage.dialogue.styled import Words, bold, lines, link
from triage.dialogue.texts import FAQ_MORE, plural
from triage.faq.entries import FaqEntry
from triage.faq.lookup import Lookup

DESCRIPTION, TITLE = 200, 120
NONE = "none"
ASK = "ask"  # what /start is given where no entry is meant


def of_entry(entry: FaqEntry, base: str, bot: str) -> InlineQueryResultArticle:
    """Return an entry: title, short form, link to the site, and a button that opens it in the bot."""
    url = f"{base}{entry.id}"
    content = _content(bold(entry.title), entry.short, link(FAQ_MORE, url))
    opened = InlineKeyboardButton(texts.INLINE_OPEN, url=_start(bot, f"{LINKED}{entry.id}"))
    return InlineQueryResultArticle(
        id=entry.id, title=entry.title, input_message_content=content, description=shortened(entry.short, DESCRIPTION),
        url=url, reply_markup=InlineKeyboardMarkup([[opened]]),
    )  # fmt: skip


def of_sections(lookup: Lookup, base: str, bot: str) -> list[InlineQueryResultArticle]:
    """Return the sections, the fullest first: each sends its titles with their links."""
    return [_section(n, name, lookup.of_section(name), base, bot) for n, name in enumerate(lookup.sections())]


def of_nothing(bot: str) -> list[InlineQueryResultArticle]:
    """Return the one result that says that nothing was found, and leads to the bot."""
    content = _content(texts.INLINE_NONE_SAID, link(texts.INLINE_OPEN, _start(bot, ASK)))
    return [
        InlineQueryResultArticle(
            id=NONE, title=texts.INLINE_NONE, input_message_content=content, description=texts.INLINE_NONE_HINT
        )
    ]


def _section(number: int, name: str, entries: tuple[FaqEntry, ...], base: str, bot: str) -> InlineQueryResultArticle:
    rows = [("• ", link(entry.title, f"{base}{entry.id}")) for entry in entries]
    count = plural(len(entries), "ответ", "ответа", "ответов")
    titles = "; ".join(entry.title for entry in entries)
    return InlineQueryResultArticle(
        id=f"section-{number}",
        title=name,
        input_message_content=_content(bold(name), *rows, link(texts.INLINE_OPEN, _start(bot, ASK))),
        description=shortened(f"{count}: {titles}", TITLE),
    )


def _content(*rows: Words) -> InputTextMessageContent:
    part = parts(Reply(lines(*rows)))[0]
    return InputTextMessageContent(
        part.html, parse_mode=ParseMode.HTML, link_preview_options=LinkPreviewOptions(is_disabled=True)
    )


def _start(bot: str, argument: str) -> str:
    """Return the link that opens the bot with an argument of /start (letters, digits, `_` and `-`, at most 64)."""
    return f"https://t.me/{bot}?start={argument}"
