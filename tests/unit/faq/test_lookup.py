"""A search by few words finds what titles, sections and questions say, with a model or without one."""

from __future__ import annotations

from functools import cache

import pytest

from tests.builders import ROOT, policy
from tests.fakes import FakeAnalyzer
from triage.faq.entries import load_entries
from triage.faq.lookup import Lookup


@cache
def lookup() -> Lookup:
    return Lookup(load_entries(ROOT / "data" / "faq"))


def found(query: str) -> list[str]:
    """What is found without a chain."""
    return [entry.id for entry in lookup().find(query)]


@pytest.mark.parametrize(
    ("query", "first"),
    [
        ("502", "error-502"),
        ("ошибка 502", "error-502"),
        ("error-503", "error-503"),
        ("почему шлюз отвечает 504", "error-504"),
        ("ldap", "ldap"),
        ("LDAP подключить", "ldap"),
        ("установка docker", "install-docker"),
        ("докер", "install-docker"),
        ("кэш", "cache-policy"),
        ("забыл пароль", "reset-password"),
        ("сертефикат шлюз", "tls-gateway"),
        ("rate limit", "rate-limit"),
        ("не открывается консоль", "console-blank"),
        ("grpc", "grpc"),
        ("gRPC барахлит", "grpc"),
    ],
)
def test_the_words_of_a_title_lead_to_it(query: str, first: str) -> None:
    assert found(query)[0] == first


def test_the_beginning_of_a_title_comes_first() -> None:
    assert found("Как подключить L")[0] == "ldap"
    assert found("как настроить cor")[0] == "cors"


def test_the_name_of_a_section_finds_its_entries() -> None:
    sections = {entry.section for entry in lookup().find("мониторинг")}
    assert sections == {"Мониторинг"}


@pytest.mark.parametrize("query", ["", "  ", "пиво", "котики мурлычат", "рецепт борща", "как", "и не", "?!"])
def test_what_no_entry_holds_finds_nothing(query: str) -> None:
    assert found(query) == []


def test_there_are_at_most_three() -> None:
    assert len(found("api")) == 3
    assert len(lookup().find("api", limit=10)) == 10


def test_the_chains_hits_come_before_words() -> None:
    chain = FakeAnalyzer(policy()).analyze
    assert next(entry.id for entry in lookup().find("журнал при 503", chain)) == "error-503"


def test_sections_stand_the_fullest_first_and_hold_every_entry() -> None:
    names = lookup().sections()
    sizes = [len(lookup().of_section(name)) for name in names]
    assert sizes == sorted(sizes, reverse=True)
    assert sum(sizes) == len(load_entries(ROOT / "data" / "faq"))


def test_what_is_withheld_is_found_only_by_those_who_want_everything() -> None:
    held = Lookup(load_entries(ROOT / "data" / "faq"), lambda: {"ldap"})
    assert "ldap" not in [entry.id for entry in held.find("ldap")]
    assert [entry.id for entry in held.find("ldap", every=True)] == ["ldap"]
    assert (held.offers("ldap"), held.offers("cors"), held.offers("nosuch")) == (False, True, False)


def test_a_long_or_odd_query_is_taken_calmly() -> None:
    assert isinstance(found("а" * 5000), list)
    assert isinstance(found("\x00💥 " * 50 + "502"), list)
