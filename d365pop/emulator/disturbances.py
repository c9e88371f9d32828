"""Faults made on purpose: what to disturb, how often, how; deterministic by seed."""

import random
import re
import threading
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from enum import StrEnum

from d365pop.emulator.faults import UNEXPECTED, Fault, bad_request, customization_locked
from d365pop.emulator.protocol import Json, JsonObject, Request


class Kind(StrEnum):
    """What happens to a request, or to the work that it starts."""

    DELAY = "delay"
    DROP_BEFORE = "drop-before"
    DROP_AFTER = "drop-after"
    RESET = "reset"
    THROTTLE = "throttle"
    SERVER_ERROR = "server-error"
    LOCK = "lock"
    SLOW_IMPORT = "slow-import"
    FAILED_IMPORT = "failed-import"
    JOB_RACE = "job-race"
    CLOCK_SKEW = "clock-skew"


LONGEST = 86_400
THROTTLES: Mapping[str, tuple[str, str]] = {
    "requests": (
        "0x80072322",
        "Number of requests exceeded the limit of {limit} over time window of 300 seconds.",
    ),
    "time": (
        "0x80072321",
        (
            "Combined execution time of incoming requests exceeded limit of {limit} milliseconds "
            "over time window of 300 seconds. Decrease number of concurrent requests or reduce the "
            "duration of requests and try again later."
        ),
    ),
    "concurrency": ("0x80072326", "Number of concurrent requests exceeded the limit of {limit}."),
}
PLATFORM_LIMITS = {"requests": "6000", "time": "1,200,000", "concurrency": "52"}
FIELDS = frozenset(
    {"kind", "method", "path", "count", "probability", "seconds", "status", "which", "skip"}
)


@dataclass(frozen=True, slots=True)
class Disturbance:
    """One rule; ``path`` is a regular expression searched in the request's path."""

    kind: Kind
    method: str = ""
    path: str = ""
    count: int = -1
    """How often at most, without a bound where negative."""
    probability: float = 1.0
    seconds: float = 0.0
    """Of a delay, a slow import, a skewed clock, or to wait as a throttle tells."""
    status: int = 503
    which: str = "requests"
    """Which limit a throttle tells of: requests, time or concurrency."""
    skip: int = 0
    """How many matching requests pass first."""

    def fits(self, request: Request) -> bool:
        """Whether it is about a request."""
        if self.method and self.method.upper() != request.method:
            return False
        return re.search(self.path, request.path) is not None


@dataclass
class _Armed:
    rule: Disturbance
    left: int
    skip: int


@dataclass
class Disturbances:
    """The rules in force, oldest first; one random sequence for all of them."""

    seed: int = 0
    _armed: list[_Armed] = field(default_factory=list)
    _guard: threading.Lock = field(default_factory=threading.Lock)
    _random: random.Random = field(init=False)

    def __post_init__(self) -> None:
        """Begin the sequence."""
        self._random = random.Random(self.seed)  # noqa: S311 - repeatable on purpose

    def add(self, rule: Disturbance) -> None:
        """Put a rule in force."""
        with self._guard:
            self._armed.append(_Armed(rule, rule.count, rule.skip))

    def clear(self, seed: int | None = None) -> None:
        """End all rules and begin the sequence anew."""
        with self._guard:
            self._armed.clear()
            self._random.seed(self.seed if seed is None else seed)

    def drawn(self, request: Request, kinds: frozenset[Kind]) -> list[Disturbance]:
        """Return what happens to a request, of these kinds; each counts as used."""
        if not self._armed:
            return []
        with self._guard:
            return [
                item.rule
                for item in self._armed
                if item.rule.kind in kinds and item.rule.fits(request) and self._use(item)
            ]

    def standing(self, kind: Kind) -> float:
        """Return the seconds of all rules of a kind that hold as long as they stand."""
        with self._guard:
            return sum(item.rule.seconds for item in self._armed if item.rule.kind is kind)

    def _use(self, item: _Armed) -> bool:
        if item.left == 0:
            return False
        if item.rule.probability < 1 and self._random.random() >= item.rule.probability:
            return False
        if item.skip:
            item.skip -= 1
            return False
        item.left -= 1
        return True

    def as_json(self) -> list[Json]:
        """Return the rules with how often they may still happen."""
        with self._guard:
            return [{**asdict(item.rule), "left": item.left} for item in self._armed]


def parse_rule(told: Json) -> Disturbance:
    """Return a rule as the admin interface or the command line states it.

    Raises:
        Fault: it names what there is not, or a value does not fit.
    """
    given = told if isinstance(told, dict) else {}
    unknown = given.keys() - FIELDS
    if unknown:
        raise bad_request(f"A fault has no {', '.join(sorted(unknown))}; it has {_listed(FIELDS)}.")
    try:
        kind = Kind(str(given.get("kind")))
    except ValueError as exc:
        raise bad_request(
            f"There is no fault '{given.get('kind')}'; there are {_listed(Kind)}."
        ) from exc
    values: JsonObject = {name: value for name, value in given.items() if name != "kind"}
    try:
        rule = Disturbance(
            kind,
            str(values.get("method", "")),
            str(values.get("path", "")),
            int(str(values.get("count", -1))),
            float(str(values.get("probability", 1.0))),
            float(str(values.get("seconds", 0.0))),
            int(str(values.get("status", 503))),
            str(values.get("which", "requests")),
            int(str(values.get("skip", 0))),
        )
        re.compile(rule.path)
    except (ValueError, re.error) as exc:
        raise bad_request(f"The fault '{kind}' cannot be read: {exc}") from exc
    _check(rule)
    return rule


def _check(rule: Disturbance) -> None:
    fitting = rule.which in THROTTLES and 0 <= rule.probability <= 1
    # Not a number lies between no two.
    fitting = fitting and 0 <= rule.seconds <= LONGEST and rule.status in range(400, 600)
    if not fitting:
        raise bad_request(
            f"A fault's which is one of {_listed(THROTTLES)}, its seconds lie between 0 and "
            f"{LONGEST}, its probability between 0 and 1, its status between 400 and 599."
        )


def rule_from_text(text: str) -> Disturbance:
    """Return a rule written as ``kind,name=value,…``, as the command line has it."""
    kind, *pairs = text.split(",")
    told: JsonObject = {"kind": kind}
    for pair in pairs:
        name, equals, value = pair.partition("=")
        if not equals:
            raise bad_request(f"'{pair}' is no name=value.")
        told[name] = value
    return parse_rule(told)


def fault_of(rule: Disturbance) -> Fault | None:
    """Return the refusal that a rule means, None where it means none."""
    match rule.kind:
        case Kind.THROTTLE:
            return throttled(rule.which, rule.seconds)
        case Kind.SERVER_ERROR:
            return Fault(rule.status, UNEXPECTED, "An unexpected error occurred.")
        case Kind.LOCK:
            return customization_locked("Publish", "EntityCustomization")
        case _:
            return None


def throttled(which: str, seconds: float, limit: str = "") -> Fault:
    """Return the refusal of a service protection limit, the platform's own unless told."""
    code, text = THROTTLES[which]
    told = text.format(limit=limit or PLATFORM_LIMITS[which])
    return Fault(429, code, told, headers=(("Retry-After", f"{seconds:.0f}"),))


def _listed(names: "Mapping[str, object] | frozenset[str] | type[Kind]") -> str:
    return ", ".join(sorted(str(name) for name in names))
