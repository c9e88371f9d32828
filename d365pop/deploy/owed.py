"""Tables on which runs that never ended wrote commands, and did not publish them; reads journals.

A command that is as wanted does not show whether agents get it: Dataverse lets nobody read what
of the command bar is published.
"""

from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Final

from d365pop.deploy.journal import PLAN
from d365pop.deploy.own_rows import row_tables
from d365pop.deploy.plan import Plan, PlanKind, Publish, RemoveRibbon
from d365pop.deploy.plan_file import read_plan
from d365pop.deploy.run import PROVEN, Run, RunState
from d365pop.deploy.runs import newest_runs
from d365pop.errors import D365PopError

_WHOLE: Final = frozenset({PlanKind.DEPLOY, PlanKind.UNDEPLOY})
"""Runs whose plans publish all that was owed before them."""


def owed_tables(folder: Path, environment_url: str) -> frozenset[str]:
    """Return the tables that are still to be published in an environment, as far as is known."""
    owed: set[str] = set()
    published: set[str] = set()
    for run in _since_proven(folder, environment_url):
        # A plan of another version says nothing here, and keeps nobody from a deploy.
        with suppress(D365PopError):
            plan = read_plan(folder / run.name / PLAN)[1]
            owed |= _unpublished(run, plan) - published
            published |= _published(run, plan)
    return frozenset(owed)


def _since_proven(folder: Path, environment_url: str) -> Iterator[Run]:
    """Yield the runs since the last one that was proven and left nothing to publish, backwards."""
    for run in newest_runs(folder):
        if not run.went_to(environment_url):
            continue
        if run.state in PROVEN and run.kind in _WHOLE:
            return
        if run.state is not RunState.ROLLED_BACK:
            yield run


def _unpublished(run: Run, plan: Plan) -> set[str]:
    owed: set[str] = set()
    for index, step in enumerate(plan.steps):
        if index in run.begun:
            owed |= row_tables([step])
            owed |= {step.table} if isinstance(step, RemoveRibbon) else set()
        if isinstance(step, Publish) and index in run.standing:
            owed -= {*step.tables}
    return owed


def _published(run: Run, plan: Plan) -> set[str]:
    steps = (step for index, step in enumerate(plan.steps) if index in run.standing)
    return {table for step in steps if isinstance(step, Publish) for table in step.tables}
