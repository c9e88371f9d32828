"""Plans, restores and compares rows of ours in ordinary tables; pure."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from d365pop.dataverse.own_rows import kept_columns, script_columns
from d365pop.deploy.app_profiles import refuse_unclear_profiles, resolved
from d365pop.deploy.drift import Drift
from d365pop.deploy.former import RowBefore
from d365pop.deploy.plan import Leave, Step, WriteRow
from d365pop.models import Desired, RemoteSnapshot
from d365pop.own_rows import LinkKind, OwnKind, RemoteRow, RowKind, RowValue


@dataclass(slots=True)
class RowPlan:
    """The writes of a plan to rows of ours."""

    steps: list[WriteRow] = field(default_factory=list)
    first: list[WriteRow] = field(default_factory=list)
    """Removals that come before an upgrade, which could not take out the scripts they call."""
    left: list[Leave] = field(default_factory=list)
    cannot: list[str] = field(default_factory=list)
    """What a rollback leaves, a sentence each."""

    @property
    def tables(self) -> set[str]:
        """The tables to publish, so that the command bar is made anew."""
        return row_tables([*self.first, *self.steps])


def plan_rows(desired: Desired, remote: RemoteSnapshot, *, upgrade: bool = False) -> RowPlan:
    """Return what makes the rows of ours those that are wanted: what is no longer, goes.

    An ``upgrade`` takes out the scripts that the package has no longer.

    Raises:
        PlanRefusedError: an app profile that is named is not there, or not the only one.
    """
    refuse_unclear_profiles(desired.rows, remote.profiles)
    plan = RowPlan()
    kept = {each.name.lower() for each in desired.solution.web_resources} if upgrade else None
    there = {row.identity: row for row in remote.rows}
    for wanted in resolved(desired.rows, remote.profiles):
        found = there.pop(wanted.identity, None)
        if found is not None and holds(found.values, wanted.values):
            plan.left.append(Leave(wanted.label, "same values"))
            continue
        reason = "it is not there" if found is None else "it differs"
        if found is not None and _lost(found.kind, found.values, kept):
            plan.first.append(_removal(found, "its script goes"))
            found = None
        plan.steps += _turn(wanted.kind, wanted.key, found, wanted.values, reason)
    for row in there.values():
        removals = plan.first if _lost(row.kind, row.values, kept) else plan.steps
        removals.append(_removal(row, "it is no longer wanted"))
    plan.steps.sort(key=_place)
    return plan


def remove_rows(remote: RemoteSnapshot, reason: str) -> RowPlan:
    """Return what takes all rows of ours out."""
    return RowPlan(sorted((_removal(row, reason) for row in remote.rows), key=_place))


def restore_rows(
    before: Sequence[RowBefore],
    steps: Sequence[Step],
    remote: RemoteSnapshot,
    reason: str,
    scripts: Collection[str] | None = None,
) -> RowPlan:
    """Return what brings back the rows that a run has changed, where nobody else did since.

    ``scripts`` are those that an upgrade has left, in lower case; without one all are there.
    """
    plan = RowPlan()
    there = {row.identity: row for row in remote.rows}
    for each in before:
        found = there.get(each.identity)
        present = found.values if found else None
        if holds(present, each.values):
            continue
        ours = [
            step.after
            for step in steps
            if isinstance(step, WriteRow) and step.identity == each.identity
        ]
        if not any(holds(present, after) for after in ours):
            plan.cannot.append(f"The {each.label} was changed since.")
            continue
        if lost := _lost(each.kind, each.values or {}, scripts):
            plan.cannot.append(f"The {each.label} stays as it is: {', '.join(lost)} is gone.")
            continue
        plan.steps += _turn(each.kind, each.key, found, each.values, reason)
    plan.steps.sort(key=_place)
    return plan


def rows_before(steps: Sequence[Step], remote: RemoteSnapshot) -> Iterator[RowBefore]:
    """Yield the rows that ``steps`` write as they are now, each once."""
    there = {row.identity: row.values for row in remote.rows}
    touched = dict.fromkeys(s.identity for s in steps if isinstance(s, WriteRow))
    for kind, key in touched:
        yield RowBefore(kind, key, there.get((kind, key)))


def moves_softphone(steps: Sequence[Step]) -> bool:
    """Return whether ``steps`` bring or take a panel, and the softphone lives elsewhere then."""
    return any(
        isinstance(step, WriteRow)
        and step.kind in {RowKind.PROVIDER, RowKind.CHANNEL}
        and (step.before is None or step.after is None)
        for step in steps
    )


def row_tables(steps: Sequence[Step]) -> set[str]:
    """Return the tables on which ``steps`` change a command."""
    return {
        str(table)
        for step in steps
        if isinstance(step, WriteRow)
        for values in (step.before, step.after)
        if (table := (values or {}).get("contextvalue"))
    }


def drift_of_rows(desired: Desired, remote: RemoteSnapshot) -> Iterator[Drift]:
    """Yield what is no longer as it was deployed."""
    there = {row.identity: row for row in remote.rows}
    for wanted in resolved(desired.rows, remote.profiles):
        found = there.pop(wanted.identity, None)
        if found is None:
            yield Drift(wanted.label, "is not there")
        elif names := ", ".join(changed_columns(found.values, wanted.values)):
            yield Drift(wanted.label, f"has another {names}", found.modified_on, found.modified_by)
    for row in there.values():
        yield Drift(row.label, "is there, deployed was none", row.modified_on, row.modified_by)


def changed_columns(
    before: Mapping[str, RowValue], after: Mapping[str, RowValue]
) -> dict[str, RowValue]:
    """Return the columns of ``after`` that are other than in ``before``, with their values."""
    return {name: value for name, value in after.items() if before.get(name) != value}


def holds(present: Mapping[str, RowValue] | None, wanted: Mapping[str, RowValue] | None) -> bool:
    """Return whether it is as wanted, in the columns that are: earlier versions kept fewer."""
    if present is None or wanted is None:
        return present is wanted
    return not changed_columns(present, wanted)


def _lost(
    kind: OwnKind, values: Mapping[str, RowValue], scripts: Collection[str] | None
) -> list[str]:
    """Return the scripts that a row calls and that are not among ``scripts``."""
    if scripts is None:
        return []
    called = (values.get(column) for column in script_columns(kind))
    return [name for name in called if isinstance(name, str) and name.lower() not in scripts]


def _turn(
    kind: OwnKind,
    key: str,
    there: RemoteRow | None,
    wanted: Mapping[str, RowValue] | None,
    reason: str,
) -> Iterator[WriteRow]:
    """Yield the write that turns a row into another, or two where a column cannot be changed."""
    if wanted is None:
        if there is not None:
            yield _removal(there, reason)
        return
    if there is not None and kept_columns(kind) & {*changed_columns(there.values, wanted)}:
        yield _removal(there, reason)
        there = None
    yield WriteRow(
        kind=kind,
        key=key,
        row_id=there.row_id if there else "",
        reason=reason,
        before=there.values if there else None,
        after=wanted,
        row_version=there.row_version if there else "",
    )


def _removal(row: RemoteRow, reason: str) -> WriteRow:
    return WriteRow(row.kind, row.key, row.row_id, reason, row.values, None, row.row_version)


def _place(step: WriteRow) -> int:
    """A link goes before what it links, and comes after it; all else stays in its order."""
    if not isinstance(step.kind, LinkKind):
        return 1
    return 0 if step.after is None else 2
