"""Which runs are gone on with, and which are taken back, by what their journals tell; pure."""

from collections.abc import Sequence
from typing import Final

from d365pop.deploy.plan import ImportPackage, Plan, PlanKind
from d365pop.deploy.run import Run, RunState, UnreadableRun
from d365pop.errors import D365PopError, PlanRefusedError
from d365pop.wording import plural

_WRITING: Final = frozenset({PlanKind.DEPLOY, PlanKind.PUSH})


def refuse_other_environment(plan: Plan, origin: str) -> None:
    """Refuse a run that went to another URL.

    Raises:
        PlanRefusedError: it did.
    """
    if not plan.is_for(origin):
        raise PlanRefusedError(
            "run-of-another-environment",
            f"The run went to {plan.environment_url}, not to {origin}.",
            hint="Name its environment with --env.",
        )


def refuse_rolled_back(run: Run) -> None:
    """Refuse to go on with a run that was taken back.

    Raises:
        PlanRefusedError: it was.
    """
    if run.state is RunState.ROLLED_BACK:
        raise PlanRefusedError(
            "run-rolled-back",
            f"The run {run.name} was rolled back; there is nothing to go on with.",
            hint="d365pop deploy plans anew.",
        )


def refuse_overtaking(run: Run) -> None:
    """Refuse to take back a run whose import went over somebody else's.

    Raises:
        PlanRefusedError: it did.
    """
    if run.failure.startswith("import-overtaken"):
        raise PlanRefusedError(
            "import-overtaken",
            f"The run {run.name} went over an import of somebody else.",
            context="Its rollback would take away what the other one deployed.",
            hint="Run the deploy again that shall last, ours or the other one.",
        )


def refuse_written_over(run: Run, known: Sequence[Run]) -> None:
    """Refuse to take a run back from under later ones that stand on it.

    Raises:
        PlanRefusedError: there are some among ``known``; the context names them.
    """
    later = [each for each in known if _stands_on(each, run)]
    if later:
        raise PlanRefusedError(
            "later-run-stands",
            f"{plural(len(later), 'later run')} wrote to the environment after {run.name}.",
            context="\n".join(each.name for each in later),
            hint=f"Take the newest back first: d365pop rollback {later[-1].name}; or leave what "
            "they wrote, where it can be told apart, with --over-later.",
        )


def refuse_unreadable_later(run: Run, unreadable: Sequence[UnreadableRun]) -> None:
    """Refuse to take a run back from under later ones of which nobody knows what they wrote.

    Raises:
        PlanRefusedError: there are some among ``unreadable``; the context names them.
    """
    later = [each for each in unreadable if each.name > run.name]
    if later:
        raise PlanRefusedError(
            "later-run-unreadable",
            f"Nobody knows what {plural(len(later), 'later run')} wrote to the environment after "
            f"{run.name}.",
            context="\n".join(f"{each.name}: {each.why}" for each in later),
            hint="Use the version of d365pop that wrote them; or leave what they wrote, where it "
            "can be told apart, with --over-later.",
        )


def _stands_on(later: Run, run: Run) -> bool:
    return (
        (later.began, later.name) > (run.began, run.name)
        and later.went_to(run.environment_url)
        and later.kind in _WRITING
        and later.state is not RunState.ROLLED_BACK
        and (later.done > 0 or bool(later.handles.import_job_id))
    )


def refused_unwritten(plan: Plan, error: D365PopError, run: Run) -> bool:
    """Return whether the import, as the first step, was refused before it was asked for."""
    begins = isinstance(plan.steps[0], ImportPackage)
    nothing_asked = run.done == 0 and not run.handles.import_job_id
    return isinstance(error, PlanRefusedError) and begins and nothing_asked
