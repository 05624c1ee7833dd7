"""Replies become messages that Telegram takes, with nothing lost on the way."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from bot.render import TEXT_LIMIT, parts, shortened, units
from tests.e2e.botapi.markup import parse
from tests.e2e.botapi.markup import units as telegram_units
from triage.dialogue.replies import Reply, Run, Style

STYLES = st.sampled_from([s for s in Style if s is not Style.LINK])
RUNS = st.lists(st.builds(Run, st.text(max_size=300), STYLES), max_size=8)


class TestStyles:
    def test_signs_of_html_are_escaped_in_every_style(self) -> None:
        for style in Style:
            (part,) = parts(Reply((Run("1 < 2 & <b>", style, 'https://example.org/?a=1&b="2"'),)))
            assert parse(part.html)[0] == "1 < 2 & <b>"

    def test_marked_words_are_bold_and_underlined(self) -> None:
        (part,) = parts(Reply((Run("то "), Run("слово", Style.MARK))))
        assert {e["type"] for e in parse(part.html)[1]} == {"bold", "underline"}

    def test_text_to_copy_and_quotes_keep_their_kind(self) -> None:
        (part,) = parts(Reply((Run("код", Style.PRE), Run("\n"), Run("п. 4.6", Style.QUOTE))))
        assert [e["type"] for e in parse(part.html)[1]] == ["pre", "blockquote"]

    def test_a_link_that_telegram_drops_is_plain_text(self) -> None:
        (part,) = parts(Reply((Run("почта", Style.LINK, "mailto:a@example.org"),)))
        assert part.html == "почта"


class TestParts:
    def test_a_reply_without_words_has_no_message(self) -> None:
        assert parts(Reply(())) == ()
        assert parts(Reply((Run(" \n "),))) == ()

    def test_long_texts_are_cut_on_line_borders(self) -> None:
        lines = [f"{n}: " + "слово " * 12 for n in range(200)]
        cut = parts(Reply((Run("\n".join(lines)),)))
        assert len(cut) > 2
        assert [line for part in cut for line in part.plain.split("\n")] == [x.rstrip() for x in lines] or all(
            part.plain.split(":")[0].isdigit() for part in cut
        )

    def test_a_style_goes_on_in_the_next_part(self) -> None:
        cut = parts(Reply((Run("x" * 5000, Style.PRE),)))
        assert [e["type"] for part in cut for e in parse(part.html)[1]] == ["pre", "pre"]

    def test_length_counts_utf16_units(self) -> None:
        cut = parts(Reply((Run("😀" * 3000),)))
        assert [units(part.plain) for part in cut] == [TEXT_LIMIT, 6000 - TEXT_LIMIT]

    @given(RUNS, st.integers(1, 40))
    def test_telegram_takes_every_part_and_no_sign_is_lost(self, runs: list[Run], times: int) -> None:
        reply = Reply(tuple(runs) * times)
        cut = parts(reply)
        for part in cut:
            text, _ = parse(part.html)
            assert 0 < telegram_units(text) <= TEXT_LIMIT
            assert text == part.plain.strip()
        kept = "".join("".join(part.plain.split()) for part in cut)
        assert kept == "".join(reply.text.replace("\0", "\ufffd").split())


class TestShortening:
    def test_leaves_a_short_text_and_marks_a_cut_one(self) -> None:
        assert shortened("коротко", 20) == "коротко"
        assert shortened("слово за словом", 8) == "слово з…"
        assert units(shortened("😀" * 50, 11)) <= 11
