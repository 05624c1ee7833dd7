"""The conversation by plain forms: what a browser without a script does."""

from __future__ import annotations

import dataclasses

import httpx
import pytest
import sqlalchemy as sa

from tests.unit.web.visitors import Browser, text_of
from triage.bootstrap import Application
from triage.desk.ports import ChatKey
from triage.errors import StoreUnavailable
from triage.web.app import create_app
from triage.web.visitor import COOKIE

PNG = b"\x89PNG\r\n\x1a\n" + bytes(32)


def rows(app: Application, table: str) -> int:
    with app.database.unit() as unit:
        return int(unit.session.scalar(sa.text(f"select count(*) from {table}")) or 0)


def everything_kept(app: Application) -> str:
    """Return all that the database holds, as one text."""
    with app.database.unit() as unit:
        tables = unit.session.scalars(sa.text("select name from sqlite_master where type = 'table'")).all()
        return "\n".join(
            repr(tuple(row)) for t in tables for row in unit.session.execute(sa.text(f'select * from "{t}"'))
        )


class TestPage:
    async def test_looking_at_the_page_keeps_nothing(self, app: Application, browser: Browser) -> None:
        await browser.open()
        assert browser.status == 200
        assert rows(app, "conversations") == 0

    async def test_the_visitors_token_is_hidden_from_scripts_and_from_the_database(
        self, app: Application, client: httpx.AsyncClient, browser: Browser
    ) -> None:
        fresh = await client.get("/", headers={"cookie": ""})
        assert "HttpOnly" in fresh.headers["set-cookie"]
        assert "SameSite=lax" in fresh.headers["set-cookie"]
        await browser.say("Шлюз не работает")
        assert client.cookies[COOKIE] not in everything_kept(app)

    async def test_two_visitors_do_not_see_each_other(self, app: Application, browser: Browser) -> None:
        await browser.say("Шлюз не работает")
        async with httpx.AsyncClient(
            transport=httpx.ASGITransport(create_app(app)), base_url="http://desk.test"
        ) as other:
            assert "Шлюз не работает" not in (await other.get("/")).text

    @pytest.mark.parametrize("token", ["", "short", "x" * 500, "../../etc/passwd....aa", "ыыыыыыыыыыы"])
    async def test_a_malformed_token_is_replaced(self, client: httpx.AsyncClient, token: str) -> None:
        client.cookies.clear()
        response = await client.get("/", headers={"cookie": f"{COOKIE}={token}".encode()})
        assert COOKIE in response.headers["set-cookie"]

    async def test_nothing_comes_from_elsewhere(self, browser: Browser, client: httpx.AsyncClient) -> None:
        headers = (await client.get("/")).headers
        assert headers["content-security-policy"].startswith("default-src 'none'; script-src 'self'")
        assert "unsafe" not in headers["content-security-policy"]
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["cache-control"] == "no-store"
        style = await client.get("/static/style.css")
        assert style.headers["cache-control"] == "no-cache"
        assert "url(" not in style.text
        assert "http://" not in browser.html.replace("http://desk.test", "")
        assert "https://" not in browser.html
        assert " style=" not in browser.html
        assert " onclick" not in browser.html


class TestConversation:
    async def test_what_waits_for_consent_is_taken_up_by_itself(self, browser: Browser) -> None:
        await browser.say("Шлюз не работает, версия 4.2.1")
        assert browser.words() == ["Понятно"]
        await browser.press("Понятно")
        assert "Что понято из обращения" in browser.last()
        assert browser.words() == ["Отправить", "Изменить", "Отмена"]

    async def test_the_visitors_words_stand_between_the_answers(self, browser: Browser) -> None:
        await browser.say("Шлюз не работает")
        await browser.press("Понятно")
        page = text_of(browser.html)
        said = ("Шлюз не работает", "Как обращаются с Вашими данными", ". Выбрано", "Что понято из обращения")
        places = [page.index(words) for words in said]
        assert places == sorted(places)

    async def test_an_old_button_changes_nothing(self, browser: Browser, client: httpx.AsyncClient) -> None:
        await browser.say("Шлюз не работает")
        await browser.press("Понятно")
        await client.post("/chat/press", data={"code": "send", "screen": "1"})
        await browser.open()
        assert "уже не действует" in browser.html
        assert browser.words() == ["Отправить", "Изменить", "Отмена"]

    async def test_a_form_sent_twice_counts_once(self, app: Application, browser: Browser) -> None:
        before = browser.html
        await browser.say("Шлюз не работает")
        replies = rows(app, "replies")
        browser.html = before
        await browser.say("Шлюз не работает")
        assert rows(app, "replies") == replies
        assert text_of(browser.html).count("Шлюз не работает") == 1

    async def test_an_empty_message_is_told_so(self, app: Application, browser: Browser) -> None:
        await browser.say("  \r\n ")
        assert browser.status == 422
        assert "Сообщение пустое" in browser.html
        assert rows(app, "conversations") == 0

    async def test_a_text_over_the_limit_is_refused_clearly_and_100_kb_are_taken(self, browser: Browser) -> None:
        await browser.say("ы" * 500_001)
        assert browser.status == 413
        assert "больше 1 МБ" in browser.html
        await browser.say("Шлюз не работает. " + "a" * 100_000)
        assert browser.status == 200
        assert browser.words() == ["Понятно"]

    async def test_markup_is_escaped(self, browser: Browser) -> None:
        await browser.say("<script>alert(1)</script> {{ 7*7 }} [x](javascript:alert(1)) не работает")
        await browser.press("Понятно")
        assert "<script>alert" not in browser.html
        assert "&lt;script&gt;alert(1)&lt;/script&gt;" in browser.html
        assert "javascript:alert(1)</a>" not in browser.html

    async def test_a_file_name_is_escaped(self, browser: Browser) -> None:
        await browser.say("Шлюз не работает", [('"><img src=x onerror=alert(1)>.exe', b"MZ")])
        assert "<img" not in browser.html

    async def test_a_secret_is_masked_before_anything_is_kept(self, app: Application, browser: Browser) -> None:
        log = ("gateway.log", "2026-11-25 пароль: Tr0ub4dor\n".encode())
        await browser.say("Шлюз не работает, пароль: hunter2x", [log])
        kept = everything_kept(app)
        assert "hunter2x" not in kept
        assert "Tr0ub4dor" not in kept
        assert "hunter2x" not in browser.html
        assert "секретные данные" in browser.html


class TestFiles:
    @pytest.mark.parametrize(
        ("name", "content", "said"),
        [
            ("a.exe", b"MZ", "п. 4.6"),
            ("a.txt", b"\x00\x01\x02" * 50, "не удалось прочитать как текст"),
            ("a.png", b"not a picture", "п. 4.6"),
            ("a.gif", b"GIF89a" + bytes(20 << 20), "слишком большой"),
            ("безымянный", b"x", "п. 4.6"),
        ],
    )
    async def test_an_unusable_file_is_refused_with_its_reason(
        self, browser: Browser, name: str, content: bytes, said: str
    ) -> None:
        await browser.say("Шлюз не работает", [(name, content)])
        assert browser.status == 200
        assert said in text_of(browser.html)
        assert browser.words() == ["Понятно"]

    async def test_pictures_are_kept_and_texts_are_read(self, app: Application, browser: Browser) -> None:
        files = [("окно.png", PNG), ("a.log", "ошибка шлюза".encode("cp1251")), ("b.yml", b"\xef\xbb\xbfport: 8082")]
        await browser.say("", files)
        await browser.press("Понятно")
        assert rows(app, "files") == 1
        kept = everything_kept(app)
        assert "ошибка шлюза" in kept
        assert "port: 8082" in kept

    async def test_too_many_files_are_told_so(self, browser: Browser) -> None:
        await browser.say("x", [(f"{n}.txt", b"x") for n in range(21)])
        assert browser.status == 413
        assert "не больше 20 файлов" in browser.html

    async def test_a_handed_over_file_belongs_to_its_visitor_alone(
        self, app: Application, browser: Browser, client: httpx.AsyncClient
    ) -> None:
        await browser.say("/start")
        await browser.press("Понятно")
        await browser.say("/my_data")
        path = browser.html.rpartition('href="/chat/files/')[2].partition('"')[0]
        mine = await client.get(f"/chat/files/{path}")
        assert mine.status_code == 200
        assert mine.headers["content-disposition"].startswith("attachment")
        assert "consent" in mine.json()
        client.cookies.clear()
        assert (await client.get(f"/chat/files/{path}")).status_code == 404


class TestGuards:
    @pytest.mark.parametrize(
        "headers",
        [
            {"origin": "http://evil.test"},
            {"origin": "null"},
            {"origin": "http://desk.test:81"},
            {"referer": "http://evil.test/desk.test"},
            {"sec-fetch-site": "cross-site"},
        ],
    )
    @pytest.mark.parametrize("path", ["/chat/say", "/chat/press"])
    async def test_a_post_from_another_page_does_nothing(
        self, app: Application, client: httpx.AsyncClient, path: str, headers: dict[str, str]
    ) -> None:
        data = {"message": "Шлюз не работает", "code": "agree"}
        response = await client.post(path, data=data, headers=headers)
        assert response.status_code == 403
        assert "с чужой страницы" in response.text
        assert rows(app, "conversations") == 0

    async def test_a_post_from_our_page_is_taken(self, client: httpx.AsyncClient) -> None:
        headers = {"origin": "http://desk.test"}
        response = await client.post("/chat/say", data={"message": "Шлюз"}, headers=headers)
        assert response.status_code == 200

    @pytest.mark.parametrize("chunked", [False, True], ids=["announced", "unannounced"])
    async def test_a_body_over_the_limit_is_refused_clearly(self, client: httpx.AsyncClient, chunked: bool) -> None:
        head = b'--x\r\nContent-Disposition: form-data; name="files"; filename="a.txt"\r\n\r\n'
        pieces = [head, *([bytes(1 << 20)] * 27), b"\r\n--x--\r\n"]

        async def slowly() -> object:
            for piece in pieces:
                yield piece

        response = await client.post(
            "/chat/say",
            content=slowly() if chunked else b"".join(pieces),
            headers={"content-type": "multipart/form-data; boundary=x"},
        )
        assert response.status_code == 413
        assert "больше 25 МБ" in response.text

    @pytest.mark.parametrize(
        ("method", "path", "status"),
        [
            ("GET", "/nowhere", 404),
            ("GET", "/chat/say", 405),
            ("GET", "/chat/files/1/0", 404),
            ("GET", "/chat/files/x/y", 422),
            ("GET", "/chat/new?after=x", 422),
            ("POST", "/chat/press", 400),
            ("GET", "/static/../app.py", 404),
        ],
    )
    async def test_a_wrong_address_shows_a_calm_page(
        self, client: httpx.AsyncClient, method: str, path: str, status: int
    ) -> None:
        response = await client.request(method, path)
        assert response.status_code == status
        assert "Вернуться к переписке" in response.text

    async def test_a_broken_form_is_told_so(self, client: httpx.AsyncClient) -> None:
        headers = {"content-type": "multipart/form-data; boundary=x"}
        response = await client.post("/chat/say", content=b"\xff\xfe no form", headers=headers)
        assert response.status_code in (400, 422)
        assert "Traceback" not in response.text


class Broken:
    """Conversations whose every use fails in the same way."""

    def __init__(self, error: Exception) -> None:
        self._error = error

    def __getattr__(self, name: str) -> object:
        raise self._error


class TestFailures:
    @pytest.mark.parametrize(
        ("error", "status", "said"),
        [
            (StoreUnavailable("The database is locked"), 503, "хранилище не отвечает"),
            (RuntimeError("secret detail"), 500, "Что-то пошло не так"),
        ],
    )
    async def test_a_failure_is_told_calmly(self, app: Application, error: Exception, status: int, said: str) -> None:
        broken = create_app(dataclasses.replace(app, conversations=Broken(error)))
        transport = httpx.ASGITransport(broken, raise_app_exceptions=False)
        async with httpx.AsyncClient(transport=transport, base_url="http://desk.test") as client:
            await client.get("/")
            page = await client.post("/chat/say", data={"message": "Шлюз"})
            piece = await client.post("/chat/say", data={"message": "Шлюз"}, headers={"x-requested-with": "fetch"})
        assert page.status_code == piece.status_code == status
        assert said in page.text
        assert piece.text.startswith(said[:5]) or said in piece.text
        for answer in (page, piece):
            assert "Traceback" not in answer.text
            assert "secret detail" not in answer.text


class TestPieces:
    async def test_the_script_gets_only_what_is_new(self, app: Application, client: httpx.AsyncClient) -> None:
        await client.get("/")
        fetch = {"x-requested-with": "fetch"}
        first = await client.post("/chat/say", data={"message": "Шлюз не работает"}, headers=fetch)
        assert "<html" not in first.text
        assert "Шлюз не работает" in first.text
        seq = first.text.rpartition('data-seq="')[2].partition('"')[0]
        nothing = await client.get(f"/chat/new?after={seq}", headers=fetch)
        assert nothing.status_code == 204
        press = {"code": "agree", "after": seq}
        second = await client.post("/chat/press", data=press, headers=fetch)
        assert "Как обращаются" not in second.text
        assert "Что понято" in second.text
        assert second.headers["x-live"] == "2"

    async def test_a_stranger_asking_for_news_costs_no_row(self, app: Application, client: httpx.AsyncClient) -> None:
        assert (await client.get("/chat/new")).status_code == 204
        assert app.conversations.replies_after(ChatKey("web", "x"), 0) == ()
        assert rows(app, "conversations") == 0
