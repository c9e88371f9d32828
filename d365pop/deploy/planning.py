"""Reads an environment and plans from it; writes nothing and waits for nobody."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from d365pop.dataverse.client import Dataverse
from d365pop.dataverse.lifecycle import describe_dependent
from d365pop.deploy.drift import Drift, drift_of
from d365pop.deploy.others import dependents_of, hiding_layers
from d365pop.deploy.owed import owed_tables
from d365pop.deploy.own_rows import drift_of_rows
from d365pop.deploy.pending import pending_since, published_tables, refuse_newly_pending
from d365pop.deploy.plan import Plan, PlanKind
from d365pop.deploy.plan_import import PlanOptions
from d365pop.deploy.planner import plan_changes
from d365pop.deploy.push import pushed, unpublished
from d365pop.deploy.remote import (
    retrieve_pending,
    retrieve_published,
    retrieve_snapshot,
    with_former,
)
from d365pop.deploy.ribbons import Pack, drift_of_ribbons
from d365pop.deploy.rollback import plan_rollback
from d365pop.deploy.undeploy import frees, plan_undeploy, refuse_dependents
from d365pop.errors import D365PopError
from d365pop.models import Desired, RemoteSnapshot, Solution
from d365pop.parallel import Pool, in_threads
from d365pop.resources import solution_template_root
from d365pop.solution.manifest import package_parts, read_templates
from d365pop.solution.package import write_package
from d365pop.solution.reading_xml import guid

_TOLD: Final = True
"""Whoever asks knows that others' pending work may go live."""
_ALL_TOLD: Final = PlanOptions(publish_pending=_TOLD)


def unmanaged_package(solution: Solution) -> bytes:
    """Return the unmanaged package of ``solution``."""
    templates = read_templates(solution_template_root())
    return write_package(package_parts(solution, templates, managed=False))


@dataclass(frozen=True, slots=True)
class Planner:
    """Makes plans for one environment from what it holds now."""

    dataverse: Dataverse
    runs: Path
    """Where the journals lie: what a run that never ended has to publish, no reading tells."""
    pool: Pool = in_threads
    pack: Pack = unmanaged_package

    def read(self, desired: Desired) -> RemoteSnapshot:
        """Return what the environment holds of what ``desired`` names."""
        return retrieve_snapshot(self.dataverse, desired, self.pool)

    def with_pending(self, remote: RemoteSnapshot, plan: Plan) -> RemoteSnapshot:
        """Return ``remote`` with what else is unpublished on the tables that ``plan`` publishes."""
        tables = published_tables(plan)
        if not tables:
            return remote
        return replace(remote, pending=retrieve_pending(self.dataverse, tables, self.pool))

    def refuse_pending_since(self, plan: Plan) -> None:
        """Refuse to go on with a plan on whose tables others began to work since it was made.

        Raises:
            PlanRefusedError: they did; a rollback names what goes along, and is never refused.
        """
        if plan.desired and plan.kind is not PlanKind.ROLLBACK and published_tables(plan):
            remote = self.with_pending(self.read(plan.desired), plan)
            refuse_newly_pending(plan, pending_since(plan, remote))

    def deploy(self, desired: Desired, url: str, options: PlanOptions) -> Plan:
        """Return what is to be done.

        Raises:
            PlanRefusedError: a change would do harm, or others' unpublished edits would go live.
        """
        options = replace(options, owed_tables=self._owed)
        return self._knowing_pending(
            self.read(desired),
            lambda remote, allowed: plan_changes(
                desired, remote, url, replace(options, publish_pending=allowed)
            ),
            allowed=options.publish_pending,
        )

    def undeploy(self, desired: Desired, *, publish_pending: bool) -> Plan:
        """Return the plan that takes all of ours out.

        Raises:
            PlanRefusedError: others depend on it, or their unpublished edits would go live.
        """
        remote = self._read_all(desired)
        self._refuse_dependents(desired, remote)
        url, owed = self.dataverse.origin, self._owed
        return self._knowing_pending(
            remote,
            lambda remote, allowed: plan_undeploy(
                desired, remote, url, PlanOptions(publish_pending=allowed, owed_tables=owed)
            ),
            allowed=publish_pending,
        )

    def rollback(self, run: str, plan: Plan, desired: Desired) -> Plan:
        """Return the plan that takes a run back, for people: it names what goes live with it.

        Raises:
            PlanRefusedError: no rollback takes it back.
        """
        owed = self._owed
        return self._knowing_pending(
            self.read(desired),
            lambda remote, _: plan_rollback(run, plan, remote, self.pack, owed),
            allowed=True,
        )

    def again(self, plan: Plan, desired: Desired, original: Plan) -> Plan:
        """Plan the same from what is there now; a rollback is one of the ``original``."""
        if plan.kind is PlanKind.PUSH:
            found = retrieve_published(self.dataverse, pushed(plan), self.pool)
            return unpublished(plan, found)
        match plan.kind:
            case PlanKind.DEPLOY:
                remote = self.read(desired)
                return plan_changes(desired, remote, plan.environment_url, _ALL_TOLD)
            case PlanKind.UNDEPLOY:
                remote = self._read_all(desired)
                return plan_undeploy(desired, remote, plan.environment_url, _ALL_TOLD)
            case PlanKind.ROLLBACK:
                return plan_rollback(plan.of_run, original, self.read(desired), self.pack)

    def drift(self, desired: Desired, remote: RemoteSnapshot | None = None) -> tuple[Drift, ...]:
        """Return what differs from ``desired``, and the unmanaged layers that hide it."""
        remote = remote or self.read(desired)
        return (
            *drift_of(desired, remote),
            *drift_of_rows(desired, remote),
            *drift_of_ribbons(desired, remote),
            *self.hiding(desired, remote),
        )

    def hiding(self, desired: Desired, remote: RemoteSnapshot) -> list[Drift]:
        """Return the unmanaged layers that hide what a managed solution brought."""
        return hiding_layers(self.dataverse, desired, remote, self.pool)

    def layers_in_the_way(self, plan: Plan) -> list[str]:
        """Name the layers that hide what ``plan`` deployed, where they can be read."""
        if plan.desired is None or not plan.desired.managed:
            return []
        try:
            hiding = self.hiding(plan.desired, self.read(plan.desired))
        except D365PopError:
            return []
        return [f"{each.item} {each.what}" for each in hiding]

    def _read_all(self, desired: Desired) -> RemoteSnapshot:
        """Return what the environment holds of ours, whether ``desired`` names it or not."""
        return with_former(self.dataverse, self.read(desired), self.pool)

    @property
    def _owed(self) -> frozenset[str]:
        return owed_tables(self.runs, self.dataverse.origin)

    def _knowing_pending(
        self,
        remote: RemoteSnapshot,
        made: Callable[[RemoteSnapshot, bool], Plan],
        *,
        allowed: bool,
    ) -> Plan:
        """Plan twice: only the first plan tells on which tables others' pending work matters."""
        draft = made(remote, _TOLD)
        if not published_tables(draft):
            return draft
        return made(self.with_pending(remote, draft), allowed)

    def _refuse_dependents(self, desired: Desired, remote: RemoteSnapshot) -> None:
        if remote.solution is None:
            return
        freed = (form for form in remote.forms if frees(form, desired))
        ours = {guid(form.form_id) for form in freed}
        ours |= {variable.value_id.lower() for variable in remote.variables.values()}
        ours |= {*remote.components}
        ours |= {row.row_id.lower() for row in remote.rows}
        ours |= {node.row_id.lower() for node in remote.ribbons}
        dependents = dependents_of(self.dataverse, remote.solution, remote, self.pool)
        foreign = [
            describe_dependent(self.dataverse, each)
            for each in dependents
            if each.object_id.lower() not in ours
        ]
        refuse_dependents(foreign, desired.solution.unique_name)
