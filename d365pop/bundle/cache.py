"""A folder of results by key; whatever is wrong with it, the caller just works without."""

import hashlib
import json
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

from d365pop.files import replace_whole


class ResultCache:
    """Results as JSON, each behind its own SHA-256; does nothing without a folder."""

    def __init__(self, folder: Path | None) -> None:
        self._folder = folder

    def read(self, key: str) -> dict[str, str] | None:
        """Return the result of ``key``, or None where there is none that is whole."""
        if self._folder is None:
            return None
        try:
            stored = (self._folder / f"{key}.json").read_bytes()
        except OSError:
            return None
        checksum, _, body = stored.partition(b"\n")
        if hashlib.sha256(body).hexdigest().encode() != checksum:
            return None
        result: dict[str, str] = json.loads(body)
        return result

    def write(self, key: str, result: Mapping[str, str]) -> None:
        """Keep the result if the folder can be written to; readers never see half of it."""
        if self._folder is None:
            return
        body = json.dumps(result, sort_keys=True).encode()
        content = hashlib.sha256(body).hexdigest().encode() + b"\n" + body
        with suppress(OSError):
            self._folder.mkdir(parents=True, exist_ok=True)
            replace_whole(self._folder / f"{key}.json", content)
