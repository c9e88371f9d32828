"""The multipart bodies of ``$batch``: bytes in, requests out, and back; knows no table."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from http import HTTPStatus

from d365pop.emulator.faults import bad_request
from d365pop.emulator.protocol import Response, joined_headers

BOUNDARY = re.compile(r"""boundary=(?:"([^"]+)"|([^\s;"]+))""", re.IGNORECASE)
EMPTY_LINE = re.compile(rb"\r?\n\r?\n")
REQUEST_LINE = re.compile(r"(?P<method>[A-Z]+) +(?P<target>\S(?:.*\S)?) +HTTP/1\.[01] *")


@dataclass(frozen=True, slots=True)
class Item:
    """One request of a batch, its target as it was written."""

    method: str
    target: str
    content_id: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = field(default=b"", repr=False)


@dataclass(frozen=True, slots=True)
class ChangeSet:
    """Requests that happen together or not at all."""

    items: tuple[Item, ...]


def parse_batch(content_type: str, body: bytes) -> tuple[Item | ChangeSet, ...]:
    """Return what a batch asks for, in order.

    Raises:
        Fault: the body is no batch.
    """
    return tuple(_member(part) for part in _parts(content_type, body))


def _member(part: bytes) -> Item | ChangeSet:
    headers, content = _headers(part)
    content_type = headers.get("content-type", "")
    if not content_type.lower().startswith("multipart/mixed"):
        return _item(headers, content)
    items = tuple(_item(*_headers(inner)) for inner in _parts(content_type, content))
    return ChangeSet(items)


def _parts(content_type: str, body: bytes) -> list[bytes]:
    match = BOUNDARY.search(content_type)
    if not content_type.lower().lstrip().startswith("multipart/mixed") or match is None:
        raise bad_request(f"The content type '{content_type}' has no batch boundary.")
    mark = re.escape((match.group(1) or match.group(2)).encode())
    delimiter = re.compile(rb"(?:\A|\r?\n)--" + mark + rb"(--)?[ \t]*(?=\r?\n|\Z)")
    parts: list[bytes] = []
    start = -1
    for found in delimiter.finditer(body):
        if start >= 0:
            parts.append(body[start : found.start()])
        if found.group(1):
            return parts
        start = found.end()
    raise bad_request("The batch request does not end with its boundary.")


def _headers(text: bytes) -> tuple[dict[str, str], bytes]:
    """Return the header lines and what follows them."""
    head, _, content = _cut(text.lstrip(b"\r\n"))
    lines = head.decode("utf-8", "replace").splitlines()
    return joined_headers(map(_header, lines)), content


def _header(line: str) -> tuple[str, str]:
    name, colon, value = line.partition(":")
    if not colon:
        raise bad_request(f"Invalid header line '{line}' in the batch request.")
    return name.strip(), value.strip()


def _cut(text: bytes) -> tuple[bytes, bytes, bytes]:
    match = EMPTY_LINE.search(text)
    if match is None:
        return text, b"", b""
    return text[: match.start()], match.group(), text[match.end() :]


def _item(part_headers: Mapping[str, str], content: bytes) -> Item:
    if not part_headers.get("content-type", "").lower().startswith("application/http"):
        raise bad_request("A part of a batch must have the content type 'application/http'.")
    line, _, rest = content.lstrip(b"\r\n").partition(b"\n")
    text = line.decode("utf-8", "replace").rstrip("\r")
    match = REQUEST_LINE.fullmatch(text)
    if match is None:
        raise bad_request(f"The request line '{text}' of the batch is invalid.")
    # Without header lines the empty line follows at once.
    blank = rest[:1] == b"\n" or rest[:2] == b"\r\n"
    headers, body = ({}, rest.lstrip(b"\r\n")) if blank else _headers(rest)
    content_id = part_headers.get("content-id") or headers.get("content-id", "")
    return Item(match["method"], match["target"], content_id, headers, body)


def http_part(response: Response, content_id: str = "") -> bytes:
    """Return an answer as one part of a batch's answer."""
    phrase = HTTPStatus(response.status).phrase
    named = [f"Content-ID: {content_id}"] if content_id else []
    address = response.header("OData-EntityId")
    lines = [
        "Content-Type: application/http",
        "Content-Transfer-Encoding: binary",
        *named,
        "",
        f"HTTP/1.1 {response.status} {phrase}",
        *([f"Location: {address}"] if address else []),
        *(f"{name}: {value}" for name, value in response.headers),
        "OData-Version: 4.0",
        "",
        "",
    ]
    return "\r\n".join(lines).encode() + response.body


def multipart(boundary: str, parts: Iterable[bytes]) -> bytes:
    """Return parts between boundaries."""
    mark = boundary.encode()
    return b"".join(b"--" + mark + b"\r\n" + part + b"\r\n" for part in parts) + (
        b"--" + mark + b"--\r\n"
    )


def nested_part(boundary: str, parts: Iterable[bytes]) -> bytes:
    """Return the answers of a change set as one part."""
    head = f"Content-Type: multipart/mixed; boundary={boundary}\r\n\r\n".encode()
    return head + multipart(boundary, parts)
