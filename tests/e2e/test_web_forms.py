"""The whole walk over real HTTP without a script: forms, a redirect, the next page."""

from __future__ import annotations

import httpx

from tests.e2e.running import until
from tests.e2e.website import GO_ON, Site, answer_to
from tests.unit.web.visitors import Browser


async def walk(site: Site, browser: Browser, address: str) -> None:
    """Press what goes on and answer what is asked until no button is left."""
    for _ in range(15):
        shown = browser.words()
        if not shown:
            return
        if word := next((word for word in GO_ON if word in shown), None):
            await browser.press(word)
        else:
            await browser.say(answer_to(site, browser.last(), address))
    raise AssertionError(f"the walk does not end: {browser.last()}")


async def test_a_message_with_a_picture_becomes_a_letter_without_a_script(site: Site) -> None:
    picture = b"\x89PNG\r\n\x1a\n" + b"any bytes" * 99
    before = len(site.mails())
    async with httpx.AsyncClient(base_url=site.url, follow_redirects=True, timeout=20) as client:
        browser = Browser(client)
        await browser.open()
        await browser.say("Шлюз не работает, пароль: hunter2x", [("снимок.png", picture)])
        await walk(site, browser, "boris@example.org")
        assert "Письмо отправляется" in browser.html or "Письмо принято" in browser.html
    letter = until(lambda: site.mails()[before:], "the letter is in the outbox")[0]
    assert str(letter["Reply-To"]) == "boris@example.org"
    assert "hunter2x" not in letter.get_body().get_content()
    attached = [(part.get_filename(), part.get_content()) for part in letter.iter_attachments()]
    assert attached == [("снимок.png", picture)]


async def test_the_second_request_asks_for_no_address_again(site: Site) -> None:
    async with httpx.AsyncClient(base_url=site.url, follow_redirects=True, timeout=20) as client:
        browser = Browser(client)
        await browser.open()
        await browser.say("Шлюз не работает")
        await walk(site, browser, "vera@example.org")
        codes, letters = len(site.mails("vera@example.org")), len(site.mails())
        await browser.say("Как настроить кэш?")
        await walk(site, browser, "vera@example.org")
        until(lambda: len(site.mails()) > letters, "the second letter is in the outbox")
    assert len(site.mails("vera@example.org")) == codes == 1
