"""Unfinished work of others that would go live with a publish: named, never waved through; pure."""

from collections.abc import Callable, Collection, Iterator
from typing import Final

from d365pop.deploy.facts import form_fact
from d365pop.deploy.forms import packaged_forms
from d365pop.deploy.plan import EditForm, Leave, Plan, PlanKind, Publish
from d365pop.errors import PlanRefusedError
from d365pop.models import RemoteForm, RemoteSnapshot


def pending_of_others(
    remote: RemoteSnapshot, tables: Collection[str], is_ours: Callable[[RemoteForm], bool]
) -> tuple[str, ...]:
    """Name what goes live with ``tables``: main forms that are not ``is_ours``, and all the rest.

    A table is published as a whole; web resources are not: they are published by id.
    """
    if not tables:
        return ()
    forms = [
        f"form {form.table} / {form.name}"
        for form in remote.forms
        if form.table in tables and not is_ours(form)
    ]
    return (*sorted(forms), *remote.pending.items)


_HINT: Final = "Ask who made them, then publish or discard them there; or add --publish-pending."


def refuse_pending(items: Collection[str], *, allowed: bool, hint: str = _HINT) -> None:
    """Refuse to publish other people's unfinished work without a word.

    Raises:
        PlanRefusedError: there is some; the context names all of it.
    """
    if items and not allowed:
        raise PlanRefusedError(
            "pending-of-others",
            "Unpublished edits that are not ours would go live.",
            context="\n".join(items)
            + "\nA table is published as a whole, with all that is pending on it.",
            hint=hint,
        )


def not_told(remote: RemoteSnapshot) -> Iterator[Leave]:
    """Yield what may be pending, too, but cannot be read."""
    for item in remote.pending.untold:
        yield Leave(item, "whether some are unpublished cannot be read; those would go live, too")


def published_tables(plan: Plan) -> list[str]:
    """Return the tables that ``plan`` publishes."""
    steps = (step for step in plan.steps if isinstance(step, Publish))
    return sorted({table for step in steps for table in step.tables})


def pending_since(plan: Plan, remote: RemoteSnapshot) -> tuple[str, ...]:
    """Name what would go live with a plan that was partly carried out, and is not its own work."""
    edits = {step.form_id: step.after for step in plan.steps if isinstance(step, EditForm)}
    registrations = plan.desired.registrations if plan.desired else ()
    packaged = packaged_forms(registrations, remote.forms)

    def is_ours(form: RemoteForm) -> bool:
        name, state = form_fact(form)
        return (
            form.draft_xml in {form.published_xml, edits.get(form.form_id)}
            or plan.facts.get(name) == state
            or form.form_id in packaged
        )

    return pending_of_others(remote, published_tables(plan), is_ours)


def refuse_newly_pending(plan: Plan, now: Collection[str]) -> None:
    """Refuse a plan on whose tables others began to work since it was made.

    Raises:
        PlanRefusedError: the context names what nobody was told of.
    """
    told = {
        item for step in plan.steps if isinstance(step, Publish) for item in step.pending_of_others
    }
    # A rollback names what goes along, and asks for no leave.
    hint = "Run the same line again: it names them." if plan.kind is PlanKind.ROLLBACK else _HINT
    refuse_pending([item for item in now if item not in told], allowed=False, hint=hint)
