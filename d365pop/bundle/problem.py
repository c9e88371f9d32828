"""What the driver found wrong with the sources, said to the person who wrote them."""

import re
from collections.abc import Mapping
from difflib import get_close_matches
from typing import TypedDict

from d365pop.errors import BundleError

# The line ends of JavaScript; str.splitlines knows more of them and would count wrong.
LINE_END = re.compile("\r\n|[\n\r\u2028\u2029]")

WIDEST_PREFIX = 80


class Problem(TypedDict, total=False):
    """The driver's report; ``line`` counts from 1, ``column`` from 0 in UTF-16 units."""

    kind: str
    file: str
    line: int
    column: int
    message: str
    wanted: str
    newer: bool


def problem_error(problem: Problem, sources: Mapping[str, str]) -> BundleError:
    """Return the error for a problem, with the source line it is about."""
    place = _place(problem, sources)
    frame = _frame(problem, sources)
    said = problem["message"]
    match problem["kind"]:
        case "syntax" if problem.get("newer"):
            return BundleError(
                "script-syntax",
                f"{place}: syntax newer than ES2018: {said}",
                context=frame,
                hint="Write it in ES2018: the bundler checks the syntax and translates nothing",
            )
        case "syntax":
            return BundleError("script-syntax", f"{place}: syntax error: {said}", context=frame)
        case "unresolved":
            return BundleError(
                "import-unresolved",
                f"{place}: the import {problem['wanted']!r} leads to no module",
                context=frame,
                hint=_import_hint(problem["wanted"], sources),
            )
        case "missing-export":
            return BundleError("export-missing", f"{place}: {said}", context=frame)
        case "no-export":
            return BundleError("global-empty", f"{place} {said}", hint="Export its functions")
        case _:
            return BundleError("script-bundle", f"{place}: {said}", context=frame)


def _place(problem: Problem, sources: Mapping[str, str]) -> str:
    """Return ``file:line:column`` as editors understand it, as far as it is known."""
    line = problem.get("line", 0)
    if not line:
        return problem["file"]
    prefix = _prefix(problem, sources)
    return f"{problem['file']}:{line}:{len(prefix) + 1}"


def _frame(problem: Problem, sources: Mapping[str, str]) -> str:
    """Return the source line with a caret under the column, tabs kept so that it lines up."""
    line = problem.get("line", 0)
    if not line or problem["file"] not in sources:
        return ""
    prefix = _prefix(problem, sources)
    start = max(0, len(prefix) - WIDEST_PREFIX)
    shown = _line(problem, sources)[start : start + 2 * WIDEST_PREFIX]
    caret = re.sub(r"[^\t]", " ", prefix[start:]) + "^"
    gutter = f"{line} | "
    return f"{gutter}{shown}\n{' ' * len(gutter)}{caret}"


def _line(problem: Problem, sources: Mapping[str, str]) -> str:
    lines = LINE_END.split(sources.get(problem["file"], ""))
    number = problem.get("line", 0)
    return lines[number - 1] if 0 < number <= len(lines) else ""


def _prefix(problem: Problem, sources: Mapping[str, str]) -> str:
    """Return what stands before the column, which JavaScript counts in UTF-16 units."""
    units = _line(problem, sources).encode("utf-16-le", "surrogatepass")
    return units[: 2 * problem.get("column", 0)].decode("utf-16-le", "replace")


def _import_hint(wanted: str, sources: Mapping[str, str]) -> str:
    """Name the module that was probably meant."""
    if not wanted.startswith("."):
        return "Only relative imports and the constants of the build exist: './name.js'"
    near = get_close_matches(wanted.rpartition("/")[2], [_name(path) for path in sources], n=1)
    if near:
        meant = sorted(path for path in sources if _name(path) == near[0])
        return f"Did you mean {' or '.join(meant)}?"
    return "An import names the file with its extension: './name.js'"


def _name(path: str) -> str:
    return path.rpartition("/")[2]
