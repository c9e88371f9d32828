"""Reads a request's body off the wire: of a stated length, or chunk by chunk (RFC 9112, 7.1)."""

import re
from email.message import Message
from http import HTTPStatus
from io import BufferedIOBase

from d365pop.emulator.numerals import is_natural

LARGEST_BODY = 128 * 1024 * 1024
LONGEST_LINE = 4096
SIZE = re.compile(rb"([0-9A-Fa-f]{1,16})[ \t]*(?:;.*)?\r?\n", re.DOTALL)


class BodyRefusedError(Exception):
    """The body cannot be read; what follows on the connection means nothing."""

    def __init__(self, status: HTTPStatus, text: str) -> None:
        """State the answer's status and text."""
        super().__init__(text)
        self.status = status


def read_body(headers: Message, stream: BufferedIOBase) -> bytes:
    """Return the body of a request whose headers were read.

    Raises:
        BodyRefusedError: its length is unknown or too great, or its chunks are broken.
    """
    coding, length = headers.get("Transfer-Encoding"), headers.get("Content-Length")
    if coding is None:
        return stream.read(_stated(length or "0"))
    if length is not None:
        # Two lengths: who stands in between may have believed the other one.
        raise BodyRefusedError(HTTPStatus.BAD_REQUEST, "Content-Length beside Transfer-Encoding.")
    if coding.strip().lower() != "chunked":
        raise BodyRefusedError(HTTPStatus.NOT_IMPLEMENTED, f"No Transfer-Encoding '{coding}'.")
    return _read_chunks(stream)


def _stated(text: str) -> int:
    if not is_natural(text):
        raise BodyRefusedError(HTTPStatus.LENGTH_REQUIRED, "A Content-Length is required.")
    _check_size(int(text))
    return int(text)


def _check_size(length: int) -> None:
    if length > LARGEST_BODY:
        raise BodyRefusedError(
            HTTPStatus.REQUEST_ENTITY_TOO_LARGE, f"A request may hold {LARGEST_BODY} bytes."
        )


def _read_chunks(stream: BufferedIOBase) -> bytes:
    found = bytearray()
    while length := _chunk_length(stream):
        _check_size(len(found) + length)
        found += stream.read(length)
        if stream.readline(LONGEST_LINE) not in {b"\r\n", b"\n"}:
            raise BodyRefusedError(HTTPStatus.BAD_REQUEST, "A chunk is not as long as it says.")
    while stream.readline(LONGEST_LINE) not in {b"\r\n", b"\n", b""}:
        pass  # Trailers say nothing that is asked for here.
    return bytes(found)


def _chunk_length(stream: BufferedIOBase) -> int:
    match = SIZE.fullmatch(stream.readline(LONGEST_LINE))
    if match is None:
        raise BodyRefusedError(HTTPStatus.BAD_REQUEST, "A chunk states no length.")
    return int(match.group(1), 16)
