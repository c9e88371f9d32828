"""Handlers registered in a form's file, with the function proven in its script; no disk."""

import re
from pathlib import Path
from typing import Final

from d365pop.check.scripts.functions import definitions
from d365pop.errors import UsageError
from d365pop.models import FormHandler
from d365pop.solution.formxml import register_in_document, unregister_in_document

_LIBRARY: Final = re.compile(r"[A-Za-z][A-Za-z0-9]*_[A-Za-z0-9_.-]*(?:/[A-Za-z0-9_.-]+)*")


def register_file(
    document: bytes, table: str, handler: FormHandler, *, script: bytes | None = None
) -> bytes:
    """Return ``document`` with ``handler`` on every main form of ``table``.

    A customizations.xml says itself which forms are the table's; the file of one form does not.

    Raises:
        UsageError: ``script`` is given and defines no such function.
        PlanRefusedError: the document is not what it must be, or has no main form of the table.
    """
    if script is not None:
        _require_function(script, handler)
    return register_in_document(document, [handler], table=table)


def unregister_file(document: bytes, table: str, handler: FormHandler) -> bytes:
    """Return ``document`` without what ``register_file`` added.

    Raises:
        PlanRefusedError: as ``register_file``.
    """
    return unregister_in_document(document, [handler], table=table)


def require_table(path: Path, table: str) -> None:
    """Refuse a file that lies in the folder of another table (``Entities/<table>/…``).

    Raises:
        UsageError: it does.
    """
    folders = [*path.absolute().parts[:-1]]
    at = next((i for i, name in enumerate(folders[:-1]) if name == "Entities"), None)
    if at is not None and folders[at + 1].lower() != table.lower():
        raise UsageError(
            "table-mismatch",
            f"{path} is a form of {folders[at + 1]}, not of {table}.",
            hint="Correct --table or --in.",
        )


def require_whole(path: Path, document: bytes) -> None:
    """Refuse a managed form that only says what it changes: what the rest has nobody can tell.

    Raises:
        UsageError: it is one, by a packager's name for it and what it holds.
    """
    is_managed = path.name.lower().endswith("_managed.xml")
    if is_managed and (b"solutionaction=" in document or b"<tabs" not in document):
        raise UsageError(
            "form-is-difference",
            f"{path} holds what a managed solution changes on a form, not the form.",
            context="Whether the event or its handlers are there already stands in the whole form.",
            hint="Register in the file without _managed; a build with in_package = true in "
            "[[forms]] makes the difference.",
        )


def require_names(handler: FormHandler) -> None:
    """Refuse a function or a library that no script and no web resource can have for a name.

    Raises:
        UsageError: it is one; Dataverse would take it, and the form would fail when it loads.
    """
    parts = handler.function_name.replace("$", "_").split(".")
    if not all(part.isidentifier() for part in parts):
        raise UsageError(
            "function-name-invalid",
            f"{handler.function_name!r} is no name of a function.",
            hint="Give its global name, with its namespace: D365Pop.onLoad.",
        )
    if not _LIBRARY.fullmatch(handler.library_name):
        raise UsageError(
            "library-name-invalid",
            f"{handler.library_name!r} is no name of a web resource.",
            context="In forms it stands without $webresource:, as it is called in Dataverse.",
            hint="Give it with its prefix: new_/scripts/form.js.",
        )


def _require_function(script: bytes, handler: FormHandler) -> None:
    name = handler.function_name
    known = definitions({handler.library_name: script})[handler.library_name]
    if known is None or known.may_define(name):
        return
    others = ", ".join(sorted(known.functions)) or "none"
    raise UsageError(
        "function-missing",
        f"The script defines no function {name}.",
        context=f"Its global functions: {others}",
        hint="Correct --function, or build the script that has it.",
    )
