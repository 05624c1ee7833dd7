"""Addresses of the user's own installation (labelling guide, `site`).

Candidates are found by shape; then ordered rules answer or abstain, and what no rule claims is the user's.
"""

from __future__ import annotations

import itertools
import re
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from triage.checks.addresses import MOST, Candidate, Spot, candidate, spots
from triage.checks.hints import Hinted
from triage.checks.lexicons import Wildcards, lexicon_path, load_sections
from triage.report import Finding
from triage.text.normalise import fold
from triage.text.patterns import Pattern


@dataclass(frozen=True, slots=True)
class HostWords:
    """What the lexicon knows of hosts and of the words beside them."""

    zones: frozenset[str]
    domains: frozenset[str]
    labels: Wildcards
    own: Wildcards
    backend_role: Hinted
    other_role: Hinted
    own_role: Hinted


def find_sites(text: str, lexicon: Path | None = None) -> tuple[Finding, ...]:
    """Return the addresses of the user's installation as they stand, each once, in text order."""
    words = _load(lexicon)
    found: dict[str, Finding] = {}
    before: Spot | None = None
    shared = False
    for spot in itertools.islice(spots(text), MOST):
        value = text[spot.start : spot.end]
        shared = (
            before is not None
            and _JOINT.fullmatch(text, before.end, spot.start) is not None
            and (shared or _refused_by_role(candidate(text, before), words))
        )
        if shared or _is_hopeless(spot.shape, value, words) or not _is_site(seen := candidate(text, spot), words):
            before = spot
            continue
        before = None
        if value not in found and not (seen.host in found and seen.path == "" and seen.port == "443"):
            found[value] = Finding(spot.start, spot.end, "site", "адрес установки", value)
    return tuple(found.values())


def _is_hopeless(shape: str, value: str, words: HostWords) -> bool:
    """Numbers, files and classes, which are most of what is shaped like a host, need no look around: `not_a_zone`."""
    if shape != "host" or ":" in value or "-" in value or "/" in value or "?" in value or "#" in value:
        return False
    zone = value.rpartition(".")[2].lower()
    return zone not in words.zones and not zone.startswith("xn--")


_JOINT = Pattern(r"\s*(?:,|и|или|на|→|->)\s*")


# --- rules, in the order of certainty -----------------------------------------------------------

_WEB = frozenset({"http", "https", "ws", "wss", "grpc", "grpcs"})
_FOREIGN_PORTS = frozenset(
    (27017, 27018, 5432, 6432, 3306, 1433, 1521, 9200, 9300, 6379, 26379, 9092, 9093, 2181, 25, 465, 587, 993, 143)
).union((110, 389, 636, 3268, 5672, 15672, 5601, 3389, 53, 1883, 9042, 8200, 8123, 514, 445, 11211, 3128, 3000, 5000))
_GATEWAY_PORTS = frozenset(["8082", "8083", "8092", "8093", "18082", "18083", "18092", "18093"])
_OWN_PORTS = frozenset(
    [8082, 8083, 8084, 8085, 8092, 8093, 18082, 18083, 18092, 18093, 4200, 4100, 443, 8443, 8072, 8075]
)


def scheme_of_other_services(candidate: Candidate, _: HostWords) -> bool | None:
    """mongodb://, jdbc:, smtp:// and the like are no pages."""
    return False if candidate.shape == "url" and candidate.scheme not in _WEB else None


def mail_address(candidate: Candidate, _: HostWords) -> bool | None:
    """ivanov@example.ru."""
    return False if candidate.before.endswith("@") or candidate.after.startswith("@") else None


_VERSION_WORD = Pattern(r"(?:верс|version|релиз|сборк)\w*\s*$", re.IGNORECASE)


_HOP = Pattern(r"\s+\d[\d.]* ?ms")


def broken_number(candidate: Candidate, _: HostWords) -> bool | None:
    """0.0.0.0, a network with a mask, octets over 255, public name servers, home routers."""
    if candidate.shape != "ip":
        return None
    if _VERSION_WORD.search(candidate.before):
        return False
    octets = [int(o) for o in candidate.host.split(".")]
    if _HOP.match(candidate.after):
        return False
    if any(o > 255 for o in octets) or octets[0] in (0, 255) or octets[-1] in (0, 255):
        return False
    if candidate.host in ("8.8.8.8", "8.8.4.4", "1.1.1.1", "77.88.8.8", "192.168.1.1", "192.168.0.1", "100.64.0.1"):
        return False
    return False if re.fullmatch(r"/\d{1,2}", candidate.path) else None


def not_a_zone(candidate: Candidate, words: HostWords) -> bool | None:
    """main.py, gravitee.yml, io.gravitee.gateway, «Дом.ru»: no host by their labels."""
    if candidate.shape != "host":
        return None
    labels = candidate.host.split(".")
    if labels[-1] not in words.zones and not labels[-1].startswith("xn--"):
        own = len(labels) > 2 and labels[-1].isalpha() and labels[-1] not in _FILES and _is_ported(candidate)
        return None if own and is_own_label(labels[0], words) else False
    if labels[0] in ("com", "org", "io", "net", "ru", "java", "javax", "sun", "jakarta") and len(labels) > 2:
        return False
    if candidate.before.endswith(("[", "${", "{{", "#{")):
        return False
    return None


def _is_ported(candidate: Candidate) -> bool:
    return bool(candidate.port) or "-" in candidate.host


def foreign_domain(candidate: Candidate, words: HostWords) -> bool | None:
    """Documentation, forges, file sharing, social networks, public services."""
    labels = candidate.host.split(".")
    return False if any(".".join(labels[at:]) in words.domains for at in range(len(labels) - 1)) else None


def foreign_label(candidate: Candidate, words: HostWords) -> bool | None:
    """mongo-0.dwh.internal, smtp.internal, docs.example.ru."""
    if candidate.shape in ("ip", "ip6", "local"):
        return None
    parts = candidate.host.split(".")
    if words.labels.fullmatch(parts[0]):
        return False
    return False if len(parts) > 2 and words.labels.fullmatch(parts[1]) and not is_own_label(parts[0], words) else None


def foreign_port(candidate: Candidate, _: HostWords) -> bool | None:
    """27017, 5432, 9200, 25: a database, a search engine, mail; a port that is no number."""
    if candidate.port and not candidate.port.isdecimal():
        return False
    return False if candidate.port and int(candidate.port) in _FOREIGN_PORTS else None


_PICTURE = Pattern(
    r"\.(?:png|jpe?g|gif|webp|mp4|mov|pdf|docx?|xlsx?|zip|rar|7z|txt)$|/(?:docs?|faq|wiki"
    r"|help|documentation|unsub|hooks)(?:[/?]|$)"
)


def page_of_other_kind(candidate: Candidate, _: HostWords) -> bool | None:
    """Links to documents and pictures."""
    return False if _PICTURE.search(candidate.path) else None


def bare_name(candidate: Candidate, words: HostWords) -> bool | None:
    """A single label is a host only with one of the product's ports."""
    if candidate.shape != "bare":
        return None
    return int(candidate.port) in _OWN_PORTS and not candidate.host.replace("-", "").isdigit()


def numbered_node(candidate: Candidate, _: HostWords) -> bool | None:
    """«gw-3», «apim-prd-01», but not «api-v2» or a row of a table."""
    return "-" in candidate.host if candidate.shape == "node" else None


_KEY = Pattern(
    r"(?:^|\n)[ \t-]*[a-z_.]{2,40}: ?[\"']?$|[\"'](?:target|url|uri|host|endpoint"
    r"|backend)[\"']: ?[\"']$|(?<![a-z])host[ =:]{0,2}[\"']$|(?<![a-z])host=$"
)
_CORS = Pattern(r"(?<!\w)(?:cors|preflight|origins?|allow-origin)(?!\w)", re.IGNORECASE)
_BROWSER = Pattern(
    r"^[^.!?\n]{0,20}(?:звать|ходить|дергать|дёргать|обращаться|зов[её]т|ходит|дергает|дёргает|живёт|живет)"
)


def setting(candidate: Candidate, words: HostWords) -> bool | None:
    """The value of a key in a pasted configuration, unless the key itself is of a page of the product."""
    if match := _KEY.search(candidate.before):
        return (_said(words.own_role, match.group().lower(), candidate) and "url" not in match.group()) or False
    return None


_CLAUSE_END = Pattern(r"[.!?;](?=\s|$)|\n")
_PAGE = Pattern(r"https?://\S+\s")
_BESIDE = 18


def _clause(candidate: Candidate) -> str:
    """What stands before an address in its clause; words before another page are said of that one."""
    clause = _CLAUSE_END.split(candidate.before.lower())[-1][-60:]
    return _PAGE.split(clause)[-1]


def other_role(candidate: Candidate, words: HostWords) -> bool | None:
    """The nearest word before tells: a backend, an origin, a document, or the console, the portal, a node.

    A host named like a part of the product is doubted only for a word right beside it.
    """
    clause = _clause(candidate)
    whole = fold(candidate.text).text
    own_host = is_own_label(candidate.host.split(".")[0], words)
    own = max((m.end() for m in words.own_role.leftmost(clause, whole)), default=-1)
    if own_host:
        backend = max((m.end() for m in words.backend_role.leftmost(clause, whole)), default=-1)
        return False if backend > max(own, len(clause) - _BESIDE) else None
    other = max((m.end() for m in words.other_role.leftmost(clause, whole)), default=-1)
    if other > own or _said(words.backend_role, clause[max(own, 0) :], candidate):
        return False
    if own < 0 and candidate.port not in _GATEWAY_PORTS and _names_client(candidate):
        return False
    return None


def _names_client(candidate: Candidate) -> bool:
    """An origin or a browser beside an address tells a front-end."""
    return bool(_CORS.search(candidate.before + candidate.after) or _BROWSER.search(candidate.after))


def _said(role: Hinted, part: str, candidate: Candidate) -> bool:
    return next(role.leftmost(part, fold(candidate.text).text), None) is not None


def is_own_label(label: str, words: HostWords) -> bool:
    """`gw-ekb-3`, `stage-admin`, `api`: a part between hyphens names a part of the product."""
    return any(words.own.fullmatch(part) for part in (label, *label.split("-")))


def lonely_local(candidate: Candidate, words: HostWords) -> bool | None:
    """`localhost` without port and path is a page only where something is opened on it."""
    if candidate.shape != "local" or candidate.port or candidate.path:
        return None
    return (
        re.search(r"(?:^|\W)(?:на|открыва\w+|захо\w+|curl)\s*$", candidate.before.lower()) is not None
        or re.match(r"\s*(?:откр|отвеч|отда|выда|не |груз|показ|молчит)", candidate.after.lower()) is not None
    )


_INNER_ZONES = frozenset(
    ["local", "lan", "corp", "internal", "intra", "int", "test", "example", "home", "loc", "priv", "stage", "prod"]
)
_HOME_ZONES = (".ru", ".рф", ".su", ".by", ".kz")
_PLACED = Pattern(r"(?:^|[^\w])(?:на|с|через|до|у нас|адрес\w*|сайт\w*)[ :]{1,2}[«\"(]?$", re.IGNORECASE)
_FILES = frozenset([
    "rpm", "zip", "jar", "tgz", "gz", "deb", "tar", "yml", "yaml", "json", "log",
    "md", "txt", "sh", "py", "java", "js", "ts", "conf", "xml", "properties",
])  # fmt: skip
_BESIDE_PRODUCT = Pattern(
    r"[\s,(;:—–-]{1,3}(?:v?[34]\.\d|APIM|апим|версия|gravitee|(?:это )?(?:наш\w{0,2} )?(?:портал|шлюз|консоль)(?!\w))",
    re.IGNORECASE,
)
_SEEN = Pattern(
    r"^[\s)\]>»”’\"',:;—–-]{0,4}(?:\([^)]{1,40}\)[\s,:—–-]{0,3})?(?:\w+ ){0,4}?(?:не |ни |нет"
    r"|откр|отвеч|отда[её]т|выда|верн|возвращ|груз|леж|упал|пада|вис|молч|тормоз|тупит"
    r"|крут|показ"
    r"|пиш|руга|бел|пуст|недоступ|ошибк|[45]\d\d|30\d|200|медл|долго|думает|рв[её]т|режет"
    r"|получа|перест|отвал|глюч|пуска|работа|сыпл|вылет|держит|стоит|живой|жив)",
    re.IGNORECASE,
)


def evidence(candidate: Candidate, words: HostWords) -> bool | None:
    """A name or a port of the product, a word of it before, what is seen there after; else it is a mere link."""
    if is_own_label(candidate.host.split(".")[0], words) or (candidate.port and int(candidate.port) in _OWN_PORTS):
        return True
    clause = _clause(candidate)
    if (
        _said(words.own_role, clause, candidate)
        or _SEEN.search(candidate.after)
        or _BESIDE_PRODUCT.match(candidate.after)
    ):
        return True
    if candidate.shape in ("local", "ip", "ip6") or candidate.host.rpartition(".")[2] in _INNER_ZONES:
        return True
    if candidate.shape == "url" and not candidate.before.strip() and len(candidate.after.split()) > 1:
        return candidate.host.endswith(_HOME_ZONES)
    return _PLACED.search(candidate.before) is not None and candidate.host.endswith(_HOME_ZONES)


RULES = (
    scheme_of_other_services,
    mail_address,
    broken_number,
    not_a_zone,
    foreign_domain,
    foreign_label,
    foreign_port,
    page_of_other_kind,
    bare_name,
    numbered_node,
    lonely_local,
    setting,
    other_role,
    evidence,
)


def _is_site(candidate: Candidate, words: HostWords) -> bool:
    if candidate.shape == "ssh":
        return True
    return next((answer for rule in RULES if (answer := rule(candidate, words)) is not None), True)


def _refused_by_role(candidate: Candidate, words: HostWords) -> bool:
    """Whether an address that is no site is none for its role, which the next in the row then shares."""
    return candidate.shape != "ssh" and other_role(candidate, words) is False


@lru_cache(8)
def _load(path: Path | None) -> HostWords:
    sections = load_sections(path or lexicon_path("hosts.txt"))
    patterns = {name: frozenset(p for e in sections[name] for p in e.pattern.split()) for name in ("zones", "domains")}
    roles = (
        Hinted(rf"(?<!\w)(?:{e.pattern})(?!\w)" for e in sections[name])
        for name in ("backend_role", "other_role", "own_role")
    )
    return HostWords(
        patterns["zones"],
        patterns["domains"],
        Wildcards(sections["labels"]),
        Wildcards(sections["own"]),
        *roles,
    )
