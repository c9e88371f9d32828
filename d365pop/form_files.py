"""Handlers registered in a form's file, with the function proven in its script; no disk."""

from pathlib import Path

from d365pop.check.scripts.functions import definitions
from d365pop.errors import UsageError
from d365pop.models import FormHandler
from d365pop.solution.formxml import register_in_document, unregister_in_document


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
