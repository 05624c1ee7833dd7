"""The address of the SMTP server."""

from __future__ import annotations

from typing import Any

import pytest

from tests.unit.mail.test_compose import cases
from triage.errors import WrongSetting
from triage.mail.smtp import SmtpServer


class TestTheAddress:
    @pytest.mark.parametrize("case", cases("servers.jsonl"), ids=lambda case: str(case["url"]))
    def test_says_where_and_how(self, case: dict[str, Any]) -> None:
        server = SmtpServer.from_url(case["url"])
        assert {name: getattr(server, name) for name in case if name != "url"} == {
            name: value for name, value in case.items() if name != "url"
        }

    @pytest.mark.parametrize("url", ["http://x", "smtp://", "smtp://host:port", "smtp://host:99999", "mail"])
    def test_that_is_wrong_is_named_and_not_shown(self, url: str) -> None:
        with pytest.raises(WrongSetting, match="TRIAGE_SMTP_URL") as caught:
            SmtpServer.from_url(url.replace("://", "://bot:hidden@") if url != "smtp://" else url)
        assert "hidden" not in str(caught.value)

    def test_never_shows_the_password(self) -> None:
        assert "hidden" not in repr(SmtpServer.from_url("smtp://bot:hidden@mail.example.org"))
