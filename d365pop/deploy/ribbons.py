"""Plans, restores and compares buttons of ours on classic ribbons; pure.

An import brings them. A managed one adds a layer. An unmanaged one replaces, section by section,
what is unmanaged on the table, and takes nothing out where it brings nothing: so others' buttons
stop a deploy, and ours are taken out node by node.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Final, TypeAlias

from d365pop.deploy.drift import Drift
from d365pop.deploy.former import RibbonBefore
from d365pop.deploy.plan import (
    ImportKind,
    ImportPackage,
    Leave,
    RemoveRibbon,
    Step,
)
from d365pop.errors import PlanRefusedError
from d365pop.models import Desired, RemoteSnapshot, Solution
from d365pop.ribbons import RemoteRibbonNode, Ribbon, RibbonNode, RibbonSearch

Pack: TypeAlias = Callable[[Solution], bytes]
"""Makes the unmanaged package of a solution."""
_HINT: Final = (
    'Deploy the managed package there, or set [command] phone = "modern", which replaces nothing.'
)


@dataclass(slots=True)
class RibbonPlan:
    """What a plan does to ribbons beside its import."""

    steps: list[Step] = field(default_factory=list)
    left: list[Leave] = field(default_factory=list)
    tables: set[str] = field(default_factory=set)
    """The tables to publish: their ribbons are made anew."""
    cannot: list[str] = field(default_factory=list)
    """What a rollback leaves, a sentence each."""


def ribbons_to_import(desired: Desired, remote: RemoteSnapshot) -> list[str]:
    """Return the tables whose ribbons are not as the package brings them."""
    return [
        ribbon.table
        for ribbon in desired.solution.ribbons
        if _there(desired, remote, ribbon.table, managed=desired.managed) != ribbon.nodes
    ]


def dropped_ribbons(desired: Desired, remote: RemoteSnapshot) -> list[str]:
    """Return the tables that have a managed button of ours, and shall have none."""
    wanted = {ribbon.table for ribbon in desired.solution.ribbons}
    managed = {each.table for each in _ours(desired, remote) if each.managed}
    return sorted(managed - wanted) if desired.managed else []


def refuse_foreign_ribbons(desired: Desired, remote: RemoteSnapshot) -> None:
    """Refuse an unmanaged import that would replace others' buttons.

    Raises:
        PlanRefusedError: the context names each of them.
    """
    if desired.managed:
        return
    wanted = [ribbon.table for ribbon in desired.solution.ribbons]
    foreign = [f"{each.table}: {each.node.node_id}" for each in _foreign(desired, remote, wanted)]
    if foreign:
        raise PlanRefusedError(
            "foreign-ribbon",
            "Others have put unmanaged buttons on the ribbons that the package brings.",
            context="An unmanaged import replaces all of a table's:\n" + "\n".join(foreign),
            hint=_HINT,
        )


def plan_ribbons(desired: Desired, remote: RemoteSnapshot, *, imported: bool) -> RibbonPlan:
    """Return what takes out buttons that are no longer wanted, and what is to be published."""
    plan = RibbonPlan()
    wanted = set() if desired.managed else {ribbon.table for ribbon in desired.solution.ribbons}
    for step in _removals(desired, remote, wanted, "it is no longer wanted"):
        plan.steps.append(step)
        plan.tables.add(step.table)
    changing = ribbons_to_import(desired, remote)
    if imported and not desired.managed:
        plan.tables |= {*changing}
    same = [ribbon.table for ribbon in desired.solution.ribbons if ribbon.table not in changing]
    plan.left += [Leave(f"ribbon {table}", "same button") for table in same]
    return plan


def remove_ribbons(desired: Desired, remote: RemoteSnapshot, reason: str) -> RibbonPlan:
    """Return what takes all unmanaged buttons of ours out; managed ones go with their solution."""
    steps = list(_removals(desired, remote, set(), reason))
    return RibbonPlan(steps=[*steps], tables={step.table for step in steps})


def ribbons_before(
    desired: Desired, remote: RemoteSnapshot, steps: Sequence[Step]
) -> Iterator[RibbonBefore]:
    """Yield the unmanaged ribbons that ``steps`` can change, as they are now."""
    imports = any(isinstance(step, ImportPackage) and not step.managed for step in steps)
    touched = {step.table for step in steps if isinstance(step, RemoveRibbon)}
    if imports:
        touched |= {ribbon.table for ribbon in desired.solution.ribbons}
    for table in sorted(touched):
        yield RibbonBefore(table, _there(desired, remote, table, managed=False))


def restore_ribbons(
    before: Sequence[RibbonBefore],
    desired: Desired,
    remote: RemoteSnapshot,
    reason: str,
    pack: Pack,
) -> RibbonPlan:
    """Return what brings back unmanaged ribbons: nodes out, or an import of what there was."""
    plan = RibbonPlan()
    deployed = {ribbon.table: ribbon.nodes for ribbon in desired.solution.ribbons}
    lost: list[Ribbon] = []
    for each in before:
        now = _there(desired, remote, each.table, managed=False)
        if now == each.nodes:
            continue
        if now not in {(), deployed.get(each.table)}:
            plan.cannot.append(f"The ribbon of {each.table} was changed since by others.")
        elif not each.nodes:
            plan.steps.append(_removal(desired, remote, each.table, reason))
            plan.tables.add(each.table)
        elif _foreign(desired, remote, [each.table]):
            plan.cannot.append(
                f"The ribbon of {each.table} got buttons of others since, which would go."
            )
        elif remote.solution is None:
            plan.cannot.append(f"The button on {each.table} went with the solution.")
        else:
            lost.append(Ribbon(each.table, each.nodes))
    if lost:
        plan.steps.insert(0, _import(desired, remote, lost, reason, pack))
        plan.tables |= {ribbon.table for ribbon in lost}
    return plan


def ribbon_facts(desired: Desired, remote: RemoteSnapshot) -> Iterator[tuple[str, str]]:
    """Yield the state of each ribbon that was looked at, others' unmanaged nodes included."""
    search = desired.ribbon_search
    for table in sorted({each.table for each in remote.ribbons} | {*_tables(search)}):
        nodes = [each for each in remote.ribbons if each.table == table]
        texts = [f"{each.node.node_id} {each.managed} {each.node.xml}" for each in nodes]
        yield f"ribbon {table}", "\0".join(sorted(texts))


def drift_of_ribbons(desired: Desired, remote: RemoteSnapshot) -> Iterator[Drift]:
    """Yield what is no longer as it was deployed; Dataverse keeps no author of it."""
    wanted = {ribbon.table for ribbon in desired.solution.ribbons}
    for table in ribbons_to_import(desired, remote):
        gone = not _there(desired, remote, table, managed=desired.managed)
        yield Drift(f"ribbon {table}", "our button is not there" if gone else "has another button")
    for table in sorted({each.table for each in _ours(desired, remote)} - wanted):
        yield Drift(f"ribbon {table}", "has a button of ours, deployed was none")


def _removals(
    desired: Desired, remote: RemoteSnapshot, wanted: set[str], reason: str
) -> Iterator[RemoveRibbon]:
    ours = {each.table for each in _ours(desired, remote) if not each.managed}
    for table in sorted(ours - wanted):
        yield _removal(desired, remote, table, reason)


def _removal(desired: Desired, remote: RemoteSnapshot, table: str, reason: str) -> RemoveRibbon:
    nodes = tuple(
        each for each in _ours(desired, remote) if each.table == table and not each.managed
    )
    search = replace(desired.ribbon_search or RibbonSearch("", ()), tables=())
    return RemoveRibbon(table, reason, nodes, search)


def _import(
    desired: Desired, remote: RemoteSnapshot, ribbons: Sequence[Ribbon], reason: str, pack: Pack
) -> ImportPackage:
    """Return the import of nothing but ``ribbons``, which leaves all else of the solution."""
    there = remote.solution
    if there is None:
        raise AssertionError("no solution to import into")
    solution = replace(
        desired.solution,
        version=there.version,
        display_name=there.display_name,
        description=there.description,
        web_resources=(),
        environment_variables=(),
        forms=(),
        ribbons=tuple(ribbons),
    )
    return ImportPackage(
        kind=ImportKind.RIBBONS,
        solution=there.unique_name,
        version=there.version,
        description=there.description,
        installed_version=there.version,
        installed_description=there.description,
        reason=reason,
        components=tuple(f"restore ribbon {ribbon.table}" for ribbon in ribbons),
        overwrite_unmanaged=False,
        package=pack(solution),
    )


def _there(
    desired: Desired, remote: RemoteSnapshot, table: str, *, managed: bool
) -> tuple[RibbonNode, ...]:
    return tuple(
        sorted(
            each.node
            for each in _ours(desired, remote)
            if (each.table, each.managed) == (table, managed)
        )
    )


def _ours(desired: Desired, remote: RemoteSnapshot) -> list[RemoteRibbonNode]:
    search = desired.ribbon_search
    return [
        each for each in remote.ribbons if search and each.node.node_id.startswith(search.prefix)
    ]


def _foreign(
    desired: Desired, remote: RemoteSnapshot, tables: Sequence[str]
) -> list[RemoteRibbonNode]:
    ours = _ours(desired, remote)
    return [
        each
        for each in remote.ribbons
        if each.table in tables and not each.managed and each not in ours
    ]


def _tables(search: RibbonSearch | None) -> tuple[str, ...]:
    return search.tables if search else ()
