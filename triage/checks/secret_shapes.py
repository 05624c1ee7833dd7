"""Secrets that are known by their own shape: keys, tokens, credentials in addresses and headers, cards."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterator

from triage.checks.literals import needed_literals
from triage.checks.placeholders import is_placeholder
from triage.checks.scanner import Signs
from triage.report import Finding
from triage.text.normalise import fold
from triage.text.patterns import Pattern

# --- private keys -------------------------------------------------------------------------------

_KEY_BEGIN = Pattern(r"-{4,5} ?BEGIN [A-Z0-9 ]{0,30}PRIVATE KEY(?: BLOCK)? ?-{4,5}")
_KEY_NEXT = Pattern(r"-{4,5} ?(?:BEGIN |END [A-Z0-9 ]{0,40}-{4,5})")
#: Lines of the armour (RFC 1421, RFC 9580) and marks of a quoted letter stand among those of base64.
_KEY_BODY = Pattern(
    r"(?:\n[ \t]{0,4}(?:>[ \t]?){0,9}(?:Proc-Type|DEK-Info|Version|Comment|Hash|Charset|MessageID): ?[^\n]{0,200}"
    r"|\n[ \t]{0,4}(?:>[ \t]?){1,9}|[A-Za-z0-9+/=\s\\])*"
)
_KEY_RUN = Pattern(r"[A-Za-z0-9+/]{16}")
_KEY_REACH = 20_000
_KEY_MIN = 40


def private_keys(text: str) -> Iterator[Finding]:
    """PEM and PGP blocks from BEGIN to END, or to where the base64 stops."""
    if "PRIVATE KEY" not in text:
        return
    for match in _KEY_BEGIN.finditer(text):
        start = match.end()
        close = _KEY_NEXT.search(text, start, start + _KEY_REACH)
        ended = close is not None and "END " in close.group()
        if close is not None and ended and _is_key(text[start : close.start()]):
            yield Finding(match.start(), close.end(), "private_key", "закрытый ключ")
            continue
        body = _KEY_BODY.match(text, start)
        inside = text[start : body.end()].rstrip(" \t\r\n>\\") if body else ""
        if len(re.sub(r"\s", "", inside)) >= _KEY_MIN:
            yield Finding(match.start(), start + len(inside), "private_key", "закрытый ключ")


def _is_key(body: str) -> bool:
    """Tell base64 from what stands in its place in an example."""
    run = _KEY_RUN.search(body)
    return run is not None and len(re.sub(r"[^A-Za-z0-9+/=]", "", body)) >= _KEY_MIN and len(set(run.group())) > 2


# --- credentials inside addresses ---------------------------------------------------------------

#: What follows the name reaches to the next address in the same run, if there is one.
_USERINFO = Pattern(
    r"(?<![A-Za-z0-9])([A-Za-z][A-Za-z0-9+.-]{1,30}):(?://"
    r"|\\/\\/)([^\s:@/\"'<>«»]{0,80}):(?=((?:(?!:(?://|\\/\\/))[^\s\"«»])+))"
)
_HOST = Pattern(r"(?:[\w-]+(?:\.[\w-]+)*\.?|\[[\da-fA-F:.]+\])(:\d{1,5})?(?=[/,;)\]}'?]|$)")
_WEB = frozenset({"http", "https", "ws", "wss", "ftp", "ftps", "sftp", "ssh", "git", "git+https"})


def address_passwords(text: str) -> Iterator[Finding]:
    """`scheme://user:password@host`: the password, which ends at the last @ before the path."""
    if "@" not in text or ("://" not in text and ":\\/\\/" not in text):
        return
    for match in _USERINFO.finditer(text):
        web = match.group(1).lower() in _WEB
        size = _password_size(match.group(3), web)
        password = match.group(3)[:size]
        if size <= 0 or is_placeholder(password, login=match.group(2)):
            continue
        kind, reason = (
            ("basic_auth", "пароль в адресе") if web else ("connection_string", "пароль в строке подключения")
        )
        yield Finding(match.start(3), match.start(3) + size, kind, reason)


def _password_size(rest: str, web: bool) -> int:
    """A password may hold @ and /; the host after it holds neither, and the path of a web address may hold @."""
    query = rest.find("?")
    head = rest if query < 0 or rest.find("@") > query else rest[:query]
    path = head.find("/", max(head.find("@"), 0))
    size = (head if path < 0 else head[:path]).rfind("@")
    last = head.rfind("@")
    if last <= size or head[last - 1] == "/" or not (host := _HOST.match(head, last + 1)):
        return size
    return size if web and ("." in head[size:path] or ":" in head[size:path] or "." not in host.group()) else last


# --- tokens with a shape of their own -----------------------------------------------------------

_SHAPES = (
    r"gh[opusr]_[A-Za-z0-9]{30,}",
    r"github_pat_[A-Za-z0-9_]{22,}",
    r"gl(?:pat|rt|dt|ptt|soat|cbt|ft)-[A-Za-z0-9_-]{16,64}",
    r"xox[abeoprs]-[A-Za-z0-9-]{10,}",
    r"xapp-\d-[A-Za-z0-9-]{20,}",
    r"(?:AKIA|ASIA|ABIA|ACCA)[A-Z0-9]{16}",
    r"AIza[A-Za-z0-9_-]{35}",
    r"ya29\.[A-Za-z0-9_-]{20,}",
    r"y[0-3]_[A-Za-z0-9_-]{30,100}",
    r"AQVN[A-Za-z0-9_-]{30,60}",
    r"t1\.[A-Z0-9a-z_-]{20,}[=.][A-Za-z0-9_=-]{20,}",
    r"[sr]k_(?:live|test)_[A-Za-z0-9]{16,}",
    r"npm_[A-Za-z0-9]{36}",
    r"pypi-[A-Za-z0-9_-]{50,}",
    r"do[opr]_v1_[a-f0-9]{64}",
    r"hv[sbr]\.[A-Za-z0-9_-]{20,}",
    r"s\.[A-Za-z0-9]{24}",
    r"SG\.[A-Za-z0-9_-]{16,32}\.[A-Za-z0-9_-]{30,64}",
    r"dckr_pat_[A-Za-z0-9_-]{20,64}",
    r"hf_[A-Za-z0-9]{30,64}",
    r"sk-(?:proj-|ant-|or-)?[A-Za-z0-9_-]{20,}",
    r"ATATT3[A-Za-z0-9_=-]{40,}",
    r"\d{8,10}:AA[A-Za-z0-9_-]{32,34}",
    r"vk1\.a\.[A-Za-z0-9_-]{40,}",
    r"AGE-SECRET-KEY-1[A-Z0-9]{50,70}",
    r"gl(?:sa|c)_[A-Za-z0-9_]{32,80}",
    r"(?<=/hooks/)[a-z0-9]{26}",
    r"(?<=hooks\.slack\.com/services/)T[A-Z0-9]{4,20}/B[A-Z0-9]{4,20}/[A-Za-z0-9]{20,40}",
    r"eyJ[A-Za-z0-9_-]{8,}\.eyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{6,}",
)
_TOKEN = Pattern(r"(?<![A-Za-z0-9_-])(?:" + "|".join(_SHAPES) + r")(?![A-Za-z0-9])")
#: What a token holds at least one of; shapes begin with their own literals, none is known by a set of letters alone.
SHAPED = tuple(sorted({literal for shape in _SHAPES for literal in needed_literals(shape)[0]}))
_RUN = Pattern(r"[A-Za-z0-9_-]{14}")
_API_KEYS = ("AKIA", "ASIA", "AIza", "AQVN", "sk_", "rk_", "sk-")


def shaped_tokens(text: str) -> Iterator[Finding]:
    """Forge, cloud, chat and payment tokens and JWT, known by their prefix."""
    if not _RUN.search(text):
        return
    for match in _TOKEN.finditer(text):
        token = match.group()
        if not is_placeholder(token) and any(c.isdigit() for c in token):
            kind = "api_key" if token.startswith(_API_KEYS) else "token"
            yield Finding(match.start(), match.end(), kind, "токен известного вида")


# --- headers and command lines ------------------------------------------------------------------

_AUTH = Pattern(
    r"(?<![a-z])(bearer|basic|token)[ \t:]{1,3}[\"']?([a-z0-9_.+/=~-][a-z0-9_.+/=~!$%^@#-]{7,})", re.IGNORECASE
)
_KEY_NAMES = r"(?:api|auth|access|vault|consumer|private)[-_]?(?:key|token)"
HEADED = needed_literals(_KEY_NAMES)[0]
_API_HEADER = Pattern(
    rf"(?<![a-z])(?:x-)?(?:gravitee-)?{_KEY_NAMES}[\"'»]?"
    r"(?:[ \t]{0,3}(?:[:=]|->|—|–)[ \t]{0,3}|[ \t]{1,3})[\"'«]?([a-z0-9_.+/=~-][a-z0-9_.+/=~!$%^@#-]{5,})",
    re.IGNORECASE,
)


def header_tokens(text: str) -> Iterator[Finding]:
    """Authorization headers: a bearer's token, basic credentials that decode to `user:password`."""
    if not any(word in fold(text).text for word in ("bearer", "basic", "token")):
        return
    for match in _AUTH.finditer(text):
        scheme, value = match.group(1).lower(), match.group(2).rstrip(".,!")
        span = match.start(2), match.start(2) + len(value)
        if scheme == "basic":
            login, colon, password = _decoded(value).partition(":")
            if colon and not is_placeholder(password, login=login):
                yield Finding(*span, "basic_auth", "базовая авторизация")
        elif looks_random(value) and not is_placeholder(value):
            yield Finding(*span, "token", "токен в заголовке")


def header_keys(text: str) -> Iterator[Finding]:
    """API key headers and parameters such as X-Gravitee-Api-Key."""
    folded = fold(text).text
    if not any(name in folded for name in HEADED):
        return
    for match in _API_HEADER.finditer(text):
        value = match.group(1).rstrip(".,!")
        if looks_random(value) and not is_placeholder(value):
            yield Finding(match.start(1), match.start(1) + len(value), "api_key", "ключ в заголовке")


#: What a name and a password in the old Russian encoding are made of; chance bytes seldom are.
_TYPED = Pattern(r"[ -~А-яЁё№«»]+")


def _decoded(value: str) -> str:
    """Return what basic credentials hide, in UTF-8 or in the encoding of Russian Windows, or nothing."""
    try:
        raw = base64.b64decode(value + "=" * (-len(value) % 4), validate=True)
    except (binascii.Error, ValueError):
        return ""
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        typed = raw.decode("cp1251", "replace")
    return typed if _TYPED.fullmatch(typed) else ""


_TECHNICAL = Pattern(
    r"(?:oauth|sha|md|aes|rsa|http|utf|v|base|x|rs|hs|es|ps|ed|p|pkcs|ecdsa|tls|java|jwt"
    r"|oidc|saml)[-_]?\d[\d.]*"
    r"|[\w-]+\.(?:ya?ml|json|log|sh|py|js|jks|p12|pem|crt|key|txt|conf|xml|ru|com|local"
    r"|lan|io|properties)(?::\d+)?"
    r"|\d{4}-\d\d-\d\dt\d\d:\d\d[\d:.,z+-]*|\d{1,4}([./:-])\d{1,2}\1\d{1,4}|\d+(?:\.\d+){1,3}|[a-z]+(?:-[a-z]+)*|[A-Z]+(?:[-_][A-Z]+)*",
    re.IGNORECASE,
)


def looks_random(value: str) -> bool:
    """Tell keys from words: digits among letters, or mixed case in a long run."""
    if len(value) < 6 or _TECHNICAL.fullmatch(value[:200]):
        return len(value) >= 16 and value.isalpha() and not (value.islower() or value.isupper() or value.istitle())
    digits = sum(c.isdigit() for c in value)
    if not digits:
        return len(value) >= 16 and any(c.islower() for c in value) and any(c.isupper() for c in value)
    return digits >= 2 or len(value) >= 8


def without_tail(value: str) -> str:
    """Drop the punctuation of the sentence; a bracket stays when it was opened inside."""
    value = value.rstrip(".,;:?")
    return value.rstrip(")]}") if not any(c in value for c in "([{") else value


#: An address; a password in it is found by itself.
LOCATOR = Pattern(r"[a-z][a-z0-9+.:-]{1,30}://", re.IGNORECASE)
#: Longer than anybody types, and of letters of both cases and digits.
LONG_RANDOM = Pattern(r"(?=.{0,80}\d)(?=.{0,80}[a-z])(?=.{0,80}[A-Z])[\w+/=!@#$%^&*~-]{81,}", re.ASCII)
_SPECIAL = Pattern(r"[!@#$%^&*+=?~|]")
_ADDRESS = Pattern(
    r"https?://.*|www\..*|[\w.+-]+@[\w-]+\.[\w.-]+|[\w-]+(?:\.[\w-]+)+(?::\d+)?(?:/.*)?"
    r"|/.*|[\w.-]+:\d{2,5}|\d[\d.,:/-]*"
    r"|[A-Za-z]+(?:[-_/.][A-Za-z]+)*|[а-яёА-ЯЁ]+(?:[-_/.][а-яёА-ЯЁ]+)*|\d+-?[а-яё]+|[vV]\d[\w.]*",
)
_TERMS = Pattern(
    r"(?:oauth|sha|md|aes|rsa|http|utf|base|x|hs|rs|es|pkcs|tls|java|jdk|k|ip|ipv|argon"
    r"|log|s|postgres|windows|win|апи|http/|1с|ad|jwt|v|api|apim|оauth)"
    r"[-_/]?\d+(?:[-.]\w+)*|[a-z]\d|\d[a-z]|k8s|i18n|e2e|b2b|oauth2\.?0?|1[cс]|http/\d.*"
    r"|mtls|s3|p12|pkcs12|(?-i:[A-Z]{2,10}-\d{1,7})",
    re.IGNORECASE,
)


def looks_password(value: str) -> bool:
    """Letters with digits or special signs, or capitals inside a word; no address, term, date or number."""
    if (
        not 5 <= len(value) <= 80
        or _TERMS.fullmatch(value)
        or value.startswith(("http", "/", "$2"))
        or LOCATOR.match(value)
    ):
        return False
    if "/" in value and not any(c.isdigit() for c in value):
        return False
    letters, digits = any(c.isalpha() for c in value), any(c.isdigit() for c in value)
    if letters and _SPECIAL.search(value) and not re.fullmatch(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+", value):
        return not re.fullmatch(r"[\w.-]+[!?]+|[^=]*==?[^=]*", value) or digits
    if _ADDRESS.fullmatch(value):
        return (
            value.isascii()
            and value.isalpha()
            and len(value) >= 8
            and re.search(r"[a-z][A-Z][a-z]+[A-Z]", value) is not None
        )
    return letters and digits


# --- card numbers -------------------------------------------------------------------------------

_CARD = Pattern(
    r"(?<![\w,:/+-])(?<!\d\.)(?:\d{4}([ \u00a0-])\d{4}\1\d{4}\1\d{4}(?:\1\d{2,3}(?!\d|/))?"
    r"|\d{4}[ \u00a0-]\d{6}[ \u00a0-]\d{5}"
    r"|\d{8}[ \u00a0-]\d{8,11}|\d{15,19})(?![\w-]|[.,]\d|/\d)"
)
_NOT_CARD = Pattern(
    r"(?:сч[её]т\w*|р/с|к/с|инн|огрн\w*|заказ\w*|imei|снилс|полис\w*|накладн\w*|трек\w*"
    r"|упд|уин|договор\w*|\bid|ts)"
    r"[ \t]{0,2}(?:№|#|n|номер|:|=)?[ \t]{0,2}$",
    re.IGNORECASE,
)


_FOUR = Signs(r"\d{4}")
_EIGHT = Pattern(r"\d{4}[ \u00a0-]?\d{4}")
#: The term and the code beside a number tell a card even when a digit is mistyped.
_CARD_DATA = Pattern(
    r"[\s,;.]{0,3}(?:до |срок |действует до |exp\w* )?\d{2} ?/ ?\d{2,4}\D{1,12}\d{3}(?!\d)"
    r"|[\s,;.]{0,3}(?:cvv|cvc)",
    re.IGNORECASE,
)


def card_numbers(text: str) -> Iterator[Finding]:
    """Full card numbers: an issuer's first digits, the right length, Luhn's sum."""
    if not _FOUR.seen(fold(text).text) or not _EIGHT.search(text):
        return
    for match in _CARD.finditer(text):
        digits = re.sub(r"\D", "", match.group())
        if not _is_issued(digits) or not (luhn(digits) or _CARD_DATA.match(text, match.end())):
            continue
        if not _NOT_CARD.search(text[max(0, match.start() - 30) : match.start()]):
            yield Finding(match.start(), match.end(), "card", "номер карты")


def _is_issued(digits: str) -> bool:
    if len(digits) == 16:
        return digits[0] in "23456" or digits.startswith("9")
    if len(digits) == 15:
        return digits.startswith(("34", "37"))
    return len(digits) in (18, 19) and digits.startswith(("220", "62", "50", "56", "57", "58", "63", "67", "4"))


def luhn(digits: str) -> bool:
    """Tell whether the check digit fits (ISO/IEC 7812-1, annex B)."""
    doubled = (sum(divmod(2 * int(d), 10)) if i % 2 else int(d) for i, d in enumerate(reversed(digits)))
    return sum(doubled) % 10 == 0
