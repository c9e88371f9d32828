"""From a run's plan and the present state to the plan that takes the run back; pure.

What was there before is compared with what is there now, so a rollback of half a run, or a
rollback that was stopped itself, plans just what is left. What others changed since is theirs:
it is left alone and named.
"""

from collections.abc import Iterable, Iterator

from d365pop.deploy.before import irreversible
from d365pop.deploy.facts import facts_of
from d365pop.deploy.former import Before, SolutionFacts
from d365pop.deploy.own_rows import RowPlan, moves_softphone, restore_rows
from d365pop.deploy.pending import not_told, pending_of_others
from d365pop.deploy.plan import ImportKind, ImportPackage, Plan, PlanKind, Publish, Step
from d365pop.deploy.restoring import (
    REASON,
    Draft,
    deployed_labels,
    restore_form,
    restore_labels,
    restore_solution,
    restore_variable,
    restore_web_resource,
)
from d365pop.deploy.ribbons import Pack, restore_ribbons
from d365pop.errors import PlanRefusedError
from d365pop.models import (
    Desired,
    RemoteForm,
    RemoteSnapshot,
)


def plan_rollback(
    run: str,
    plan: Plan,
    remote: RemoteSnapshot,
    pack: Pack,
    owed_tables: frozenset[str] = frozenset(),
) -> Plan:
    """Return the plan that brings back what was there before ``plan`` was carried out.

    ``pack`` makes the package that brings ribbons back; ``owed_tables`` are published whatever
    else is to be done.

    Raises:
        PlanRefusedError: no rollback takes such a run back, or somebody deployed since.
    """
    desired = _desired(run, plan)
    _refuse_deployed_since(run, plan.before, desired, remote)
    draft = Draft(tables={*owed_tables}, cannot=[*_told_beforehand(plan, remote)])
    managed = remote.solution.managed if remote.solution else desired.managed
    if plan.before.solution and remote.solution is None:
        draft.cannot.append(f"The solution {desired.solution.unique_name} is gone.")
    for form in plan.before.forms:
        restore_form(form, plan, remote, draft)
    rows = _restored_rows(plan, desired, remote)
    draft.edits += rows.steps
    draft.tables |= rows.tables
    draft.cannot += rows.cannot
    if not managed:
        ribbons = restore_ribbons(plan.before.ribbons, desired, remote, REASON, pack)
        draft.edits += ribbons.steps
        draft.tables |= ribbons.tables
        draft.cannot += ribbons.cannot
    for variable in plan.before.variables:
        restore_variable(variable, desired, remote, draft, managed=managed)
    if not managed:
        for resource in plan.before.web_resources:
            restore_web_resource(resource, desired, remote, draft)
        deployed = deployed_labels(desired)
        for each in plan.before.labels:
            restore_labels(each, deployed, remote, draft)
    draft.removals += restore_solution(plan.before.solution, remote, managed=managed)
    return Plan(
        environment_url=plan.environment_url,
        organization_id=remote.organization_id,
        steps=tuple(_ordered(draft, _pending_of_others(plan.before, remote, draft))),
        left=tuple(not_told(remote)),
        kind=PlanKind.ROLLBACK,
        facts=facts_of(desired, remote),
        desired=desired,
        irreversible=tuple(draft.cannot),
        of_run=run,
    )


def _told_beforehand(plan: Plan, remote: RemoteSnapshot) -> Iterable[str]:
    """Return what the plan said no rollback restores, but for an import that changed nothing."""
    before, there = plan.before.solution, remote.solution
    if before is None or there is None:
        return plan.irreversible
    now = (there.version, there.description)
    steps = [
        step
        for step in plan.steps
        if not isinstance(step, ImportPackage)
        or now != (before.version, before.description)
        or now == (step.version, step.description)  # imported again, over a layer that is gone
    ]
    return irreversible(steps)


def _restored_rows(plan: Plan, desired: Desired, remote: RemoteSnapshot) -> RowPlan:
    """Return what brings the rows of ours back, as far as the scripts that stay are for them."""
    scripts = None
    if _managed_package_stays(plan, remote):
        if moves_softphone(plan.steps):
            return RowPlan()
        if any(
            isinstance(step, ImportPackage) and step.kind is ImportKind.UPGRADE
            for step in plan.steps
        ):
            scripts = {each.name.lower() for each in desired.solution.web_resources}
    return restore_rows(plan.before.rows, plan.steps, remote, REASON, scripts)


def _managed_package_stays(plan: Plan, remote: RemoteSnapshot) -> bool:
    """Return whether the run's import is in, and no older one takes its place."""
    there, before = remote.solution, plan.before.solution
    if there is None or before is None or not there.managed:
        return False
    return SolutionFacts(there.version, there.display_name, there.description) != before


def _desired(run: str, plan: Plan) -> Desired:
    if plan.kind in {PlanKind.DEPLOY, PlanKind.PUSH} and plan.desired is not None:
        return plan.desired
    raise PlanRefusedError(
        "rollback-impossible",
        f"The run {run} is of the kind {plan.kind}, which cannot be rolled back.",
        hint="d365pop deploy brings the environment to what is built.",
    )


def _refuse_deployed_since(
    run: str, before: Before, desired: Desired, remote: RemoteSnapshot
) -> None:
    """Refuse to take a run back over a later deploy: it would take that one back with it."""
    there = remote.solution
    if there is None:
        return
    now = SolutionFacts(there.version, there.display_name, there.description)
    ours = SolutionFacts(
        desired.solution.version, desired.solution.display_name, desired.description
    )
    if now not in {before.solution, ours}:
        raise PlanRefusedError(
            "deployed-since",
            f"{there.unique_name} was deployed again after the run {run} began.",
            context=f"{there.version} is installed, which is neither what the run found nor what "
            "it brought.",
            hint="Take the later run back first, where its journal is, or deploy what shall be "
            "there.",
        )


def _pending_of_others(before: Before, remote: RemoteSnapshot, draft: Draft) -> tuple[str, ...]:
    """Name what goes live with the restored forms; a rollback says so, and is not refused."""
    restored = {form.form_id for form in before.forms} - draft.edited_since

    def is_ours(form: RemoteForm) -> bool:
        return form.form_id in restored or form.draft_xml == form.published_xml

    return pending_of_others(remote, draft.tables, is_ours)


def _ordered(draft: Draft, pending: tuple[str, ...]) -> Iterator[Step]:
    yield from draft.edits
    if draft.tables or draft.resources:
        tables = tuple(sorted(draft.tables))
        yield Publish(tables, tuple(dict.fromkeys(draft.resources)), pending)
    yield from draft.drafts
    yield from draft.removals
