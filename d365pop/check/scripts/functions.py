"""The functions that a classic script defines in the window, as far as its text can prove."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from pathlib import Path

from d365pop.bundle.cache import ResultCache
from d365pop.bundle.engine import Opener
from d365pop.check.scripts.checker import LARGEST, SECONDS, decode_script
from d365pop.check.scripts.definitions import Definitions, read_definitions
from d365pop.check.scripts.session import ask_all, checker_digest, opener
from d365pop.errors import BundleError


def definitions(
    scripts: Mapping[str, bytes],
    *,
    cache: Path | None = None,
) -> dict[str, Definitions | None]:
    """Return what each script defines, by part; None where nothing can be said.

    Raises:
        BundleError: there is no engine, or its toolchain is not what was built.
    """
    texts = {
        part: decode_script(content) if len(content) <= LARGEST else None
        for part, content in scripts.items()
    }
    known = [part for part, text in texts.items() if text is not None]
    found = _definitions([texts[part] or "" for part in known], cache, opener(SECONDS))
    return {**dict.fromkeys(scripts), **dict(zip(known, found, strict=True))}


def _definitions(
    codes: Sequence[str], cache: Path | None, open_checker: Opener
) -> list[Definitions | None]:
    stored = ResultCache(cache)
    keys = [_cache_key(code) if cache else "" for code in codes]
    results = [stored.read(key) if key else None for key in keys]
    missing = [index for index, result in enumerate(results) if result is None]
    requests = [{"code": codes[index]} for index in missing]
    for index, answer in zip(missing, ask_all("exportsOf", requests, open_checker), strict=True):
        if isinstance(answer, BundleError):
            continue
        results[index] = {"exports": json.dumps(answer)}
        if keys[index]:
            stored.write(keys[index], results[index] or {})
    return [
        read_definitions(json.loads(result["exports"])) if result else None for result in results
    ]


def _cache_key(code: str) -> str:
    content = json.dumps(["exports", checker_digest(), code])
    return hashlib.sha256(content.encode()).hexdigest()
