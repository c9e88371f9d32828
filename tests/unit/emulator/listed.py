"""Which route of the documented table a request belongs to."""

import re
from functools import cache
from urllib.parse import unquote

from d365pop.emulator.route_table import Route, routes

WEB_API = re.compile(r"\A/api/data/v9\.[0-2]/")


def route_of(method: str, path: str) -> Route | None:
    """Return the route that a request's path belongs to, None where none is listed."""
    name, inside = WEB_API.subn("", unquote(path), count=1)
    name = re.sub("/+", "/", name).strip("/") if inside else name
    return next(
        (
            route
            for route in routes()
            if method in route.evidence and _pattern(route.path).fullmatch(name)
        ),
        None,
    )


@cache
def _pattern(path: str) -> re.Pattern[str]:
    """Return what requests of a route look like, percent-decoded and without a query."""
    text = re.escape(path.partition("?")[0])
    text = re.sub(r"\\{[^}]*that\\ a\\ package\\ brings\\}", r"\\w*_\\w+", text)
    text = text.replace(r"\{path\}", ".+")
    text = re.sub(r"\\{[^}]*\\}", r"[^/()$]+", text)
    text = text.replace(r"\(id\)", r"\(.+\)").replace(r"\(…\)", r"(?:\(.*\))?")
    # Web resources are found in any case, as on the platform; everything else is exact.
    return re.compile(text, re.IGNORECASE if "/WebResources/" in path else 0)
