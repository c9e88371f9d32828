"""Drives a browser through a smoke test; sole user of Playwright, decides nothing."""

import os
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final
from urllib.parse import urlencode

from playwright.sync_api import Browser, ConsoleMessage, Error, Locator, Page, sync_playwright

from d365pop.errors import ConfigurationError
from d365pop.smoke.finding_browsers import find_browser
from d365pop.smoke.verdict import CONNECTED, Expected, ExpectedForm, Observed, console_error

_PATIENCE: Final = 20.0
"""Seconds for each thing that is waited for."""
_AFTER_AN_ERROR: Final = 5.0
"""Seconds that are given once the console shows an error: what it broke rarely comes."""
_RAN: Final = "() => performance.getEntriesByType('mark').map(({ name }) => name)"
_ALL_RAN: Final = """(names) => document.querySelector("#main > .error-page") !== null
    || names.every((name) => performance.getEntriesByName(name, "mark").length > 0)"""
_CONNECTION: Final = """() => [...document.querySelectorAll("iframe")]
    .map((frame) => frame.contentDocument?.querySelector("#connection")?.dataset.state)
    .find(Boolean) ?? "" """
_SAID: Final = """() => [...document.querySelectorAll("iframe")]
    .map((frame) => frame.contentDocument?.querySelector("#cards > li > p")?.textContent)
    .find(Boolean) ?? "" """
_ON_SCREEN: Final = """() => {
    const { entityName = "", entityId = "" } = Xrm.Utility.getPageContext().input;
    const main = document.getElementById("main");
    const shown = main.getAttribute("aria-busy") === "false" && !main.querySelector(".error-page");
    return shown ? [entityName, entityId.toLowerCase()] : ["", ""];
}"""
_IS_CONNECTED: Final = f"() => ({_CONNECTION})() === '{CONNECTED}'"
_IS_ON_SCREEN: Final = f"(wanted) => ({_ON_SCREEN})().join() === wanted.join()"


@contextmanager
def open_browser(named: str) -> Iterator[Browser]:
    """Yield a browser without a window; ``named`` is the program where one is asked for.

    Raises:
        ConfigurationError: there is none, or it does not start.
    """
    with sync_playwright() as playwright:
        bundled = playwright.chromium.executable_path
        program = find_browser(named, shutil.which, lambda path: Path(path).is_file(), bundled)
        # Chromium refuses to run its sandbox as root.
        is_root = hasattr(os, "geteuid") and os.geteuid() == 0
        arguments = ["--no-sandbox"] if is_root else []
        try:
            browser = playwright.chromium.launch(executable_path=program, args=arguments)
        except Error as exc:
            raise ConfigurationError(
                "browser-broken",
                f"{program} does not start.",
                context="\n".join(exc.message.splitlines()[:3]),
                hint="Start it by hand to see why, or name another in D365POP_CHROMIUM.",
            ) from exc
        try:
            yield browser
        finally:
            with suppress(Error):
                browser.close()


def observe(browser: Browser, app: str, softphone: str, expected: Expected) -> Observed:
    """Return what a user would see who opens the forms and whose phone rings then.

    ``app`` and ``softphone`` are origins; what fails in the browser is part of what is seen.
    """
    context = browser.new_context(locale="en-US", viewport={"width": 1360, "height": 820})
    context.set_default_timeout(_PATIENCE * 1000)
    visit = _Visit(context.new_page(), app, softphone)
    try:
        return visit.go_through(expected)
    finally:
        with suppress(Error):
            context.close()


class _Visit:
    """One page, and what was seen on it so far."""

    def __init__(self, page: Page, app: str, softphone: str) -> None:
        self._page = page
        self._app = app
        self._softphone = softphone
        self._ran: list[frozenset[str]] = []
        self._errors: list[str] = []
        self._first_error = float("inf")
        page.on("console", self._hear)
        page.on("pageerror", lambda error: self._failed(str(error)))
        page.on("crash", lambda _: self._failed("the page crashed"))

    def go_through(self, expected: Expected) -> Observed:
        connection, rang, opened, said, picture = "", False, ("", ""), "", b""
        try:
            for form in expected.forms:
                self._open(form)
            self._until(_IS_CONNECTED)
            connection = self._page.evaluate(_CONNECTION)
            if connection == CONNECTED and expected.voice != "off":
                rang = self._ring(expected)
                table, record = self._page.evaluate(_ON_SCREEN)
                opened, said = (table, record), self._page.evaluate(_SAID)
        except Error as exc:
            self._failed(exc.message)
        with suppress(Error):
            picture = self._page.screenshot()
        ran, errors = tuple(self._ran), tuple(self._errors)
        return Observed(ran, connection, rang, opened, said, errors, picture)

    def _open(self, form: ExpectedForm) -> None:
        query = {"pagetype": "entityrecord", "etn": form.table}
        if form.form_id:
            query["formid"] = form.form_id
        # A form for a new row: it opens in every environment, whatever rows there are.
        self._page.goto(f"{self._app}/main.aspx?{urlencode(query)}")
        self._until(_ALL_RAN, list(form.handlers))
        self._ran.append(frozenset(map(str, self._page.evaluate(_RAN))))

    def _ring(self, expected: Expected) -> bool:
        caller = expected.caller
        phone = next(
            (one for one in self._page.frames if one.url.startswith(self._softphone)), None
        )
        if phone is None:
            return False
        self._page.evaluate("() => performance.clearMarks()")
        phone.get_by_label("Number").fill(caller.number)
        phone.get_by_role("button", name="Ring").click()
        if expected.voice == "soft":
            self._offered(expected).click()
        if self._until(_IS_ON_SCREEN, [caller.table, caller.record_id]):
            # What the handlers of the record's form have to say comes with it.
            for form in expected.forms:
                if form.table == caller.table and not form.form_id:
                    self._until(_ALL_RAN, list(form.handlers))
        return True

    def _offered(self, expected: Expected) -> Locator:
        if expected.notifies:
            return self._page.get_by_role("button", name="Open", exact=True)
        panel = self._page.frame_locator("aside.cif-panel iframe")
        return panel.locator("#cards > li > ul button").first

    def _until(self, expression: str, argument: object = None) -> bool:
        """Wait until ``expression`` holds, or until it is not going to; return whether it does."""
        deadline = time.monotonic() + _PATIENCE
        while not self._page.evaluate(expression, argument):
            if time.monotonic() >= min(deadline, self._first_error + _AFTER_AN_ERROR):
                return False
            self._page.wait_for_timeout(200)
        return True

    def _hear(self, message: ConsoleMessage) -> None:
        if message.type == "error":
            self._failed(console_error(message.text, message.location.get("url", "")))

    def _failed(self, text: str) -> None:
        self._errors.append(text)
        self._first_error = min(self._first_error, time.monotonic())
