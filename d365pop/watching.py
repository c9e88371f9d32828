"""Notices that files have changed, and waits until they rest; knows nothing of what they are."""

import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Final, TypeAlias

INTERVAL: Final = 0.2
"""Seconds between two looks; files that a whole interval left alone are at rest."""

Stamps: TypeAlias = Mapping[Path, tuple[int, int]]


def stamps(roots: Iterable[Path]) -> Stamps:
    """Return time and size of every file that is a root or lies in one, but for hidden ones."""
    return {path: stamp for root in roots for path, stamp in _stamps(root)}


def settled_changes(
    known: Stamps, look: Callable[[], Stamps], sleep: Callable[[float], None]
) -> Iterator[tuple[Path, ...]]:
    """Yield, for ever, the files that are no longer as ``known``, once nothing more changes.

    An editor that saves in several steps, or a checkout of a branch, is one change.
    """
    while True:
        sleep(INTERVAL)
        now = look()
        if now == known:
            continue
        while True:
            sleep(INTERVAL)
            later = look()
            if later == now:
                break
            now = later
        changed = tuple(path for path in sorted({*known, *now}) if known.get(path) != now.get(path))
        known = now
        if changed:
            yield changed


def _stamps(root: Path) -> Iterator[tuple[Path, tuple[int, int]]]:
    if not root.is_dir():
        yield from _stamp(root)
        return
    for folder, folders, names in os.walk(root):
        folders[:] = [name for name in folders if not name.startswith(".")]
        for name in names:
            if not name.startswith("."):
                yield from _stamp(Path(folder, name))


def _stamp(path: Path) -> Iterator[tuple[Path, tuple[int, int]]]:
    try:
        found = path.stat()
    except OSError:
        return  # gone between the list and the look: as good as deleted
    yield path, (found.st_mtime_ns, found.st_size)
