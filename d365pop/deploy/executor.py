"""Runs the steps of a plan in their order, and journals each; the only place that writes."""

import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from itertools import groupby
from typing import Final, Protocol

from d365pop.dataverse.client import Dataverse
from d365pop.deploy.clock import Clock
from d365pop.deploy.following import NO_HANDLES, ImportHandles, ImportWatch
from d365pop.deploy.importing import import_package
from d365pop.deploy.journal import Journal
from d365pop.deploy.looking import look, needs_look
from d365pop.deploy.plan import (
    EditForm,
    ImportPackage,
    Plan,
    SimpleStep,
    Step,
    UninstallSolution,
    UpdateWebResource,
)
from d365pop.deploy.steps import is_unsure, write
from d365pop.deploy.uninstalling import uninstall
from d365pop.errors import (
    ConfigurationError,
    D365PopError,
    InterruptedRunError,
    StillRunningError,
)
from d365pop.parallel import Pool, in_threads

_BETWEEN_ATTEMPTS: Final = (1.0, 3.0, 9.0)
"""Seconds before a step whose outcome was unknown, and which is not done, is tried again."""


class Progress(Protocol):
    """Hears how far a run is; never called by two threads at once."""

    def started(self, index: int, step: Step) -> None:
        """The step is about to run."""

    def advanced(self, fraction: float) -> None:
        """The running step is done to ``fraction``, 0 to 1."""

    def warned(self, text: str) -> None:
        """The environment took a component, but has something to say of it."""

    def finished(self, index: int, step: Step, seconds: float) -> None:
        """The environment confirmed the step."""


@dataclass(frozen=True, slots=True)
class Executor:
    """Runs plans against one environment."""

    dataverse: Dataverse
    journal: Journal
    progress: Progress
    clock: Clock
    timeout: float
    """Seconds to wait for an import before we stop waiting."""
    pool: Pool = in_threads
    resumed: bool = False
    """Whether steps may have been carried out already: then each is looked at first."""
    handles: ImportHandles = NO_HANDLES
    """Of the import that an earlier attempt at this run asked for."""
    overwritten: frozenset[int] = frozenset()
    """Steps that an earlier attempt has done, and over whose work a later one goes."""
    _turn: threading.Lock = field(default_factory=threading.Lock, repr=False)
    _at_work: set[int] = field(default_factory=set, repr=False)
    """Steps that have begun, and are neither done nor failed."""
    _took: dict[int, float] = field(default_factory=dict, repr=False)
    """Seconds of each step that is done."""

    def run(self, plan: Plan) -> dict[int, float]:
        """Run every step in order; return the seconds of each; stop at the first that fails.

        Raises:
            D365PopError: a step failed; the journal says which, and what was there before.
        """
        for group in _groups(plan):
            indexes = [index for index, _ in group]
            try:
                self.journal.starts(indexes)
                self.pool([partial(self._run, index, step) for index, step in group])
            except D365PopError as error:
                error.context = "\n".join(filter(None, (error.context, self._written(plan))))
                raise
            except KeyboardInterrupt as stop:
                raise self._interrupted(plan, indexes) from stop
        return self._took

    def _run(self, index: int, step: Step) -> None:
        began = self.clock.now()
        with self._turn:
            self._at_work.add(index)
            self.progress.started(index, step)
        try:
            self._perform(index, step)
        except D365PopError as error:
            outlasted = isinstance(error, StillRunningError)
            told = self.journal.still_running if outlasted else self.journal.failed
            with self._turn:
                self._at_work.discard(index)
                try:
                    told(index, error.reference, error.message)
                except ConfigurationError as unwritten:
                    # What failed first is what is to be mended.
                    error.context = "\n".join(filter(None, (error.context, unwritten.message)))
            raise
        with self._turn:
            self.journal.done(index)
            self._at_work.discard(index)
            self._took[index] = self.clock.now() - began
            self.progress.finished(index, step, self._took[index])

    def _perform(self, index: int, step: Step) -> None:
        match step:
            case ImportPackage():
                try:
                    import_package(
                        self.dataverse,
                        step,
                        self._watch(index),
                        self.clock,
                        self.handles,
                        self.pool,
                    )
                except StillRunningError as error:
                    error.hint = f"Wait on with: d365pop resume {self.journal.run}"
                    raise
            case UninstallSolution():
                uninstall(self.dataverse, step, self.timeout, self.clock)
            case _:
                if index not in self.overwritten:
                    self._ensure(step)

    def _ensure(self, step: SimpleStep) -> None:
        """Write the step until it is known to be done; never twice without a look in between."""
        left = look(self.dataverse, step) if self.resumed or needs_look(step) else step
        for pause in (*_BETWEEN_ATTEMPTS, None):
            if left is None:
                return
            try:
                write(self.dataverse, left)
            except D365PopError as error:
                if pause is None or not is_unsure(error):
                    raise
                if error.reference != "dataverse-row-changed":
                    self.clock.sleep(pause)
            else:
                return
            left = look(self.dataverse, step)

    def _watch(self, index: int) -> ImportWatch:
        return ImportWatch(
            advanced=self.progress.advanced,
            announced=lambda handles: self.journal.note(
                index,
                import_job_id=handles.import_job_id,
                earlier_jobs=[*(handles.earlier_jobs or ())],
            ),
            started=lambda operation: self.journal.note(index, async_operation_id=operation),
            warned=self.progress.warned,
            timeout=self.timeout,
        )

    def _interrupted(self, plan: Plan, group: Sequence[int]) -> InterruptedRunError:
        """Journal the steps that were at work, or else the first of ``group`` that did not begin.

        Steps of a group that were at work in other threads came to their end before this.
        """
        left = [index for index in group if index not in self._took]
        at_work = sorted(self._at_work)
        for index in at_work or left[:1]:
            self.journal.failed(index, "interrupted", "Interrupted.")
        where = "in" if at_work else "before"
        steps = ", ".join(str(index + 1) for index in at_work or left[:1])
        goes_on = f"What step {steps} has asked for goes on in the environment." if at_work else ""
        return InterruptedRunError(
            "interrupted",
            f"Interrupted {where} step {steps} of {len(plan.steps)}.",
            context=" ".join(filter(None, (self._written(plan), goes_on))),
        )

    def _written(self, plan: Plan) -> str:
        """Say what was changed already."""
        if not self._took:
            return ""
        return f"Written before: {len(self._took)} of {len(plan.steps)} steps."


def _groups(plan: Plan) -> Iterator[list[tuple[int, Step]]]:
    """Yield the steps in order; neighbours that may run at the same time come together.

    Only writes to rows that exist may: Dataverse creates and deletes one at a time best.
    """

    def key(item: tuple[int, Step]) -> object:
        index, step = item
        return type(step) if isinstance(step, UpdateWebResource | EditForm) else index

    for _, group in groupby(enumerate(plan.steps), key):
        yield list(group)
