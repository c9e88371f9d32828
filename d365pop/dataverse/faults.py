"""Turns an answer that is no success into an error; knows the shapes that errors come in."""

import re

from d365pop.dataverse.codes import meaning
from d365pop.errors import DataverseError
from d365pop.redaction import redact
from d365pop.transport import Response, host_of

_LONGEST = 600
_TAGS = re.compile(r"<(script|style)\b.*?</\1\s*>|<[^>]*>", re.DOTALL | re.IGNORECASE)
_TITLE = re.compile(r"<title[^>]*>(.*?)</title", re.DOTALL | re.IGNORECASE)


def dataverse_error(response: Response, doing: str, url: str) -> DataverseError:
    """Return the error that ``response`` reports about ``doing`` (such as ``publish``)."""
    code, text = _reported(response)
    found = meaning(code, response.status)
    return DataverseError(
        found.reference,
        f"{host_of(url)} refused to {doing}: {text or f'HTTP {response.status}'}",
        status=response.status,
        code=code,
        request_id=request_id(response),
        context=f"HTTP {response.status}{f', {code}' if code else ''}",
        hint=found.hint,
    )


def unexpected_answer(response: Response, doing: str, url: str, problem: str) -> DataverseError:
    """Return the error for a success whose body is not what Dataverse answers."""
    return DataverseError(
        "dataverse-unexpected-answer",
        f"{host_of(url)} did not answer as Dataverse does to: {doing}",
        status=response.status,
        request_id=request_id(response),
        context=f"{problem}: {_excerpt(response)}",
        hint="Check the environment's URL, and whether a proxy answers in its place.",
    )


def request_id(response: Response) -> str:
    """Return the id that Microsoft's support asks for; empty where there is none.

    ``x-ms-service-request-id`` occurs twice in real answers; the last one is also ``REQ_ID``.
    """
    ids = response.headers.get("REQ_ID") or response.headers.get("x-ms-service-request-id", "")
    return ids.rpartition(",")[2].strip()


def _reported(response: Response) -> tuple[str, str]:
    """Return the platform's code and text; the code is empty where there is none."""
    try:
        body = response.json()
    except ValueError:
        return "", _excerpt(response)
    error = body.get("error") if isinstance(body, dict) else None
    if not isinstance(error, dict):
        return "", _excerpt(response)
    code, text = error.get("code"), error.get("message")
    return (
        code if isinstance(code, str) else "",
        redact(text.strip()) if isinstance(text, str) else "",
    )


def _excerpt(response: Response) -> str:
    """Return the title of an HTML page, or the first words of anything else."""
    text = response.text
    title = _TITLE.search(text)
    words = " ".join((title[1] if title else _TAGS.sub(" ", text)).split())
    return redact(words)[:_LONGEST]
