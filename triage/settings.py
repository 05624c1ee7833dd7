"""All settings in one frozen object, read once from the environment (and `.env`)."""

from __future__ import annotations

import os
import socket
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from triage.errors import WrongSetting
from triage.text.paths import data_dir, models_dir


@dataclass(frozen=True, slots=True)
class Settings:
    """Names and defaults are those of the operating contract; secrets hide in repr."""

    telegram_token: str = field(default="", repr=False)
    telegram_api_url: str = "https://api.telegram.org/bot"
    telegram_file_url: str = "https://api.telegram.org/file/bot"
    telegram_proxy: str = field(default="", repr=False)
    telegram_mode: str = "polling"
    webhook_url: str = ""
    webhook_secret: str = field(default="", repr=False)
    webhook_listen: str = "127.0.0.1:8081"
    agents_chat_id: int | None = None
    database_url: str = field(default="sqlite:///triage.db", repr=False)
    smtp_url: str = field(default="", repr=False)
    mail_from: str = "triage-bot@localhost"
    support_mailbox: str = ""
    imap_url: str = field(default="", repr=False)
    web_listen: str = "127.0.0.1:8080"
    policy_path: Path = Path()
    worker_id: str = ""
    log: str = "console"
    reader: str = "auto"
    data_dir: Path = Path()
    models_dir: Path = Path()
    outbox_dir: Path = Path("outbox")

    @classmethod
    def from_env(cls, env: Mapping[str, str] | None = None) -> Settings:
        """Read the TRIAGE_* variables; an empty value counts as absent.

        Raises WrongSetting that names the variable and what it takes; the value of a secret is never shown.
        """
        source = os.environ if env is None else env
        values: dict[str, object] = {
            "worker_id": socket.gethostname(),
            "data_dir": data_dir(source),
            "models_dir": models_dir(source),
            "policy_path": data_dir(source) / "regulation.toml",
        }
        for name, (key, read) in _VARIABLES.items():
            if text := source.get(name, "").strip():
                values[key] = read(name, text)
        settings = cls(**values)  # type: ignore[arg-type]
        if settings.telegram_mode == "webhook" and not (settings.webhook_url and settings.webhook_secret):
            raise WrongSetting("TRIAGE_TELEGRAM_MODE=webhook also needs TRIAGE_WEBHOOK_URL and TRIAGE_WEBHOOK_SECRET")
        return settings


def host_and_port(listen: str) -> tuple[str, int]:
    """Split a checked `host:port` value; IPv6 hosts stand in brackets."""
    host, _, port = listen.rpartition(":")
    return host.strip("[]"), int(port)


def _text(name: str, text: str) -> str:
    return text


def _path(name: str, text: str) -> Path:
    return Path(text)


def _one_of(*allowed: str) -> Callable[[str, str], str]:
    def read(name: str, text: str) -> str:
        if text not in allowed:
            raise WrongSetting(f"{name} takes one of: {', '.join(allowed)}")
        return text

    return read


def _listen(name: str, text: str) -> str:
    host, _, port = text.rpartition(":")
    if not host or not port.isdigit() or not 0 <= int(port) < 65536:
        raise WrongSetting(f"{name} takes host:port, for example 127.0.0.1:8080")
    return text


def _chat(name: str, text: str) -> int:
    try:
        return int(text)
    except ValueError:
        raise WrongSetting(f"{name} takes a chat's number, for example -1001234567890") from None


def _url(*schemes: str) -> Callable[[str, str], str]:
    def read(name: str, text: str) -> str:
        try:
            parts = urlsplit(text)
            valid = parts.scheme in schemes and bool(parts.hostname)
            _ = parts.port
        except ValueError:
            valid = False
        if not valid:
            raise WrongSetting(f"{name} takes an address that begins with {' or '.join(s + '://' for s in schemes)}")
        return text

    return read


def _database(name: str, text: str) -> str:
    if not text.startswith(("sqlite:///", "postgresql+psycopg://")):
        raise WrongSetting(f"{name} takes sqlite:///FILE or postgresql+psycopg://user:password@host/name")
    return text


def _mail(name: str, text: str) -> str:
    local, _, domain = text.rpartition("@")
    if not local or not domain or any(c.isspace() or c in "<>,;" for c in text):
        raise WrongSetting(f"{name} takes one mail address, for example triage-bot@example.org")
    return text


_VARIABLES: dict[str, tuple[str, Callable[[str, str], object]]] = {
    "TRIAGE_TELEGRAM_TOKEN": ("telegram_token", _text),
    "TRIAGE_TELEGRAM_API_URL": ("telegram_api_url", _url("http", "https")),
    "TRIAGE_TELEGRAM_FILE_URL": ("telegram_file_url", _url("http", "https")),
    "TRIAGE_TELEGRAM_PROXY": ("telegram_proxy", _url("http", "https", "socks5", "socks5h")),
    "TRIAGE_TELEGRAM_MODE": ("telegram_mode", _one_of("polling", "webhook")),
    "TRIAGE_WEBHOOK_URL": ("webhook_url", _url("http", "https")),
    "TRIAGE_WEBHOOK_SECRET": ("webhook_secret", _text),
    "TRIAGE_WEBHOOK_LISTEN": ("webhook_listen", _listen),
    "TRIAGE_AGENTS_CHAT_ID": ("agents_chat_id", _chat),
    "TRIAGE_DATABASE_URL": ("database_url", _database),
    "TRIAGE_SMTP_URL": ("smtp_url", _url("smtp", "smtps")),
    "TRIAGE_MAIL_FROM": ("mail_from", _mail),
    "TRIAGE_SUPPORT_MAILBOX": ("support_mailbox", _mail),
    "TRIAGE_IMAP_URL": ("imap_url", _url("imap", "imaps")),
    "TRIAGE_WEB_LISTEN": ("web_listen", _listen),
    "TRIAGE_POLICY": ("policy_path", _path),
    "TRIAGE_WORKER_ID": ("worker_id", _text),
    "TRIAGE_LOG": ("log", _one_of("console", "json")),
    "TRIAGE_READER": ("reader", _one_of("auto", "quick", "both")),
    "TRIAGE_OUTBOX": ("outbox_dir", _path),
}
