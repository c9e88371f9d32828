"""Tables on which runs that never ended wrote commands, and did not publish them; reads journals.

A command that is as wanted does not show whether agents get it: Dataverse lets nobody read what
of the command bar is published.
"""

from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from d365pop.deploy.journal import PLAN
from d365pop.deploy.own_rows import row_tables
from d365pop.deploy.plan import Plan, PlanKind, Publish, RemoveRibbon
from d365pop.deploy.plan_file import read_plan
from d365pop.deploy.runs import PROVEN, Run, RunState, newest_runs
from d365pop.errors import D365PopError


def owed_tables(folder: Path, environment_url: str) -> frozenset[str]:
    """Return the tables that are still to be published in an environment, as far as is known."""
    unended = _unended(folder, environment_url)
    return frozenset(table for run in unended for table in _owed(folder, run))


def _unended(folder: Path, environment_url: str) -> Iterator[Run]:
    """Yield the runs since the last one that was proven with its tables; a push has none."""
    for run in newest_runs(folder):
        if not run.went_to(environment_url):
            continue
        if run.state in PROVEN and run.kind is not PlanKind.PUSH:
            return
        if run.state is not RunState.ROLLED_BACK:
            yield run


def _owed(folder: Path, run: Run) -> set[str]:
    # A plan of another version says nothing here, and keeps nobody from a deploy.
    with suppress(D365PopError):
        return _unpublished(run, read_plan(folder / run.name / PLAN)[1])
    return set()


def _unpublished(run: Run, plan: Plan) -> set[str]:
    owed: set[str] = set()
    for index, step in enumerate(plan.steps):
        if index in run.begun:
            owed |= row_tables([step])
            owed |= {step.table} if isinstance(step, RemoveRibbon) else set()
        if isinstance(step, Publish) and index in run.standing:
            owed -= {*step.tables}
    return owed
