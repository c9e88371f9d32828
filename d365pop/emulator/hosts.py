"""Which hosts and origins may ask: a foreign page must not reach a server on loopback."""

import re

from d365pop.emulator.protocol import Request

LOOPBACK = re.compile(r"(?:127(?:\.\d{1,3}){3}|localhost|\[::1\])(?::\d{1,5})?", re.IGNORECASE)


def is_loopback(host: str, also: tuple[str, ...] = ()) -> bool:
    """Whether a ``Host`` header names this machine: else a foreign name was bound to it."""
    if LOOPBACK.fullmatch(host):
        return True
    name = host.rpartition(":")[0] or host
    return bool(host) and name.lower() in {known.lower() for known in also}


def same_origin(request: Request, base: str) -> bool:
    """Whether a browser says that the request comes from our own pages."""
    origin = request.header("origin")
    if origin:
        return origin == base
    return request.header("sec-fetch-site") == "same-origin"


def from_elsewhere(request: Request, base: str) -> bool:
    """Whether a browser says that another site's page sends this; programs say nothing."""
    origin, site = request.header("origin"), request.header("sec-fetch-site")
    return (bool(origin) and origin != base) or (bool(site) and site != "same-origin")
