"""The few questions that we ask about a URL; opens no connection."""

from ipaddress import ip_address
from urllib.parse import urlsplit

_DEFAULT_PORTS = {"http": 80, "https": 443}


def origin_of(url: str) -> str:
    """Return ``scheme://host[:port]`` in lower case, without a default port.

    Empty when ``url`` is no absolute http or https URL.
    """
    try:
        parts = urlsplit(url.strip())
        host, port = parts.hostname, parts.port
    except ValueError:
        return ""
    if parts.scheme not in _DEFAULT_PORTS or not host:
        return ""
    shown = f"[{host}]" if ":" in host else host
    suffix = "" if port in (None, _DEFAULT_PORTS[parts.scheme]) else f":{port}"
    return f"{parts.scheme}://{shown}{suffix}"


def host_of(url: str) -> str:
    """Return the host for a message; never a path or a query, which may hold secrets."""
    try:
        return urlsplit(url.strip()).hostname or "(no host)"
    except ValueError:
        return "(no host)"


def is_loopback(url: str) -> bool:
    """Tell whether ``url`` can only mean this very machine."""
    host = host_of(url)
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False
