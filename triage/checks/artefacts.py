"""What logs, configs and commands pasted into a request say by themselves.

Images, `docker ps`, Helm values, `gravitee.yml`, API definitions, stack traces, curl and HTTP status lines tell
version, component, database, deployment, plans, policies and the signature of the error, so that a person is
asked only for what is really absent.
"""

from __future__ import annotations

from functools import lru_cache

from triage.checks.hints import Hinted
from triage.text.normalise import fold

_LIMIT = 20

#: Images of the product's own parts; add-ons and neighbours have versions of their own.
_IMAGE = r"(?:gateway|gw|management|mgmt|rest|api|portal|console|ui|full)"
_ADD_ON = r"[Oo]perator|[Tt]erraform|[Pp]rovider|[Cc]ockpit|[Aa]lert|[Aa]ccess|[Pp]lugin|[Pp]olicy|[Cc]hart"
#: Releases that the product has had or may soon have.
_RELEASE = r"(?:2\.\d{1,2}|3\.(?:1?\d|20)|4\.(?:\d|1[0-5]))(?:\.\d{1,3})?"

_NO_COUNT = r"(?! ?(?:руб|₽|шт|заяв|человек|строк|раз[ .,]|мс|ms))"

#: A kind's patterns in order; the value is the first group, or the fixed word where one is given.
_PATTERNS: dict[str, tuple[tuple[str, str], ...]] = {
    "version": (
        (rf"(?:apim|gravitee(?:io)?)(?:[-_/](?:apim[-_/])?{_IMAGE}[\w-]{{0,30}})?:v?({_RELEASE})(?![\d.]*\d)", ""),
        (rf"\btag: {{0,3}}[\"']?v?({_RELEASE})(?![\d.]*\d)", ""),
        (r"image\.tag=v?(\d{1,2}\.\d{1,3}(?:\.\d{1,3})?)", ""),
        (r"APIM_VERSION=v?(\d{1,2}\.\d{1,3}(?:\.\d{1,3})?)", ""),
        (rf"[Gg]ravitee(?:(?!{_ADD_ON})[\w. -]){{0,40}}[Vv]ersion[: ]{{1,3}}v?({_RELEASE})(?![\d.]*\d)", ""),
        (
            r"gravitee(?:io)?-(?:apim|full|gateway|management|rest-api|portal"
            r"|console)[\w-]{0,40}-(\d\.\d{1,3}\.\d{1,3})\.(?:zip|rpm)",
            "",
        ),
    ),
    "component": (
        (r"(?:apim|gio|gravitee\w{0,4})[-_/](?:apim[-_])?gateway", "gateway"),
        (r"io\.gravitee\.gateway\.|\bi\.g\.g\.|GatewayContainer", "gateway"),
        (r"(?:apim|gio)[-_/](?:apim[-_])?(?:management|rest)[-_]api|management[-_]api", "management_api"),
        (
            r"io\.gravitee\.(?:rest\.api|management|repository|apim)\.|\bi\.g\.(?:r\.a|rest)\.|\bi\.g\.m\.",
            "management_api",
        ),
        (r"(?:apim[-_])?(?:management[-_]ui|console[-_]ui)", "console"),
        (r"portal[-_]ui", "portal"),
        (r"ae-engine|alert[-_]engine|io\.gravitee\.(?:alert|ae)\.", "alert_engine"),
        (r"(?:localhost|127\.0\.0\.1):8082\b", "gateway"),
        (r"(?:localhost|127\.0\.0\.1):8083\b", "management_api"),
        (r"(?:localhost|127\.0\.0\.1):8084\b", "console"),
        (r"(?:localhost|127\.0\.0\.1):8085\b", "portal"),
    ),
    "database": (
        (r"mongodb(?:\+srv)?://|com\.mongodb\.|type: {0,3}[\"']?mongodb(?![\w-])|\bmongo:\d", "mongodb"),
        (r"jdbc:postgresql|postgres(?:ql)?://|org\.postgresql\.|\bpostgres:\d", "postgresql"),
        (r"jdbc:mysql|com\.mysql\.", "mysql"),
        (r"jdbc:mariadb|org\.mariadb\.", "mariadb"),
        (r"jdbc:sqlserver|com\.microsoft\.sqlserver\.", "sqlserver"),
    ),
    "deployment": (
        (r"docker[- ]compose|docker ps|docker run|CONTAINER ID|gio_apim_\w+", "docker"),
        (
            r"helm (?:install|upgrade|template|status)|kubectl |CrashLoopBackOff|ImagePullBackOff"
            r"|OOMKilled|Readiness probe",
            "kubernetes",
        ),
        (r"bin/gravitee|gravitee\.bat", "zip"),
        (r"systemctl \w{3,12} graviteeio|graviteeio-apim[\w.-]{0,60}\.rpm|rpm -\w+", "rpm"),
    ),
    "plan": (
        (r"\"plans?\" {0,3}: {0,3}\[? {0,3}\{[^{}]{0,300}?\"name\" {0,3}: {0,3}\"([^\"\n]{1,80})\"", ""),
        (r"\"plan(?:_?[nN]ame)?\" {0,3}: {0,3}\"([^\"\n]{1,80})\"", ""),
        (r"(?:[Пп]лан(?:а|у|ом|е)?) [«\"]([^»\"\n]{2,60})[»\"]", ""),
    ),
    "policy": (
        (r"\"policy\" {0,3}: {0,3}\"([\w-]{2,60})\"", ""),
        (r"^[ \t-]*policy: {0,3}[\"']?([a-z][\w-]{2,60})", ""),
        (r"gravitee-policy-([a-z][a-z-]{2,60}[a-z])", ""),
        (r"io\.gravitee\.policy\.([a-z][a-z0-9]{2,40})", ""),
    ),
    "error": (
        (r"\b((?:[a-z]\w{0,40}\.){1,10}[A-Z]\w{0,60}(?:Exception|Error|Timeout))\b", ""),
        (r"(?<![\w.])([A-Z][a-zA-Z]{2,60}(?:Exception|Error))\b(?=[: \n])", ""),
        (r"\b(E1\d{4}|ORA-\d{5}|PKIX path building failed|CrashLoopBackOff|OOMKilled|ImagePullBackOff)\b", ""),
    ),
    "http_status": (
        (r"HTTP/\d(?:\.\d)? ([1-5]\d\d)\b", ""),
        (
            r"\"?(?:http_)?status(?:_?[cC]ode)?\"? {0,3}[:=] {0,3}\"?([1-5]\d\d)\b" + _NO_COUNT,
            "",
        ),
        (r"\b(50[0-4]) (?:Bad Gateway|Service Unavailable|Gateway Time-?out|Internal Server Error)", ""),
        (r"\b(40[0-9]) (?:Unauthorized|Forbidden|Not Found|Bad Request)", ""),
    ),
}


def read_artefacts(text: str) -> dict[str, list[str]]:
    """Return what was read, by kind, in the order of the patterns and without repeats; only kinds that occur."""
    found: dict[str, list[str]] = {}
    names, patterns = _rules()
    for number, pattern in patterns.fitting(text, fold(text).text):
        kind, fixed = names[number]
        values = found.setdefault(kind, [])
        for match in pattern.finditer(text):
            read = fixed or match.group(1)
            if read not in values and len(values) < _LIMIT:
                values.append(read)
    return {kind: found[kind] for kind in _PATTERNS if found.get(kind)}


@lru_cache(maxsize=1)
def _rules() -> tuple[tuple[tuple[str, str], ...], Hinted]:
    rules = [(kind, fixed, pattern) for kind, patterns in _PATTERNS.items() for pattern, fixed in patterns]
    return tuple((kind, fixed) for kind, fixed, _ in rules), Hinted(pattern for _, _, pattern in rules)
