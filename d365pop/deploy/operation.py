"""A plan carried out as a whole: checked, journaled, proven, and rolled back where it fails."""

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Final

from d365pop.dataverse.client import Dataverse
from d365pop.deploy.clock import Clock
from d365pop.deploy.executor import Executor, Progress
from d365pop.deploy.facts import facts_of, refuse_moved
from d365pop.deploy.following import settle_import
from d365pop.deploy.journal import Journal, open_journal, reopen_journal
from d365pop.deploy.others import wait_for_imports
from d365pop.deploy.pending import refuse_newly_pending
from d365pop.deploy.plan import Plan, PlanKind
from d365pop.deploy.planning import Planner
from d365pop.deploy.proof import prove
from d365pop.deploy.resuming import beside_its_run, original_of, overwritten
from d365pop.deploy.rollback import plan_rollback
from d365pop.deploy.run import PROVEN, Run, RunState, read_run
from d365pop.deploy.run_rules import (
    refuse_other_environment,
    refuse_overtaking,
    refuse_rolled_back,
    refuse_unreadable_later,
    refuse_written_over,
    refused_unwritten,
)
from d365pop.deploy.runs import find_run, list_runs, unreadable_runs
from d365pop.errors import (
    D365PopError,
    DataverseError,
    OvertakenError,
    PlanRefusedError,
    RollbackFailedError,
    StillRunningError,
    VerificationError,
    interrupted,
)
from d365pop.parallel import Pool, in_threads

_TAKEN_BACK: Final = (DataverseError, PlanRefusedError)
"""What a run that fails with is rolled back for: the environment still answers, and said no."""
_UNPROVEN: Final = "Everything is written, but not read back yet."


@dataclass(frozen=True, slots=True)
class Outcome:
    """A run that reached its end."""

    run: str
    plan: Plan
    proof: Plan
    seconds: Mapping[int, float]
    """How long each step took, by its index in the plan."""


@dataclass(frozen=True, slots=True)
class Operator:
    """Carries out plans against one environment."""

    dataverse: Dataverse
    runs: Path
    environment: str
    progress: Callable[[Plan], AbstractContextManager[Progress]]
    timeout: float
    """Seconds to wait for an import, or for others' work to end."""
    keep: bool = False
    """Leave what a failed run has written, instead of rolling it back."""
    wait: bool = True
    """Wait for an import of others that runs, instead of refusing."""
    say: Callable[[str], None] = lambda _: None
    clock: Clock = field(default_factory=Clock)
    pool: Pool = in_threads

    @property
    def planner(self) -> Planner:
        """What reads and plans in the same environment."""
        return Planner(self.dataverse, self.runs, self.pool)

    def take_turn(self) -> bool:
        """Wait for imports of others, so that what is read next is true; return whether one ran.

        Raises:
            PlanRefusedError: one runs, and we are not to wait.
            StillRunningError: it outlasted our patience.
        """
        patience = self.timeout if self.wait else None
        return wait_for_imports(self.dataverse, self.clock, self.say, patience)

    def apply(self, plan: Plan, *, just_read: bool = False) -> Outcome:
        """Carry ``plan`` out; ``just_read`` where it was made from the present state.

        Raises:
            PlanRefusedError: the environment is not as it was when the plan was made.
            RollbackFailedError: a step failed, and so did the rollback.
            D365PopError: a step failed; what it had written is rolled back, unless kept.
        """
        self._refuse_stale(plan, just_read=just_read)
        with (
            open_journal(self.runs, self.environment, plan) as journal,
            self.progress(plan) as progress,
        ):
            return self._carry_out(plan, journal, self._executor(journal, progress))

    def resume(self, name: str, *, publish_pending: bool = False) -> Outcome:
        """Go on with a run that was stopped; each step is looked at before it is written.

        One that was proven is proven again, and writes nothing.

        Raises:
            PlanRefusedError: the run was rolled back, or others were at work since.
            D365PopError: as ``apply``.
        """
        run, plan = self._find(name)
        outcome = self._go_on(name, run, plan, publish_pending=publish_pending)
        if plan.kind is PlanKind.ROLLBACK:
            original, _, _ = find_run(self.runs, plan.of_run)
            # It was told that its rollback began; whoever was stopped could not tell the end.
            if original.state is RunState.ROLLING_BACK:
                with reopen_journal(self._folder(original, plan.of_run)) as journal:
                    journal.rolled_back(run.name)
        return outcome

    def plan_resume(self, name: str) -> Plan:
        """Return what of a run is left to do as things are now.

        Raises:
            PlanRefusedError: the run was rolled back, or went to another environment.
        """
        run, plan = self._find(name)
        refuse_rolled_back(run)
        if plan.desired is None:
            return plan
        return self.planner.again(plan, plan.desired, original_of(self.runs, plan))

    def _find(self, name: str) -> tuple[Run, Plan]:
        """Return a run that went to this environment, and its plan as it can be gone on with."""
        run, _, plan = find_run(self.runs, name)
        refuse_other_environment(plan, self.dataverse.origin)
        return run, beside_its_run(self.runs, name, plan)

    def _go_on(self, name: str, run: Run, plan: Plan, *, publish_pending: bool) -> Outcome:
        refuse_rolled_back(run)
        if run.state in PROVEN:
            return Outcome(run.name, plan, self.prove(plan), {})
        if not publish_pending:
            self.planner.refuse_pending_since(plan)
        with (
            self._reopen(run, name, plan) as journal,
            self.progress(plan) as progress,
        ):
            run = read_run(journal.folder)  # who held it until now may have gone on with it
            refuse_rolled_back(run)
            journal.resumed()
            executor = replace(
                self._executor(journal, progress),
                resumed=True,
                handles=run.handles,
                overwritten=overwritten(plan, run.standing),
            )
            return self._carry_out(plan, journal, executor)

    def plan_rollback(self, name: str, *, over_later: bool = False, in_turn: bool = False) -> Plan:
        """Return the plan that takes a run back, after what it has asked for has ended.

        ``over_later`` takes it back although later runs have written since; ``in_turn`` plans when
        no import of others runs, either.

        Raises:
            StillRunningError: its import still runs.
            PlanRefusedError: no rollback takes it back.
        """
        run, _, plan = find_run(self.runs, name)
        refuse_other_environment(plan, self.dataverse.origin)
        if not over_later:
            refuse_written_over(run, list_runs(self.runs))
            refuse_unreadable_later(run, unreadable_runs(self.runs, plan.environment_url))
        self._settle(name, run)
        if in_turn:
            self.take_turn()
        return self._inverse(name, run, plan, for_people=True)

    def roll_back(self, name: str, inverse: Plan, *, just_read: bool = False) -> Outcome | None:
        """Carry out the rollback of a run; None where nothing of it was left to take back.

        Raises:
            PlanRefusedError: the environment is not as it was when ``inverse`` was made.
            D365PopError: as ``apply``.
        """
        run, _, plan = find_run(self.runs, name)
        if not inverse.is_empty:
            self._refuse_stale(inverse, just_read=just_read)
        with self._reopen(run, name, plan) as journal:
            return self._roll_back(inverse, journal)

    def journaled(self, run: str) -> Journal:
        """Open the journal of a run of ours, to add to it."""
        return reopen_journal(self.runs / run)

    def prove(self, plan: Plan) -> Plan:
        """Read everything back and return the empty plan that proves it.

        Raises:
            VerificationError: something is not as ``plan`` wanted it.
        """
        if plan.desired is None:
            raise VerificationError("not-provable", "The plan does not say what it is for.")
        try:
            return prove(self.planner.again(plan, plan.desired, original_of(self.runs, plan)))
        except PlanRefusedError as refusal:
            raise VerificationError(
                "not-proven",
                f"{plan.environment_url} is not as it was left.",
                context=_lines(refusal.message, refusal.context),
                hint=refusal.hint,
            ) from refusal

    def _refuse_stale(self, plan: Plan, *, just_read: bool) -> None:
        """Wait for imports of others, then refuse a plan that is no longer true."""
        waited = self.take_turn()
        if plan.desired and not (just_read and not waited):
            now = self.planner.read(plan.desired)
            refuse_moved(plan, facts_of(plan.desired, now), now.organization_id)
            refuse_newly_pending(plan, self.planner.with_pending(now, plan).pending.items)

    def _carry_out(self, plan: Plan, journal: Journal, executor: Executor) -> Outcome:
        try:
            seconds = executor.run(plan)
        except OvertakenError:
            raise
        except _TAKEN_BACK as error:
            if refused_unwritten(plan, error, read_run(journal.folder)):
                journal.rolled_back("")
                error.context = _lines(error.context, "Nothing was written.")
                raise
            if self.keep or plan.kind is not PlanKind.DEPLOY:
                error.hint = _lines(error.hint, *_next(journal.run, plan))
                raise
            self._take_back(plan, journal, error)
            raise
        except StillRunningError:
            raise
        except D365PopError as error:
            error.hint = _lines(error.hint, *_next(journal.run, plan))
            raise
        proof = self._proof(plan, journal)
        journal.proven()
        return Outcome(journal.run, plan, proof, seconds)

    def _proof(self, plan: Plan, journal: Journal) -> Plan:
        """Prove what was written; what ends that leaves a run that can be gone on with."""
        following = _next(journal.run, plan)
        try:
            return self.prove(plan)
        except VerificationError as error:
            error.context = _lines(error.context, *self.planner.layers_in_the_way(plan))
            error.hint = _lines(error.hint, *following[1:])
            raise
        except D365PopError as error:
            error.context = _lines(error.context, _UNPROVEN)
            error.hint = _lines(error.hint, *following)
            raise
        except KeyboardInterrupt as stop:
            raise interrupted(context=_UNPROVEN, hint=_lines(*following)) from stop

    def _take_back(self, plan: Plan, journal: Journal, error: D365PopError) -> None:
        """Roll a failed run back at once, and add to ``error`` how that went."""
        self.say(f"{error.message} Rolling back run {journal.run}.")
        try:
            try:
                run = read_run(journal.folder)
                self._settle(journal.run, run)
                inverse = self._inverse(journal.run, run, plan)
            except PlanRefusedError as refusal:
                error.context = _lines(error.context, f"Not rolled back: {refusal.message}")
                return
            outcome = self._roll_back(inverse, journal)
        except (D365PopError, KeyboardInterrupt) as failure:
            why = failure if isinstance(failure, D365PopError) else interrupted()
            raise RollbackFailedError(
                "rollback-failed",
                f"{error.message} The rollback failed too: {why.message}",
                context=_lines(error.context, why.context),
                hint=f"Try it again with: d365pop rollback {journal.run}",
            ) from error
        if outcome is None:
            stays = _not_restored(inverse) if run.done else []
            what = "could be taken back" if stays else "was left to take back"
            error.context = _lines(error.context, f"Nothing of it {what}.", *stays)
            return
        error.context = _lines(
            error.context, f"Rolled back by run {outcome.run}.", *_not_restored(inverse)
        )

    def _roll_back(self, inverse: Plan, journal: Journal) -> Outcome | None:
        if inverse.is_empty:
            journal.rolled_back("")
            return None
        with (
            open_journal(self.runs, self.environment, inverse) as own,
            self.progress(inverse) as progress,
        ):
            journal.rolling_back(own.run)
            outcome = self._carry_out(inverse, own, self._executor(own, progress))
        journal.rolled_back(outcome.run)
        return outcome

    def _settle(self, name: str, run: Run) -> None:
        """Wait until the import that the run has asked for has ended."""
        if run.handles.import_job_id:
            try:
                settle_import(self.dataverse, run.handles, self.timeout, self.clock, self.pool)
            except StillRunningError as error:
                error.hint = f"When it has ended: d365pop rollback {name}"
                raise

    def _inverse(self, name: str, run: Run, plan: Plan, *, for_people: bool = False) -> Plan:
        refuse_overtaking(run)
        if plan.desired is None:
            raise PlanRefusedError("rollback-impossible", f"The run {name} changed nothing.")
        if for_people:
            return self.planner.rollback(name, plan, plan.desired)
        return plan_rollback(name, plan, self.planner.read(plan.desired), self.planner.pack)

    def _executor(self, journal: Journal, progress: Progress) -> Executor:
        return Executor(self.dataverse, journal, progress, self.clock, self.timeout, self.pool)

    def _reopen(self, run: Run, name: str, plan: Plan) -> Journal:
        """Open a run's journal to add to it, and say what was planned where a kill came first."""
        journal = reopen_journal(self._folder(run, name))
        if not run.began:
            journal.planned(plan)
        return journal

    def _folder(self, run: Run, name: str) -> Path:
        inside = self.runs / run.name
        return inside if inside.is_dir() else Path(name)


def _next(run: str, plan: Plan) -> tuple[str, ...]:
    resume = f"Go on with: d365pop resume {run}"
    if plan.kind in {PlanKind.DEPLOY, PlanKind.PUSH}:
        return resume, f"Take it back with: d365pop rollback {run}"
    if plan.kind is PlanKind.ROLLBACK:
        return resume, f"Begin it anew with: d365pop rollback {plan.of_run}"
    return (resume,)


def _not_restored(inverse: Plan) -> list[str]:
    return [f"Not restored: {sentence}" for sentence in inverse.irreversible]


def _lines(*texts: str) -> str:
    return "\n".join(filter(None, texts))
