"""A customer's own modules, bundled with ours; reads them, and knows nothing of what they do."""

import posixpath
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from d365pop.errors import BundleError
from d365pop.suggestions import did_you_mean

MODULE: Final = "d365pop:extensions"
HOOKS: Final = ("lookup", "normalise", "policy")

_FOLDER: Final = "customer"
_BUNDLED: Final = re.compile(rf"(?<![\w/.-]){_FOLDER}/")
# More than real imports may match; a file that is not imported is never bundled.
_IMPORT = re.compile(r"\b(?:from|import)\s*[\"'](\.{1,2}/[^\"']+)[\"']")

# Exports as everybody writes them, at the start of a line: a declaration, or a list of names.
_DECLARED = re.compile(
    r"^export\s+(?:(?:async\s+)?function\s*\*?|const|let|var|class)\s+([\w$]+)|^export\s+(default)\b",
    re.MULTILINE,
)
_LISTED = re.compile(r"^export\s*\{([^}]*)\}", re.MULTILINE)
_LAST_NAME = re.compile(r"([\w$]+)\s*(?:,|$)")


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
        if name == entry.name:
            _check_exports(text, entry)
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


@contextmanager
def named_as_given(extensions: str) -> Iterator[None]:
    """Let an error name the customer's files as they lie, and not as they are bundled."""
    try:
        yield
    except BundleError as error:
        given = "".join(f"{part}/" for part in Path(extensions).parent.parts)
        error.message = _BUNDLED.sub(lambda _: given, error.message)
        error.context = _BUNDLED.sub(lambda _: given, error.context)
        raise


def _check_exports(text: str, entry: Path) -> None:
    """Refuse an export that nobody would ever call: a misspelt name is dropped without a word."""
    declared = {name for pair in _DECLARED.findall(text) for name in pair if name}
    listed = {name for names in _LISTED.findall(text) for name in _LAST_NAME.findall(names)}
    names = declared | listed
    unknown = sorted(names - set(HOOKS))
    if not unknown and names:
        return
    suggestion = did_you_mean(unknown[0], HOOKS) if unknown else ""
    raise BundleError(
        "extension-export-unknown",
        f"The extension {entry} exports {', '.join(unknown) or 'nothing'}{suggestion or '.'}",
        context=f"The page calls {', '.join(HOOKS)}, and nothing else.",
        hint="Rename the export, or leave [bundle] extensions out. See docs/extensions.md.",
    )


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
