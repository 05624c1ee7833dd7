"""The policy pack: the Regulation as data, validated while it is loaded.

Every verdict of the program takes its clause and words from here, so that another
company can bring its own file. Errors name the file, the line and the key.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, time
from pathlib import Path
from typing import Literal, TypeVar
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import msgspec

from triage.errors import WrongPolicy
from triage.policy.faq_rules import FaqRules, faq_limits
from triage.policy.numbers import Numbers
from triage.report import FieldName, Priority, Verdict

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class PackInfo:
    name: str
    product: str
    company: str
    version: str


@dataclass(frozen=True, slots=True)
class Addresses:
    """The official mailbox (4.1), the information address (7), the site (1.2) and the base of FAQ links."""

    mailbox: str
    info: str
    site: str
    faq_base: str


@dataclass(frozen=True, slots=True)
class Calendar:
    """Working time of clause 2.1; weekdays are ISO numbers, times local to `timezone`."""

    timezone: str
    opens: time
    closes: time
    weekdays: tuple[int, ...]
    holidays: tuple[date, ...]
    deadline: Literal["calendar", "working"]


@dataclass(frozen=True, slots=True)
class Targets:
    """Accuracy (0–1) wanted of a label that goes on without an agent's review.

    `high_from` is the probability from which a request is taken for high priority.
    """

    scope: float
    priority: float
    high_from: float

    @property
    def floors(self) -> dict[str, dict[str, float]]:
        """Per head and label, the probability from which the label is chosen though another is likelier."""
        return {"priority": {Priority.HIGH.value: self.high_from}}


@dataclass(frozen=True, slots=True)
class DialogueLimits:
    """Seconds of quiet that close a draft, hours before unaccepted text is erased, tries of a code."""

    settle_seconds: float
    consent_hours: int
    code_tries: int
    codes_per_day: int
    notice_version: str


@dataclass(frozen=True, slots=True)
class LetterRules:
    """Hours of retrying before the agents are alerted, and the subject's pattern."""

    retry_hours: int
    subject: str


@dataclass(frozen=True, slots=True)
class PriorityRule:
    """One priority of clause 1.4 with the hours of clause 5.2."""

    label: Priority
    name: str
    hours: int
    clause: str
    quote: str
    counterfactual: str


@dataclass(frozen=True, slots=True)
class ScopeRule:
    """One of the rules of clause 3 and what a person is told under it.

    `fields` are the fields of clause 4.2 asked for; `instead` and `faq` what is offered when the
    verdict is not `in`; `addressee` where a redirected request belongs.
    """

    rule: str
    category: str
    verdict: Verdict
    clause: str
    name: str
    quote: str
    fields: tuple[FieldName, ...]
    instead: str = ""
    addressee: str = ""
    faq: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Category:
    code: str
    name: str


@dataclass(frozen=True, slots=True)
class Refusal:
    """A ground of clause 4.8."""

    code: str
    text: str


@dataclass(frozen=True, slots=True)
class Status:
    """A status of clause 5.1 and the statuses that may follow it."""

    code: str
    name: str
    next: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Resolution:
    """A resolution of a closed request (5.1)."""

    code: str
    name: str


@dataclass(frozen=True, slots=True)
class Release:
    """Versions of the product by how they begin (`4.1` covers 4.1.7), and the last day of their support."""

    version: str
    supported_until: date


@dataclass(frozen=True, slots=True)
class Policy:
    """The whole pack. Lists keep the file's order; look-ups are methods."""

    pack: PackInfo
    addresses: Addresses
    numbers: Numbers
    calendar: Calendar
    confidence: Targets
    dialogue: DialogueLimits
    letter: LetterRules
    clauses: dict[str, str]
    priority: tuple[PriorityRule, ...]
    scope: tuple[ScopeRule, ...]
    category: tuple[Category, ...]
    refusal: tuple[Refusal, ...]
    status: tuple[Status, ...]
    resolution: tuple[Resolution, ...]
    release: tuple[Release, ...] = ()
    faq: FaqRules = field(default_factory=FaqRules)
    _scopes: dict[str, ScopeRule] = field(default_factory=dict)
    _priorities: dict[str, PriorityRule] = field(default_factory=dict)

    def scope_rule(self, rule: str) -> ScopeRule:
        """Return the rule of that name; KeyError when the pack has none."""
        return self._scopes[rule]

    def priority_rule(self, label: str) -> PriorityRule:
        """Return the priority of that label; KeyError when there is none."""
        return self._priorities[label]

    def category_name(self, code: str) -> str:
        """Return the category's Russian name (the headings of clause 3)."""
        return next(c.name for c in self.category if c.code == code)

    def status_name(self, code: str) -> str:
        """Return the Russian name of a status of clause 5.1."""
        return next(s.name for s in self.status if s.code == code)

    def resolution_name(self, code: str) -> str:
        """Return the Russian name of a resolution of clause 5.1."""
        return next(r.name for r in self.resolution if r.code == code)

    def quote(self, clause: str) -> str:
        """Return the short quote of a clause; of "3.1, 4.8" the first."""
        return self.clauses[clause.split(",")[0].strip()]

    @property
    def zone(self) -> ZoneInfo:
        """The time zone of deadlines and hours."""
        return ZoneInfo(self.calendar.timezone)


def load_policy(path: Path, *, mailbox: str | None = None) -> Policy:
    """Read and validate a pack; `mailbox` overrides the official address.

    Raises WrongPolicy with file, line and key.
    """
    try:
        source = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise WrongPolicy(f"{path}: cannot be read", advice="check TRIAGE_POLICY") from error
    try:
        raw = tomllib.loads(source)
    except tomllib.TOMLDecodeError as error:
        raise WrongPolicy(f"{path}: {error}") from error
    if mailbox and isinstance(raw.get("addresses"), dict):
        raw["addresses"]["mailbox"] = mailbox
    policy = _convert(raw, source, path)
    _cross_check(policy, source, path)
    return policy


def _convert(raw: Mapping[str, object], source: str, path: Path) -> Policy:
    _refuse_unknown_keys(raw, source, path)
    try:
        policy = msgspec.convert(raw, Policy, strict=False)
    except msgspec.ValidationError as error:
        message, _, place = str(error).partition(" - at `$.")
        keys = place.rstrip("`")
        missing = re.search(r"missing required field `(\w+)`", message)
        key = ".".join(filter(None, [keys, missing.group(1) if missing else ""]))
        raise WrongPolicy(f"{path}:{_line_of(keys, source)}: {key or 'pack'}: {message}") from error
    policy._scopes.update({s.rule: s for s in policy.scope})
    policy._priorities.update({p.label: p for p in policy.priority})
    return policy


def _refuse_unknown_keys(raw: Mapping[str, object], source: str, path: Path) -> None:
    shapes: dict[str, type] = {
        "pack": PackInfo, "addresses": Addresses, "numbers": Numbers, "calendar": Calendar,
        "confidence": Targets, "dialogue": DialogueLimits, "letter": LetterRules,
        "priority": PriorityRule, "scope": ScopeRule, "category": Category,
        "refusal": Refusal, "status": Status, "resolution": Resolution, "release": Release,
        "faq": FaqRules,
    }  # fmt: skip
    for section, value in raw.items():
        if section == "clauses":
            continue
        if section not in shapes:
            raise WrongPolicy(f"{path}:{_line_of(section, source)}: {section}: unknown section")
        allowed = shapes[section].__slots__  # type: ignore[attr-defined]
        rows = value if isinstance(value, list) else [value]
        for number, row in enumerate(rows):
            for key in row if isinstance(row, dict) else ():
                if key not in allowed:
                    at = f"{section}[{number}].{key}" if isinstance(value, list) else f"{section}.{key}"
                    raise WrongPolicy(f"{path}:{_line_of(at, source)}: {at}: unknown key")


def _cross_check(policy: Policy, source: str, path: Path) -> None:
    def fail(at: str, why: str) -> None:
        raise WrongPolicy(f"{path}:{_line_of(at, source)}: {at}: {why}")

    try:
        ZoneInfo(policy.calendar.timezone)
    except (ZoneInfoNotFoundError, ValueError):
        fail("calendar.timezone", "unknown time zone")
    if policy.calendar.opens >= policy.calendar.closes:
        fail("calendar.closes", "must be later than opens")
    if not policy.calendar.weekdays or set(policy.calendar.weekdays) - set(range(1, 8)):
        fail("calendar.weekdays", "takes numbers from 1 (Monday) to 7")
    if {p.label for p in policy.priority} != set(Priority):
        fail("priority[0].label", "high, medium and low must each stand once")
    for number, rule in enumerate(policy.scope):
        at = f"scope[{number}]"
        if [s.rule for s in policy.scope].count(rule.rule) > 1:
            fail(f"{at}.rule", f"{rule.rule} stands twice")
        if rule.category not in {c.code for c in policy.category}:
            fail(f"{at}.category", f"{rule.category} is not among the categories")
        if any(c.strip() not in policy.clauses for c in rule.clause.split(",")):
            fail(f"{at}.clause", f"{rule.clause} is not among the clauses")
        if rule.verdict is not Verdict.IN and not rule.instead:
            fail(f"{at}.rule", "`instead` must say what is offered")
    for number, status in enumerate(policy.status):
        if set(status.next) - {s.code for s in policy.status}:
            fail(f"status[{number}].next", "names an unknown status")
    for number, release in enumerate(policy.release):
        if not re.fullmatch(r"\d+(?:\.\d+)*", release.version):
            fail(f"release[{number}].version", "takes numbers with dots, as 4.1")
        if [r.version for r in policy.release].count(release.version) > 1:
            fail(f"release[{number}].version", f"{release.version} stands twice")
    for key, holds, takes in faq_limits(policy.faq):
        if not holds:
            fail(f"faq.{key}", f"takes {takes}")
    try:
        policy.numbers.pattern.format(year=2026, n=1)
    except (KeyError, ValueError, IndexError):
        fail("numbers.pattern", "takes {year} and {n}")


def _line_of(place: str, source: str) -> int:
    """Line (from 1) of a place such as `scope[3].verdict`; of its table when the key is absent."""
    match = re.match(r"(\w+)(?:\[(\d+)\])?(?:\.(\w+))?", place)
    if not match:
        return 1
    section, index, key = match.group(1), int(match.group(2) or 0), match.group(3)
    heads = [
        n
        for n, line in enumerate(source.splitlines(), 1)
        if re.match(rf"\[{{1,2}}{re.escape(section)}\]{{1,2}}", line.strip())
    ]
    if index >= len(heads):
        return 1
    head = heads[index]
    for n, line in enumerate(source.splitlines()[head:], head + 1):
        if line.startswith("["):
            break
        if key and re.match(rf"\s*\"?{re.escape(key)}\"?\s*=", line):
            return n
    return head
