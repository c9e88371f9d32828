"""Where a Chromium and its driver are, and what to do where they are not; starts neither."""

from collections.abc import Callable
from importlib import import_module
from typing import Any, Final

from d365pop.errors import ConfigurationError

VARIABLE: Final = "D365POP_CHROMIUM"

_NAMES: Final = (
    "chromium",
    "chromium-browser",
    "google-chrome-stable",
    "google-chrome",
    "chrome",
    "microsoft-edge",
    "msedge",
)
# Where macOS and Windows have them; they are on nobody's PATH there.
_PLACES: Final = (
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
    "/Applications/Microsoft Edge.app/Contents/MacOS/Microsoft Edge",
    r"C:\Program Files\Google\Chrome\Application\chrome.exe",
    r"C:\Program Files (x86)\Microsoft\Edge\Application\msedge.exe",
)


def require_driver(module: Callable[[str], Any] = import_module) -> None:
    """Refuse to go on without the library that drives a browser.

    Raises:
        ConfigurationError: it is not installed.
    """
    try:
        module("playwright.sync_api")
    except ImportError as exc:
        raise ConfigurationError(
            "browser-driver-missing",
            "The smoke test drives a browser by the package playwright, which is missing.",
            hint='Install it: pip install "d365pop[smoke]".',
        ) from exc


def find_browser(
    named: str, which: Callable[[str], str | None], exists: Callable[[str], bool], bundled: str
) -> str:
    """Return the program of a Chromium: the named one, else one of this machine, else ``bundled``.

    Raises:
        ConfigurationError: there is none.
    """
    on_path = (found for name in _NAMES if (found := which(name)))
    places = (place for place in (*_PLACES, bundled) if exists(place))
    found = (named if exists(named) else "") if named else next(on_path, next(places, ""))
    if not found:
        raise ConfigurationError(
            "browser-missing",
            "The smoke test found no Chromium, Chrome or Edge.",
            context=f"{VARIABLE} names {named}, which is not there." if named else "",
            hint="Install one (Debian: apt-get install chromium; elsewhere: playwright install "
            "chromium), or name it in D365POP_CHROMIUM.",
        )
    return found
