"""A customer's own modules, bundled with ours; reads them, and knows nothing of what they do."""

import posixpath
import re
from pathlib import Path
from typing import Final

from d365pop.errors import BundleError

MODULE: Final = "d365pop:extensions"
HOOKS: Final = ("lookup", "normalise", "policy")

_FOLDER: Final = "customer"
# More than real imports may match; a file that is not imported is never bundled.
_IMPORT = re.compile(r"\b(?:from|import)\s*[\"'](\.{1,2}/[^\"']+)[\"']")


def extension_sources(extensions: str, folder: Path) -> dict[str, str]:
    """Return the modules that stand behind ``d365pop:extensions``, by the bundler's path.

    ``extensions`` is the customer's first module, relative to ``folder``; empty means none. What
    it imports with ``./`` is read too, as long as it lies in the same folder.

    Raises:
        BundleError: a file is missing or not UTF-8.
    """
    if not extensions:
        return {MODULE: "".join(f"export const {name} = undefined;\n" for name in HOOKS)}
    entry = folder / extensions
    found: dict[str, str] = {}
    waiting = [entry.name]
    while waiting:
        name = waiting.pop()
        if name in found:
            continue
        found[name] = text = _read(entry.parent / name)
        imported = [
            posixpath.normpath(posixpath.join(posixpath.dirname(name), path))
            for path in _IMPORT.findall(text)
        ]
        waiting += [
            path
            for path in imported
            if (entry.parent / path).is_file() and not path.startswith("..")
        ]
    lines = [f'import * as given from "./{_FOLDER}/{entry.name}";\n']
    lines += [f"export const {name} = given.{name};\n" for name in HOOKS]
    return {
        MODULE: "".join(lines),
        **{f"{_FOLDER}/{name}": text for name, text in sorted(found.items())},
    }


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise BundleError(
            "extension-unreadable",
            f"The extension {path} cannot be read.",
            context=str(error),
            hint="Correct [bundle] extensions in d365pop.toml, or save the file as UTF-8.",
        ) from error
