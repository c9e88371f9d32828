"""What a smoke test expects of the browser, what was seen there, and what that means; pure."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import urlsplit

from d365pop.smoke.callers import Caller, masked

CONNECTED: Final = "connected"
"""``data-state`` of the pane once phone and page have found each other."""
_MOST_ERRORS: Final = 5
_LONGEST_ERROR: Final = 300


@dataclass(frozen=True, slots=True)
class ExpectedForm:
    """A form that is opened, and the handlers that must run on it."""

    table: str
    form_id: str
    """Empty for the form that the table opens by itself."""
    handlers: tuple[str, ...]
    """As the shell marks them: ``onload D365Pop.onLoad``."""


@dataclass(frozen=True, slots=True)
class Expected:
    """What has to happen."""

    forms: tuple[ExpectedForm, ...]
    caller: Caller
    voice: str
    """The policy for calls: ``auto``, ``soft`` or ``off``."""
    notifies: bool = True
    """Whether the host shows a notification for a soft pop; else its card is all there is."""


@dataclass(frozen=True, slots=True)
class Observed:
    """What happened."""

    ran: tuple[frozenset[str], ...] = ()
    """The handlers that ran, for each form that was opened."""
    connection: str = ""
    """The pane's state; empty where there is no pane."""
    rang: bool = False
    opened: tuple[str, str] = ("", "")
    """Table and id of the record on screen after the call."""
    said: str = field(default="", repr=False)
    """What the pane says of the call."""
    errors: tuple[str, ...] = field(default=(), repr=False)
    """What the console called an error, and where the browser failed."""
    picture: bytes = field(default=b"", repr=False)
    """The screen at the end."""


def console_error(text: str, url: str) -> str:
    """Return an error of the console, and which file it is about where it does not say so itself.

    The query stays out: it may hold a customer's number.
    """
    parts = urlsplit(url)
    about = f"{parts.hostname or ''}{parts.path}"
    return f"{text}: {about}" if text.startswith("Failed to load resource") and about else text


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at; its text names no customer and no number."""

    passed: bool
    text: str


def judge(expected: Expected, observed: Observed) -> tuple[Finding, ...]:
    """Return what is right and what is wrong, in the order in which it happened."""
    return (
        *_of_forms(expected, observed),
        _of_pane(observed),
        _of_call(expected, observed),
        *_of_console(observed),
    )


def _of_forms(expected: Expected, observed: Observed) -> Iterator[Finding]:
    for index, form in enumerate(expected.forms):
        ran = observed.ran[index] if index < len(observed.ran) else frozenset[str]()
        for handler in form.handlers:
            passed = handler in ran
            verb = "ran" if passed else "did not run"
            yield Finding(passed, f"form {form.table}: {handler} {verb}")


def _of_pane(observed: Observed) -> Finding:
    if observed.connection == CONNECTED:
        return Finding(passed=True, text="softphone pane: connected")
    state = f"it is “{observed.connection}”" if observed.connection else "it is not there"
    return Finding(passed=False, text=f"softphone pane: not connected, {state}")


def _of_call(expected: Expected, observed: Observed) -> Finding:
    caller = expected.caller
    record = f"{caller.table} {caller.record_id}"
    if expected.voice == "off":
        return Finding(passed=True, text="call: none was made, since calls open nothing here")
    if not observed.rang:
        return Finding(passed=False, text="call: none could be made")
    if observed.opened == (caller.table, caller.record_id):
        return Finding(passed=True, text=f"call from {caller.masked}: opened {record}")
    on_screen = " ".join(filter(None, observed.opened)) or "another page"
    # Whom the pane has opened has a name, which is nobody's business.
    told = "" if observed.said.startswith("Opened") else masked(observed.said)
    says = f"; the pane says “{told}”" if told else ""
    text = f"call from {caller.masked}: {record} did not open, on screen is {on_screen}{says}"
    return Finding(passed=False, text=text)


def _of_console(observed: Observed) -> Iterator[Finding]:
    if not observed.errors:
        yield Finding(passed=True, text="browser: no error on its console")
    for error in observed.errors[:_MOST_ERRORS]:
        line = " ".join(masked(error).split())[:_LONGEST_ERROR]
        yield Finding(passed=False, text=f"browser: {line}")
