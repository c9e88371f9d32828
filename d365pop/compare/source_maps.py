"""Finds the sources behind a script; trusts a map only where a build's manifest proves it.

A map beside a package may belong to another build of the same file names. ``manifest.json``
holds the SHA-256 of each web resource that the maps beside it were written for.
"""

import json
from collections.abc import Mapping
from pathlib import Path, PurePosixPath
from typing import Final, TypeAlias

from d365pop.errors import UsageError
from d365pop.models import Json

MANIFEST: Final = "manifest.json"
_LARGEST: Final = 64 * 1024 * 1024

Sources: TypeAlias = Mapping[str, str]
"""Text of each source by its path."""


def proven_sources(manifest: bytes, maps: Mapping[str, bytes]) -> dict[str, Sources]:
    """Return the sources by the SHA-256 of the script; ``maps`` are by name of their file."""
    hashes = _member(_document(manifest), "web_resources")
    found: dict[str, Sources] = {}
    for name, digest in hashes.items() if isinstance(hashes, dict) else ():
        source_map = maps.get(f"{PurePosixPath(name).name}.map")
        if source_map is not None and isinstance(digest, str):
            sources = _sources(source_map)
            if sources:
                found[digest] = sources
    return found


def read_sources(folder: Path) -> dict[str, Sources]:
    """Return what ``folder`` proves: maps in it or in its ``maps``, its manifest or its parent's.

    Raises:
        UsageError: the folder cannot be read.
    """
    try:
        place = folder / "maps" if (folder / "maps").is_dir() else folder
        maps = {path.name: _read(path) for path in sorted(place.glob("*.map"))}
        beside = [path for path in (place / MANIFEST, place.parent / MANIFEST) if path.is_file()]
        return proven_sources(_read(beside[0]), maps) if beside else {}
    except OSError as exc:
        raise UsageError(
            "maps-unreadable",
            f"The source maps in {folder} cannot be read.",
            context=str(exc),
            hint="Name the folder that d365pop build wrote.",
        ) from exc


def _read(path: Path) -> bytes:
    return path.read_bytes() if path.stat().st_size <= _LARGEST else b""


def _sources(source_map: bytes) -> Sources:
    document = _document(source_map)
    names, texts = _member(document, "sources"), _member(document, "sourcesContent")
    if not isinstance(names, list) or not isinstance(texts, list) or len(names) != len(texts):
        return {}
    return {
        name: text
        for name, text in zip(names, texts, strict=True)
        if isinstance(name, str) and isinstance(text, str)
    }


def _document(data: bytes) -> Json:
    try:
        document: Json = json.loads(data)
    except (ValueError, RecursionError):
        # No proof is no error: the script is compared without its sources.
        return None
    return document


def _member(document: Json, name: str) -> Json:
    return document.get(name) if isinstance(document, dict) else None
