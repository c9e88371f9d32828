"""Reads a connection string of Application Insights; sends nothing.

The format: Microsoft, "Connection strings in Application Insights".
"""

import re
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit

# ASSUMED: no document names a limit; those that the portal shows have some 300 characters.
_LONGEST: Final = 4096
_GUID: Final = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_PUBLIC: Final = "https://dc.services.visualstudio.com"
_TRACK: Final = "/v2/track"


@dataclass(frozen=True, slots=True)
class Ingestion:
    """Where events go, and the resource that they are for; neither is a secret."""

    url: str
    key: str
    application_id: str = ""
    """What the resource is asked by; empty where the string, an old one, does not tell."""


def parse_connection_string(text: str) -> Ingestion:
    """Return what the string says; keys are read in any case, those that we need not are skipped.

    Raises:
        ValueError: it is no connection string, or names no resource.
    """
    if len(text) > _LONGEST:
        raise ValueError(f"must be at most {_LONGEST} characters")
    pairs = [part.partition("=") for part in text.split(";") if part.strip()]
    if any(not mark for _, mark, _ in pairs):
        raise ValueError("must be InstrumentationKey=…;IngestionEndpoint=https://…")
    found = {name.strip().lower(): value.strip() for name, _, value in pairs}
    key = found.get("instrumentationkey", "").lower()
    if not _GUID.fullmatch(key):
        raise ValueError("InstrumentationKey must be there, 32 digits in five groups")
    application_id = found.get("applicationid", "").lower()
    known = application_id if _GUID.fullmatch(application_id) else ""
    return Ingestion(_origin(found) + _TRACK, key, known)


def _origin(found: dict[str, str]) -> str:
    endpoint = found.get("ingestionendpoint") or _by_suffix(found) or _PUBLIC
    parts = urlsplit(endpoint)
    if parts.scheme != "https" or not parts.hostname or parts.username or parts.query:
        raise ValueError("IngestionEndpoint must be an https address")
    return endpoint.rstrip("/")


def _by_suffix(found: dict[str, str]) -> str:
    suffix = found.get("endpointsuffix", "")
    location = found.get("location", "")
    return f"https://{location + '.' if location else ''}dc.{suffix}" if suffix else ""
