"""How a request is written."""

from __future__ import annotations

import pytest

from triage.classify.registers import LETTERS, TALK, channel_of, register_of


@pytest.mark.parametrize(
    ("text", "register"),
    [
        ("шлюз лёг", "chat"),
        ("Прошу сообщить порядок оплаты", "formal"),
        ("скажите где в консоли посмотреть кто и когда развернул апи потому что никто не признаётся " * 2, "plain"),
        (
            "Добрый день!\n\nПортал открывается через раз, люди жалуются второй день подряд, как быть, не знаем совсем",
            "mail",
        ),
        (
            "Коллега пишет:\n> портал не открывается ни у кого из отдела, а у соседей открывается, что делать дальше",
            "mail",
        ),
        ("После helm upgrade gateway pod в CrashLoopBackOff, log: java.net.ConnectException mongodb timeout", "chat"),
        (
            "helm upgrade apim graviteeio/apim, потом kubectl logs gateway: Caused by: java.net.ConnectException, "
            "liveness probe failed, mongodb replicaset healthy, что ещё смотреть",
            "engineer",
        ),
    ],
)
def test_the_first_that_holds(text: str, register: str) -> None:
    assert register_of(text) == register


def test_letters_are_what_is_not_talk() -> None:
    assert channel_of("шлюз лёг") == TALK
    assert channel_of("Просим выставить счёт") == LETTERS
