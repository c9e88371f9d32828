"""Checks of this machine: the engine, certificates, the proxy, the disk and the clock."""

from collections.abc import Iterator
from datetime import UTC, timedelta
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from d365pop.check.finding import Rule, Severity
from d365pop.doctor.examination import Check, Outcome, Room, failed, not_checked, passed
from d365pop.doctor.subject import Subject
from d365pop.errors import D365PopError

LEAST_FREE_BYTES: Final = 200 * 1024 * 1024
MOST_SKEW: Final = timedelta(minutes=5)
"""What Microsoft Entra lets an assertion's times be off."""
EXPIRY_WARNING: Final = timedelta(days=30)

_CA_VARIABLES: Final = ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "SSL_CERT_FILE")
_PROXY_VARIABLES: Final = ("HTTPS_PROXY", "https_proxy", "HTTP_PROXY", "http_proxy")


def machine_checks() -> Iterator[Check]:
    """Yield the checks."""
    for rule, run in (
        (_VERSIONS, _versions),
        (_ENGINE, _engine),
        (_CA, _ca),
        (_CERTIFICATE, _certificate),
        (_PROXY, _proxy),
        (_DISK, _disk),
        (_CLOCK, _clock),
    ):
        yield Check(Room.LOCAL, rule, run)


_VERSIONS: Final = Rule(
    "versions",
    Severity.LOW,
    "The versions of what runs here are unknown.",
    "They belong into a report of a defect.",
    "Install d365pop again.",
)
_ENGINE: Final = Rule(
    "engine",
    Severity.CRITICAL,
    "The web resources cannot be built here.",
    "Nothing can be deployed.",
    "Install d365pop again; with [bundle] extensions, look at the message.",
)
_CA: Final = Rule(
    "ca-file",
    Severity.HIGH,
    "A variable names a CA file that is not one.",
    "No server is trusted.",
    "Point the variable to a PEM file with the company's CA, or unset it.",
)
_CERTIFICATE: Final = Rule(
    "certificate-expires",
    Severity.MEDIUM,
    "The certificate of the sign-in expires soon.",
    "From that day nothing can be deployed.",
    "Make a new one and upload it to the app registration before that day.",
)
_PROXY: Final = Rule(
    "proxy",
    Severity.HIGH,
    "A variable names a proxy that is no address.",
    "No server can be reached.",
    "Write it as http://proxy.contoso.com:8080.",
)
_DISK: Final = Rule(
    "disk-space",
    Severity.MEDIUM,
    "The disk is nearly full.",
    "Journals of deploys, which a rollback needs, cannot be written.",
    "Free some space; .d365pop can be deleted where no rollback is wanted.",
)
_CLOCK: Final = Rule(
    "clock",
    Severity.HIGH,
    "This machine's clock is wrong.",
    "Certificates and federated tokens are refused outside their time.",
    "Switch on the system's time synchronisation.",
)


def _versions(subject: Subject) -> Outcome:
    return passed(subject.machine.versions)


def _engine(subject: Subject) -> Outcome:
    try:
        made = subject.build
    except D365PopError as error:
        return failed(error.message, mend=error.hint)
    return passed(f"builds {made.package_name}")


def _ca(subject: Subject) -> Outcome:
    named = {name: subject.machine.variables.get(name) for name in _CA_VARIABLES}
    files = {name: Path(value) for name, value in named.items() if value}
    wrong = [
        f"{name} names {path}, {why}." for name, path in files.items() if (why := _no_ca(path))
    ]
    if wrong:
        return failed(*wrong)
    evidence = ", ".join(f"{name}={path}" for name, path in files.items())
    return passed(evidence or "the system's store, and the library's own")


def _no_ca(path: Path) -> str:
    if path.is_dir():
        return ""
    try:
        content = path.read_bytes()
    except OSError as error:
        return f"which cannot be read ({error.strerror})"
    return "" if b"-----BEGIN" in content else "which holds no certificate"


def _certificate(subject: Subject) -> Outcome:
    if subject.environment.sign_in != "certificate":
        return passed("the sign-in has none")
    ends = subject.machine.certificate_ends()
    if ends is None:
        return not_checked("the certificate's date cannot be read")
    left = ends - subject.machine.now()
    if left < EXPIRY_WARNING:
        return failed(f"It expires on {ends:%Y-%m-%d}, in {max(left.days, 0)} days.")
    return passed(f"valid until {ends:%Y-%m-%d}")


def _proxy(subject: Subject) -> Outcome:
    named = {name: subject.machine.variables.get(name, "") for name in _PROXY_VARIABLES}
    wrong = [name for name, value in named.items() if value and not _is_address(value)]
    if wrong:
        # The value is not shown: it may hold a password.
        return failed(*(f"{name} is no address." for name in wrong))
    hosts = sorted({str(urlsplit(value).hostname) for value in named.values() if value})
    return passed(", ".join(hosts) or "none")


def _is_address(value: str) -> bool:
    try:
        parts = urlsplit(value)
        return parts.scheme in {"http", "https"} and bool(parts.hostname) and parts.port != 0
    except ValueError:
        return False


def _disk(subject: Subject) -> Outcome:
    free = subject.machine.free_bytes()
    shown = f"{free // (1024 * 1024)} MB are free"
    return failed(f"{shown}.") if free < LEAST_FREE_BYTES else passed(shown)


def _clock(subject: Subject) -> Outcome:
    date = subject.challenge().headers.get("Date", "")
    try:
        theirs = parsedate_to_datetime(date)
    except ValueError:
        return not_checked("the environment's answer tells no time")
    if theirs.tzinfo is None:
        # ``-0000``, by which RFC 5322 says that the time is UTC and the place unknown.
        theirs = theirs.replace(tzinfo=UTC)
    skew = abs(subject.machine.now() - theirs)
    evidence = f"{skew.total_seconds():.0f} s from the environment's"
    if skew > MOST_SKEW:
        return failed(f"The clock is {evidence}.", evidence=evidence)
    return passed(evidence)
