"""The state of everything that a plan was made from, as lines that can be compared; pure."""

import hashlib
from collections.abc import Iterator, Mapping

from d365pop.contents import content_hash
from d365pop.deploy.app_profiles import meant_profiles
from d365pop.deploy.plan import Plan, PlanKind
from d365pop.deploy.ribbons import ribbon_facts
from d365pop.errors import PlanRefusedError
from d365pop.models import Desired, RemoteForm, RemoteSnapshot, RemoteWebResource


def facts_of(desired: Desired, remote: RemoteSnapshot) -> dict[str, str]:
    """Return the row version or state of each thing that was read, by its name."""
    return dict(sorted(_facts(desired, remote)))


def _facts(desired: Desired, remote: RemoteSnapshot) -> Iterator[tuple[str, str]]:
    solution, name = remote.solution, f"solution {desired.solution.unique_name}"
    if solution is None:
        yield name, "not installed"
    else:
        kind = "managed" if solution.managed else "unmanaged"
        says = _digest(solution.display_name, solution.description, *sorted(remote.components))
        yield name, f"{solution.version}, {kind}, {says}"
    for resource in desired.solution.web_resources:
        there = remote.web_resources.get(resource.name.lower())
        state = f"{_version(there)}, published {there.published_hash[:12]}" if there else ""
        yield f"web resource {resource.name}", state or "not there"
    for variable in desired.solution.environment_variables:
        found = remote.variables.get(variable.schema_name.lower())
        value = "not there" if found is None else "no value"
        if found is not None and found.value is not None:
            value = f"value {_digest(found.value)}"
        yield f"environment variable {variable.schema_name}", value
    found_rows = {
        row.label: row.row_version or _digest(repr(sorted(row.values.items())))
        for row in remote.rows
    }
    for label in dict.fromkeys((*(row.label for row in desired.rows), *found_rows)):
        yield label, found_rows.get(label, "not there")
    for profile in meant_profiles(desired.rows, remote.profiles):
        yield f"app profile {profile.unique_name}", profile.profile_id
    for name, state in ribbon_facts(desired, remote):
        yield name, _digest(state) if state else "no button"
    for form in remote.forms:
        yield form_fact(form)


def _version(there: RemoteWebResource) -> str:
    return there.row_version or f"draft {content_hash(there.draft)[:12]}"


def form_fact(form: RemoteForm) -> tuple[str, str]:
    """Return what a form is called among the facts, and its state."""
    published = content_hash(form.published_xml.encode())[:12]
    label = f"form {form.table} / {form.name} ({form.form_id})"
    state = "" if form.active and form.customizable else ", inactive or locked"
    return label, f"{form.row_version}, published {published}{state}"


def refuse_elsewhere(plan: Plan, origin: str) -> None:
    """Refuse a plan that was made for another address than ``origin``.

    Raises:
        PlanRefusedError: it was.
    """
    if not plan.is_for(origin):
        raise _for_another(f"planned for {plan.environment_url}, configured is {origin}", origin)


def refuse_moved(plan: Plan, now: Mapping[str, str], organization_id: str) -> None:
    """Refuse a plan whose environment is another one, or no longer what it was made for.

    Raises:
        PlanRefusedError: the context names everything that moved.
    """
    if organization_id != plan.organization_id:
        raise _for_another(
            f"planned for the organization {plan.organization_id}, this one is {organization_id}",
            plan.environment_url,
        )
    moved = [
        f"{item}: was {plan.facts.get(item, 'not there')}, is {now.get(item, 'not there')}"
        for item in sorted({*plan.facts, *now})
        if plan.facts.get(item) != now.get(item)
    ]
    if moved:
        again = "Run the same line again" if plan.kind is PlanKind.ROLLBACK else "Plan again"
        raise PlanRefusedError(
            "plan-stale",
            f"{plan.environment_url} has changed since the plan was made.",
            context="\n".join(moved),
            hint=f"{again}: it starts from what is there now.",
        )


def _for_another(context: str, origin: str) -> PlanRefusedError:
    return PlanRefusedError(
        "plan-for-another-environment",
        f"{origin} is not the environment that the plan was made for.",
        context=context,
        hint="Plan again: d365pop plan --env ENV",
    )


def _digest(*texts: str) -> str:
    return hashlib.sha256("\0".join(texts).encode()).hexdigest()[:12]
