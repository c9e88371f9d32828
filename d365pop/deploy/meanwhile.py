"""What others did to our solution between the reading and our import; reads only.

Dataverse has no guard for an import as ``If-Match`` is one for a row: a package is taken over
whatever is there. So it is looked right before, and, for the moment between that look and the
request, once more afterwards.
"""

from collections.abc import Sequence

from d365pop.dataverse.client import Dataverse
from d365pop.dataverse.lifecycle import retrieve_running_imports
from d365pop.dataverse.solutions import retrieve_import_jobs, retrieve_solution
from d365pop.deploy.plan import ImportPackage
from d365pop.errors import OvertakenError, PlanRefusedError


def refuse_running(dataverse: Dataverse) -> None:
    """Refuse to queue behind an import whose outcome the plan does not know."""
    if running := retrieve_running_imports(dataverse):
        raise PlanRefusedError(
            "import-begun-meanwhile",
            f"Somebody has begun an import in {dataverse.origin} since it was read.",
            context="\n".join(running),
            hint="Run the deploy again: it waits for that import and plans anew.",
        )


def is_installed(dataverse: Dataverse, step: ImportPackage) -> bool:
    """Return whether the solution says of itself what it can only say after this import."""
    build = (step.version, step.description)
    known_before = (step.installed_version, step.installed_description)
    return build != known_before and _installed(dataverse, step) == build


def refuse_installed(dataverse: Dataverse, step: ImportPackage) -> None:
    """Refuse to import over a build that the plan does not know, also one of the same version."""
    now = _installed(dataverse, step)
    known = (step.installed_version, step.installed_description)
    if now not in {known, (step.version, step.description)}:
        raise PlanRefusedError(
            "changed-meanwhile",
            f"Somebody has imported or removed {step.solution} since it was read.",
            context=f"read: {_build(*known)}\nnow: {_build(*now)}",
            hint="Run the deploy again: it plans anew from what is there now.",
        )


def earlier_jobs(dataverse: Dataverse, solution: str) -> tuple[str, ...]:
    """Return the ids of the imports of the solution until now."""
    return tuple(retrieve_import_jobs(dataverse, solution))


def refuse_overtaken(
    dataverse: Dataverse, step: ImportPackage, job_id: str, earlier: Sequence[str] | None
) -> None:
    """Stop where an import of the same solution ended just before ours, and ours went over it.

    Raises:
        OvertakenError: it did; what the other one deployed is published and stays so.
    """
    if earlier is None:
        return
    started = retrieve_import_jobs(dataverse, step.solution)
    ours = started.get(job_id.lower(), "")
    between = [
        job
        for job, moment in started.items()
        if job not in {job_id.lower(), *earlier} and (not ours or moment <= ours)
    ]
    if between:
        raise OvertakenError(
            "import-overtaken",
            f"Somebody imported {step.solution} in the moment before our import.",
            context=f"import job {', '.join(between)}. Ours went over it and is not published: "
            "agents get what the other one deployed.",
            hint="Run the deploy again that shall last, ours or the other one; this run is neither "
            "resumed nor rolled back.",
        )


def _installed(dataverse: Dataverse, step: ImportPackage) -> tuple[str, str]:
    there = retrieve_solution(dataverse, step.solution)
    return (there.version, there.description) if there else ("", "")


def _build(version: str, description: str) -> str:
    return f"version {version}, {description or 'without a description'}" if version else "none"
