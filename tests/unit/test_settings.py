"""Settings: defaults of the operating contract, clear refusals, the example file."""

from __future__ import annotations

from pathlib import Path

import pytest
from dotenv import dotenv_values

from triage.errors import WrongSetting
from triage.settings import _VARIABLES, Settings, host_and_port

TOP = Path(__file__).parents[2]


class TestDefaults:
    def test_are_those_of_the_contract(self) -> None:
        settings = Settings.from_env({})
        assert settings.telegram_token == ""
        assert settings.telegram_mode == "polling"
        assert settings.database_url == "sqlite:///triage.db"
        assert settings.mail_from == "triage-bot@localhost"
        assert settings.web_listen == "127.0.0.1:8080"
        assert settings.log == "console"
        assert settings.worker_id
        assert settings.policy_path.name == "regulation.toml"

    def test_an_empty_value_counts_as_absent(self) -> None:
        assert Settings.from_env({"TRIAGE_WEB_LISTEN": " "}).web_listen == "127.0.0.1:8080"


class TestWrongValues:
    @pytest.mark.parametrize(
        ("name", "value"),
        [
            ("TRIAGE_TELEGRAM_MODE", "pull"),
            ("TRIAGE_WEB_LISTEN", "8080"),
            ("TRIAGE_WEB_LISTEN", "127.0.0.1:http"),
            ("TRIAGE_WEB_LISTEN", "127.0.0.1:70000"),
            ("TRIAGE_AGENTS_CHAT_ID", "support"),
            ("TRIAGE_DATABASE_URL", "mysql://user:S3cret@host/name"),
            ("TRIAGE_SMTP_URL", "mail.example.org"),
            ("TRIAGE_SMTP_URL", "smtp://user:S3cret@host:port"),
            ("TRIAGE_TELEGRAM_PROXY", "ftp://host"),
            ("TRIAGE_MAIL_FROM", "bot"),
            ("TRIAGE_SUPPORT_MAILBOX", "a@b.ru, c@d.ru"),
            ("TRIAGE_LOG", "xml"),
        ],
    )
    def test_name_the_variable_and_never_show_the_value(self, name: str, value: str) -> None:
        with pytest.raises(WrongSetting) as caught:
            Settings.from_env({name: value})
        assert name in str(caught.value)
        assert "S3cret" not in str(caught.value)

    def test_webhook_mode_needs_an_address_and_a_secret(self) -> None:
        with pytest.raises(WrongSetting, match="TRIAGE_WEBHOOK_URL"):
            Settings.from_env({"TRIAGE_TELEGRAM_MODE": "webhook"})


class TestSecrets:
    def test_hide_in_repr(self) -> None:
        settings = Settings.from_env(
            {
                "TRIAGE_TELEGRAM_TOKEN": "1:TOKEN-VALUE",
                "TRIAGE_SMTP_URL": "smtp://u:HIDDEN@host:25",
                "TRIAGE_DATABASE_URL": "postgresql+psycopg://u:HIDDEN@host/name",
                "TRIAGE_TELEGRAM_PROXY": "http://u:HIDDEN@host:1",
                "TRIAGE_IMAP_URL": "imaps://u:HIDDEN@host/INBOX",
            }
        )
        assert "HIDDEN" not in repr(settings)
        assert "TOKEN-VALUE" not in repr(settings)


class TestTheExampleFile:
    def test_names_exactly_the_settings_there_are(self) -> None:
        assert set(dotenv_values(TOP / ".env.example")) == set(_VARIABLES)

    def test_is_valid_as_it_stands(self) -> None:
        values = {k: v or "" for k, v in dotenv_values(TOP / ".env.example").items()}
        assert Settings.from_env(values) == Settings.from_env({})


@pytest.mark.parametrize(("listen", "parts"), [("127.0.0.1:80", ("127.0.0.1", 80)), ("[::1]:8080", ("::1", 8080))])
def test_listen_is_split_into_host_and_port(listen: str, parts: tuple[str, int]) -> None:
    assert host_and_port(listen) == parts
