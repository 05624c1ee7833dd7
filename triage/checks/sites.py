"""Addresses of the user's own installation (labelling guide, `site`).

Candidates are found by shape; then ordered rules answer or abstain, and what no rule claims is the user's.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from triage.checks.lexicons import lexicon_path, load_sections, wildcard
from triage.report import Finding

_LABEL = r"[a-zа-яё0-9_](?:[a-zа-яё0-9_-]{0,61}[a-zа-яё0-9])?"
_PATH = r"(?:[/?#][^\s\"'`<>«»|\\^{}\[\]]{0,500})?"
_CANDIDATE = re.compile(
    r"(?P<url>[a-z][a-z0-9+:.-]{1,20}://[^\s\"'`<>«»|\\^{}]{1,500})"
    r"|(?<![\w@.-])(?P<ip>\d{1,3}(?:\.\d{1,3}){3}(?![\d.]*\.\d)(?::\d{2,5})?" + _PATH + r")"
    r"|(?<![\w@.:-])(?P<ip6>\[[0-9a-f:]{3,39}\](?::\d{2,5})?" + _PATH + r")"
    r"|(?<![\w@./\\-])(?P<local>localhost(?![\w.-]*\w)(?::\d{2,5})?" + _PATH + r")"
    r"|(?<![\w@./\\$%:-])(?P<host>"
    + _LABEL
    + r"(?:\."
    + _LABEL
    + r"){1,8}(?::\d{2,5})?(?![\w@])"
    + _PATH
    + r")"
    r"|(?<![\w@./\\:-])(?P<bare>[a-z0-9][a-z0-9-]{1,60}:\d{4,5}(?![\w:.-])" + _PATH + r")",
    re.IGNORECASE,
)
_HINT = re.compile(r"\w[.:][a-zа-яё0-9]|localhost|\[[0-9a-f]*:", re.IGNORECASE)
_TAIL = ".,;:!?)\"'»…"


@dataclass(frozen=True, slots=True)
class Candidate:
    """Something shaped like an address, in lower case, with the clause around it."""

    shape: str
    value: str
    scheme: str
    host: str
    port: str
    path: str
    before: str
    after: str


_Rule = Callable[[Candidate], bool | None]


def find_sites(text: str, lexicon: Path | None = None) -> tuple[Finding, ...]:
    """Return the addresses of the user's installation as they stand, each once, in text order."""
    if not _HINT.search(text):
        return ()
    found: dict[str, Finding] = {}
    for match in _CANDIDATE.finditer(text):
        value = _trimmed(match.group())
        end = match.start() + len(value)
        candidate = _candidate(match.lastgroup or "", value, text, match.start(), end)
        if value not in found and _is_site(candidate, lexicon or lexicon_path("hosts.txt")):
            found[value] = Finding(match.start(), end, "site", "адрес установки", value)
    return tuple(found.values())


def _trimmed(value: str) -> str:
    value = value.rstrip(_TAIL)
    return value


def _candidate(shape: str, value: str, text: str, start: int, end: int) -> Candidate:
    low = value.lower()
    scheme, mark, rest = low.rpartition("://") if shape == "url" else ("", "", low)
    cut = min((at for at in map(rest.find, "/?#") if at >= 0), default=len(rest))
    authority, path = rest[:cut], rest[cut:]
    host, _, port = (
        authority.rpartition("@")[2].partition(":") if "[" not in authority else (authority, "", "")
    )
    return Candidate(
        shape,
        low,
        scheme if mark else "",
        host,
        port,
        path,
        text[max(0, start - 80) : start].lower(),
        text[end : end + 40].lower(),
    )


# --- rules, in the order of certainty -----------------------------------------------------------

_WEB = frozenset({"http", "https", "ws", "wss", "grpc", "grpcs"})
_FOREIGN_PORTS = frozenset(
    ["27017", "27018", "27019", "5432", "6432", "3306", "1433", "1521", "9200", "9300", "6379", "26379", "9092", "9093", "9094", "2181", "25", "465", "587", "993", "143", "110", "389", "636", "3268", "5672", "15672", "5601", "22", "3389", "53", "1883", "9042", "8200", "8123", "514", "2049", "445", "11211", "9000", "3128", "5000", "8086"]
)
_OWN_PORTS = frozenset(
    ["8082", "8083", "8084", "8085", "8092", "8093", "18082", "18083", "18092", "18093", "4200", "4100", "443", "8443", "80", "8072", "8075"]
)


def scheme_of_other_services(candidate: Candidate) -> bool | None:
    """mongodb://, jdbc:, smtp:// and the like are no pages."""
    return False if candidate.shape == "url" and candidate.scheme not in _WEB else None


def mail_address(candidate: Candidate) -> bool | None:
    """ivanov@example.ru."""
    return (
        False
        if candidate.before.endswith("@")
        or "@" in candidate.value.split("/")[0]
        or candidate.after.startswith("@")
        else None
    )


def broken_number(candidate: Candidate) -> bool | None:
    """0.0.0.0, a network with a mask, octets over 255, public name servers."""
    if candidate.shape != "ip":
        return None
    octets = candidate.host.split(".")
    if (
        any(int(o) > 255 for o in octets)
        or octets[0] in ("0", "255")
        or candidate.host in ("8.8.8.8", "1.1.1.1", "77.88.8.8")
    ):
        return False
    if re.fullmatch(r"/\d{1,2}", candidate.path) or candidate.host.endswith((".0", ".255")):
        return False
    return None


def not_a_zone(candidate: Candidate, zones: frozenset[str]) -> bool | None:
    """main.py, gravitee.yml, io.gravitee.gateway: no host by their last label."""
    if candidate.shape != "host":
        return None
    labels = candidate.host.split(".")
    if labels[-1] not in zones or labels[-1].isdigit():
        return False
    if labels[0] in ("com", "org", "io", "net", "ru", "java", "javax", "sun", "jakarta") and len(labels) > 2:
        return False
    return None


def foreign_domain(candidate: Candidate, domains: frozenset[str]) -> bool | None:
    """Documentation, forges, file sharing, social networks, public services."""
    labels = candidate.host.split(".")
    return False if any(".".join(labels[at:]) in domains for at in range(len(labels) - 1)) else None


def foreign_label(candidate: Candidate, labels: re.Pattern[str]) -> bool | None:
    """mongo-0.dwh.internal, smtp.internal, docs.example.ru."""
    if candidate.shape in ("ip", "ip6", "local"):
        return None
    parts = candidate.host.split(".")
    return (
        False
        if any(labels.fullmatch(part) for part in parts[:2] if len(parts) > 1) or labels.fullmatch(parts[0])
        else None
    )


def foreign_port(candidate: Candidate) -> bool | None:
    """27017, 5432, 9200, 25: a database, a search engine, mail."""
    return False if candidate.port in _FOREIGN_PORTS else None


_PICTURE = re.compile(
    r"\.(?:png|jpe?g|gif|webp|mp4|pdf|docx?|xlsx?|zip|rar|7z|log|txt)$|/(?:docs?|faq|wiki|help|documentation|unsub)(?:[/?]|$)"
)


def page_of_other_kind(candidate: Candidate) -> bool | None:
    """Links to documents and pictures."""
    return False if _PICTURE.search(candidate.path) else None


_OTHER_ROLE = re.compile(
    r"(?:бэк|бек|backend|upstream|апстрим|target|origin|ориджин|allow-origin|endpoint|эндпоинт|прокси|proxy|issuer|фронт"
    r"|jdbc|uri[\"']?:|url[\"']?:|host[\"']?:|host=|servers?:|скрин|картинк|документац|инструкци|стать|ссылк|регистри|registry|image:|from:"
    r"|кейклоак|keycloak|вебхук|webhook|отписаться|сайт компании|наш сайт)[^.;!?\n]{0,30}$"
)
_OWN_ROLE = re.compile(
    r"(?:консол|портал|шлюз|гейт|gateway|gw|management|mgmt|менеджмент|apim|апим|стенд|узел|узле|нода|ноде|инстал|адрес|сайт|открыва|захо|curl|get|post|put)[^.;!?\n]{0,25}$"
)


def other_role(candidate: Candidate) -> bool | None:
    """A backend, an origin, a proxy, a picture, a document, a setting's value by the words before."""
    if _OTHER_ROLE.search(candidate.before):
        return False
    return None


def bare_name(candidate: Candidate) -> bool | None:
    """A single label is a host only with one of the product's ports."""
    if candidate.shape != "bare":
        return None
    return candidate.port in _OWN_PORTS and not candidate.host.isdigit()


@lru_cache(8)
def _host_words(path: Path) -> tuple[frozenset[str], frozenset[str], re.Pattern[str]]:
    sections = load_sections(path)
    zones = frozenset(zone for entry in sections["zones"] for zone in entry.pattern.split())
    domains = frozenset(entry.pattern for entry in sections["domains"])
    labels = re.compile("|".join(wildcard(entry.pattern) for entry in sections["labels"]))
    return zones, domains, labels


def _is_site(candidate: Candidate, lexicon: Path) -> bool:
    zones, domains, labels = _host_words(lexicon)
    rules: tuple[_Rule, ...] = (
        scheme_of_other_services,
        mail_address,
        broken_number,
        lambda c: not_a_zone(c, zones),
        lambda c: foreign_domain(c, domains),
        lambda c: foreign_label(c, labels),
        foreign_port,
        page_of_other_kind,
        bare_name,
        other_role,
    )
    return next((answer for rule in rules if (answer := rule(candidate)) is not None), True)
