"""Runs the steps of a plan, one after another, and journals each; the only place that writes."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol, assert_never

from d365pop.dataverse.client import Dataverse
from d365pop.dataverse.forms import update_form
from d365pop.dataverse.publishing import publish
from d365pop.dataverse.variables import retrieve_variables, set_variable_value
from d365pop.dataverse.web_resources import retrieve_web_resource_ids, update_web_resource
from d365pop.deploy.clock import Clock
from d365pop.deploy.importing import ImportWatch, import_package
from d365pop.deploy.journal import Journal
from d365pop.deploy.plan import (
    EditForm,
    ImportPackage,
    Plan,
    Publish,
    SetVariable,
    Step,
    UpdateWebResource,
)
from d365pop.errors import (
    D365PopError,
    DataverseError,
    InterruptedRunError,
    PlanRefusedError,
)


class Progress(Protocol):
    """Hears how far a run is."""

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

    def run(self, plan: Plan) -> None:
        """Run every step in order; stop at the first that fails.

        Raises:
            D365PopError: a step failed; the journal says which, and what was there before.
        """
        self.journal.planned(plan)
        for index, step in enumerate(plan.steps):
            started = self.clock.now()
            self.progress.started(index, step)
            self.journal.starts(index)
            try:
                self._run(index, step)
            except D365PopError as error:
                self.journal.failed(index, error.reference, error.message)
                error.context = "\n".join(filter(None, (error.context, _written(plan, index))))
                raise
            except KeyboardInterrupt as stop:
                self.journal.failed(index, "interrupted", "Interrupted.")
                raise InterruptedRunError(
                    "interrupted",
                    f"Interrupted in step {index + 1} of {len(plan.steps)}.",
                    context=f"{_written(plan, index)} What step {index + 1} has asked for goes on "
                    "in the environment.".lstrip(),
                    hint="Run the same deploy again: it starts from what it finds then.",
                ) from stop
            self.journal.done(index)
            self.progress.finished(index, step, self.clock.now() - started)

    def _run(self, index: int, step: Step) -> None:
        match step:
            case ImportPackage():
                import_package(self.dataverse, step, self._watch(index), self.clock)
            case UpdateWebResource():
                update_web_resource(self.dataverse, step.web_resource_id, step.after)
            case SetVariable():
                self._set_variable(step)
            case EditForm():
                self._edit_form(step)
            case Publish():
                self._publish(step)
            case _:
                assert_never(step)

    def _watch(self, index: int) -> ImportWatch:
        return ImportWatch(
            advanced=self.progress.advanced,
            announced=lambda job: self.journal.note(index, import_job_id=job),
            started=lambda operation: self.journal.note(index, async_operation_id=operation),
            warned=self.progress.warned,
            timeout=self.timeout,
        )

    def _edit_form(self, step: EditForm) -> None:
        try:
            update_form(self.dataverse, step.form_id, step.after, step.row_version)
        except DataverseError as error:
            if error.reference != "dataverse-row-changed":
                raise
            raise PlanRefusedError(
                "form-changed",
                f"Somebody changed the form {step.table} / {step.name} since it was read.",
                context=f"{error.message} ({error.code or error.status})",
                hint="Run the deploy again: it plans anew from what is there now.",
            ) from error

    def _set_variable(self, step: SetVariable) -> None:
        found = retrieve_variables(self.dataverse, [step.schema_name])
        if not found:
            raise DataverseError(
                "variable-missing",
                f"The environment variable {step.schema_name} is not there.",
                status=404,
                hint="Deploy again: the import brings its definition.",
            )
        set_variable_value(self.dataverse, found[0], step.after)

    def _publish(self, step: Publish) -> None:
        ids = _ids_by_name(self.dataverse, step.web_resources) if step.web_resources else {}
        publish(
            self.dataverse,
            tables=step.tables,
            web_resource_ids=[ids[name.lower()] for name in step.web_resources],
        )


def _written(plan: Plan, index: int) -> str:
    """Say what the steps before ``index`` have changed already."""
    if index == 0:
        return ""
    return f"Written before: {index} of {len(plan.steps)} steps; nothing of it is undone."


def _ids_by_name(dataverse: Dataverse, names: tuple[str, ...]) -> Mapping[str, str]:
    ids = retrieve_web_resource_ids(dataverse, names)
    missing = [name for name in names if name.lower() not in ids]
    if missing:
        raise DataverseError(
            "web-resource-missing",
            f"The import succeeded, but {', '.join(missing)} is not there.",
            status=404,
            hint="Look at the solution's history in the maker portal.",
        )
    return ids
