"""The page in a real browser: roles and names of the contract, by keyboard, with files, with nonsense."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests.e2e.website import GO_ON, Site, answer_to
from triage.desk.ports import ChatKey
from triage.dialogue.incoming import Command
from triage.web.visitor import COOKIE, Visitor

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

pytestmark = pytest.mark.browser
PNG = b"\x89PNG\r\n\x1a\n" + bytes(64)


def box(page: Page) -> Any:
    return page.get_by_role("textbox", name="Сообщение")


def replies(page: Page) -> Any:
    return page.locator("[role=log] [data-seq]")


def say(page: Page, text: str) -> None:
    """Write and press Enter, then wait for the answer."""
    before = replies(page).count()
    box(page).fill(text)
    box(page).press("Enter")
    replies(page).nth(before).wait_for()


def press(page: Page, word: str) -> None:
    """Click a button of the step, then wait for the answer."""
    before = replies(page).count()
    page.get_by_role("log").get_by_role("button", name=word, exact=True).click()
    replies(page).nth(before).wait_for()


def press_by_keyboard(page: Page, word: str) -> None:
    """Go back with Shift+Tab until the button has the focus, then press Enter."""
    before = replies(page).count()
    box(page).focus()
    for _ in range(30):
        page.keyboard.press("Shift+Tab")
        if page.evaluate("document.activeElement.innerText") == word:
            page.keyboard.press("Enter")
            replies(page).nth(before).wait_for()
            return
    raise AssertionError(f"«{word}» cannot be reached by keyboard")


def words(page: Page) -> list[str]:
    return page.locator("[role=log] button:not(.copy)").all_inner_texts()


def walk(site: Site, page: Page, address: str) -> None:
    """Go on by keyboard alone until the letter is in the outbox."""
    for _ in range(15):
        shown = words(page)
        if not shown:
            return
        if word := next((word for word in GO_ON if word in shown), None):
            press_by_keyboard(page, word)
        else:
            say(page, answer_to(site, replies(page).last.inner_text(), address))
    raise AssertionError(f"the walk does not end: {replies(page).last.inner_text()}")


def visitor_chat(page: Page) -> ChatKey:
    token = next(c["value"] for c in page.context.cookies() if c["name"] == COOKIE)
    return Visitor(token, new=False).chat


class TestContract:
    def test_the_page_has_the_roles_and_names_of_the_contract(self, page: Page) -> None:
        assert page.get_by_role("log").count() == 1
        assert box(page).count() == 1
        assert page.get_by_role("button", name="Послать", exact=True).count() == 1
        assert page.get_by_label("Файлы", exact=True).get_attribute("type") == "file"

    def test_a_message_becomes_a_letter_by_keyboard_alone(self, site: Site, page: Page) -> None:
        assert page.evaluate("document.activeElement.id") == "message"
        page.keyboard.type("После обновления шлюз не работает, console отвечает 502")
        page.keyboard.press("Enter")
        replies(page).first.wait_for()
        before = len(site.mails())
        walk(site, page, "anna@example.org")
        assert "Письмо отправляется" in page.get_by_role("log").inner_text()
        page.wait_for_function("() => document.querySelector('[role=log]').innerText.includes('GR-')")
        letter = site.mails()[before]
        assert str(letter["Reply-To"]) == "anna@example.org"
        assert "После обновления шлюз не работает" in letter.get_body().get_content()

    def test_the_send_button_sends_too(self, page: Page) -> None:
        box(page).fill("Привет")
        page.get_by_role("button", name="Послать", exact=True).click()
        page.get_by_role("button", name="Понятно", exact=True).wait_for()
        assert box(page).input_value() == ""

    def test_typed_commands_and_words_work(self, page: Page) -> None:
        say(page, "/start")
        say(page, "понятно")
        say(page, "/help")
        assert "/delete_me" in replies(page).last.inner_text()

    def test_the_letter_can_be_sent_by_the_person(self, site: Site, page: Page) -> None:
        say(page, "Шлюз не работает https://gw.example.org 4.2.1\n1. Открыть\n2. Нажать")
        press(page, "Понятно")
        press(page, "Отправить")
        press(page, "Письмо самому")
        link = page.get_by_role("link", name="Открыть письмо в почтовой программе")
        assert (link.get_attribute("href") or "").startswith("mailto:")
        with page.expect_download() as download:
            page.get_by_role("link", name="Скачать").click()
        saved = Path(download.value.path()).read_bytes()
        assert download.value.suggested_filename.endswith(".eml")
        assert b"X-Unsent: 1" in saved


class TestFiles:
    def test_several_files_go_at_once_and_an_unusable_one_is_explained(self, page: Page) -> None:
        say(page, "/start")
        press(page, "Понятно")
        files: list[Any] = [
            {"name": "снимок.png", "mimeType": "image/png", "buffer": PNG},
            {"name": "gateway.log", "mimeType": "text/plain", "buffer": "пароль: hunter2x".encode("cp1251")},
            {"name": "setup.exe", "mimeType": "application/octet-stream", "buffer": b"MZ\x00"},
        ]
        page.get_by_label("Файлы", exact=True).set_input_files(files)
        assert "setup.exe" in page.locator("#chosen").inner_text()
        before = page.locator("[role=log] .sent").count()
        box(page).fill("Шлюз не работает")
        page.get_by_role("button", name="Послать", exact=True).click()
        page.locator("[role=log] .sent").nth(before).wait_for()
        log = page.get_by_role("log").inner_text()
        assert "снимок.png, gateway.log" in log
        assert "«setup.exe» в письмо не войдёт (п. 4.6)" in log
        assert "секретные данные (пароль)" in log
        assert "hunter2x" not in log
        assert page.locator("#chosen").is_hidden()


class TestSafety:
    def test_html_is_shown_as_text(self, page: Page) -> None:
        text = "<img src=x onerror=\"document.title='взломано'\"> <b>шлюз</b> не работает {{ 7*7 }} <script>1</script>"
        say(page, text)
        press(page, "Понятно")
        assert text in page.get_by_role("log").inner_text()
        assert page.locator("[role=log] b, [role=log] img, [role=log] script").count() == 0
        assert page.title() == "Помощник поддержки"

    @pytest.mark.parametrize(
        "text",
        [
            pytest.param("🔥🔥🔥", id="emoji"),
            pytest.param("https://gw.example.org", id="a link"),
            pytest.param("\u202eтекст наоборот\u202c", id="RTL"),
            pytest.param("\u200b\u200c\ufeff", id="zero width"),
            pytest.param("﷽" * 300, id="a wide character"),
            pytest.param("ы" * 100_000, id="100 kB"),
        ],
    )
    def test_nonsense_is_answered_and_does_not_break_the_page(self, page: Page, text: str) -> None:
        page.set_viewport_size({"width": 360, "height": 700})
        say(page, "/start")
        press(page, "Понятно")
        say(page, text)
        assert not page.evaluate("document.documentElement.scrollWidth > innerWidth")
        assert page.locator("#trouble").is_hidden()


class TestLiveliness:
    def test_late_answers_appear_by_themselves_and_the_focus_stays(self, site: Site, page: Page) -> None:
        say(page, "/start")
        box(page).fill("пишу дальше")
        before = replies(page).count()
        site.application.conversations.handle(visitor_chat(page), Command("help"))
        replies(page).nth(before).wait_for(timeout=6000)
        assert box(page).input_value() == "пишу дальше"
        assert page.evaluate("document.activeElement.id") == "message"

    def test_without_a_connection_the_text_stays_and_the_person_is_told(self, page: Page) -> None:
        page.context.set_offline(True)
        box(page).fill("Шлюз не работает")
        box(page).press("Enter")
        page.get_by_role("alert").get_by_text("нет связи с сервером").wait_for()
        assert box(page).input_value() == "Шлюз не работает"
        page.context.set_offline(False)
        box(page).press("Enter")
        page.get_by_role("button", name="Понятно", exact=True).wait_for()
        assert page.locator(".item.own").count() == 1

    def test_only_the_waiting_screen_keeps_its_buttons(self, page: Page) -> None:
        say(page, "Шлюз не работает")
        press(page, "Понятно")
        assert words(page) == ["Отправить", "Изменить", "Отмена"]
        press(page, "Отмена")
        assert words(page) == []

    def test_erased_data_leaves_the_page_too(self, page: Page) -> None:
        say(page, "Шлюз не работает")
        press(page, "Понятно")
        say(page, "/delete_me")
        page.get_by_role("button", name="Удалить", exact=True).click()
        page.get_by_text("Данные удалены").wait_for()
        assert "Шлюз не работает" not in page.get_by_role("log").inner_text()
        page.reload()
        assert "Шлюз не работает" not in page.get_by_role("log").inner_text()

    def test_the_conversation_is_there_after_a_reload(self, page: Page) -> None:
        say(page, "Шлюз не работает")
        page.reload()
        assert words(page) == ["Понятно"]
        assert "Шлюз не работает" in page.get_by_role("log").inner_text()


class TestLooks:
    @pytest.mark.parametrize("scheme", ["light", "dark"])
    def test_ground_and_words_follow_the_system_and_stay_readable(
        self, browser: Browser, site: Site, scheme: Any
    ) -> None:
        context = browser.new_context(color_scheme=scheme, viewport={"width": 360, "height": 700})
        page = context.new_page()
        page.goto(site.url)
        ground, ink = page.evaluate("(s => [s.backgroundColor, s.color])(getComputedStyle(document.body))")
        assert (luminance(ground) > luminance(ink)) == (scheme == "light")
        assert contrast(ground, ink) > 7
        context.close()

    def test_the_walk_works_without_a_script(self, browser: Browser, site: Site) -> None:
        context = browser.new_context(java_script_enabled=False)
        page = context.new_page()
        page.goto(site.url)
        box(page).fill("Шлюз не работает, <b>502</b>")
        page.get_by_role("button", name="Послать", exact=True).click()
        page.get_by_role("button", name="Понятно", exact=True).click()
        page.get_by_role("button", name="Не помогло", exact=True).click()
        log = page.get_by_role("log").inner_text()
        assert "Шлюз не работает, <b>502</b>" in log
        assert words(page) == ["Не знаю", "Отмена"]
        context.close()


def luminance(colour: str) -> float:
    """Relative luminance (WCAG 2.2) of `rgb(r, g, b)`."""
    parts = [int(p) / 255 for p in colour.removeprefix("rgb(").removesuffix(")").split(",")]
    linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    """Contrast ratio (WCAG 2.2)."""
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)
