"""Contents of files as they stand in JSON: each once, and by its hash wherever it is used.

A plan holds every web resource up to five times: as it shall be, as it is, and in the steps.
"""

import hashlib
from base64 import b64decode, b64encode
from binascii import Error
from typing import TYPE_CHECKING, Annotated, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pydantic import GetCoreSchemaHandler, SerializationInfo, ValidationInfo
    from pydantic_core import CoreSchema

_PREFIX: Final = "sha256:"  # a colon is no letter of Base64


def content_hash(content: bytes) -> str:
    """Return the SHA-256 of ``content``, in hexadecimal."""
    return hashlib.sha256(content).hexdigest()


def name_of(content: bytes) -> str:
    """Return what stands for ``content``, and for no other."""
    return _PREFIX + content_hash(content)


class Shelf:
    """Collects contents while a model is dumped; the ``context`` of the dump.

    A validation's ``context`` is what it held: each content by what stands for it.
    """

    def __init__(self) -> None:
        self._names: dict[bytes, str] = {}

    def put(self, content: bytes) -> str:
        """Return what stands for ``content``."""
        if content not in self._names:
            self._names[content] = name_of(content)
        return self._names[content]

    def texts(self) -> dict[str, str]:
        """Return each content in Base64, by what stands for it."""
        return {name: b64encode(content).decode() for content, name in self._names.items()}


class _ByHash:
    """Tells pydantic, and loads nothing of it before it asks."""

    def __get_pydantic_core_schema__(
        self, source: object, handler: "GetCoreSchemaHandler"
    ) -> "CoreSchema":
        from pydantic_core import core_schema  # noqa: PLC0415

        return core_schema.with_info_before_validator_function(
            _read,
            handler(source),
            serialization=core_schema.plain_serializer_function_ser_schema(
                _write, info_arg=True, when_used="json"
            ),
        )


def _write(content: bytes, info: "SerializationInfo[Shelf]") -> str:
    return info.context.put(content)


def _read(value: object, info: "ValidationInfo[Mapping[str, bytes]]") -> object:
    if not isinstance(value, str):
        return value
    if not value.startswith(_PREFIX):
        return _in_place(value)
    if value not in info.context:
        raise ValueError("it is not among the contents")
    return info.context[value]


def _in_place(text: str) -> bytes:
    """Return a content as plans of format 1 have it."""
    try:
        return b64decode(text, altchars=b"-_", validate=True)
    except Error as error:
        raise ValueError("it is no Base64") from error


Content = Annotated[bytes, _ByHash()]
