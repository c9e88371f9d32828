"""What others do in an environment: imports that run, layers over our components, who they are."""

import re
from collections.abc import Callable
from functools import partial
from typing import Final

from d365pop.dataverse.client import Dataverse
from d365pop.dataverse.layers import hiding_layer, retrieve_layers
from d365pop.dataverse.lifecycle import (
    Dependent,
    retrieve_dependents,
    retrieve_dependents_of,
    retrieve_running_imports,
)
from d365pop.dataverse.users import retrieve_user
from d365pop.deploy.clock import Clock
from d365pop.deploy.drift import Drift
from d365pop.deploy.forms import bare_packaged_forms
from d365pop.deploy.polling import poll_interval
from d365pop.errors import DataverseError, PlanRefusedError, StillRunningError
from d365pop.models import ComponentType, Desired, RemoteSnapshot, RemoteSolution
from d365pop.parallel import Pool

_ID: Final = re.compile(r"[0-9a-fA-F-]{36}")


def wait_for_imports(
    dataverse: Dataverse, clock: Clock, say: Callable[[str], None], patience: float | None
) -> bool:
    """Wait until no import runs; return whether there was one. None as ``patience`` refuses.

    Raises:
        PlanRefusedError: one runs, and we are not to wait.
        StillRunningError: it outlasted our patience.
    """
    begin = clock.now()
    waited = False
    while running := retrieve_running_imports(dataverse):
        seconds = clock.now() - begin
        if patience is None:
            raise PlanRefusedError(
                "environment-busy",
                f"An import runs in {dataverse.origin} already.",
                context="\n".join(running),
                hint="Try again when it has ended, or let --wait do so.",
            )
        if seconds > patience:
            raise StillRunningError(
                "environment-still-busy",
                f"Another import still runs after {seconds:.0f} s; nothing was written.",
                context="\n".join(running),
                hint="Run the same line again later.",
            )
        if not waited:
            say(f"waiting for {', '.join(running)}")
        waited = True
        clock.sleep(poll_interval(seconds))
    return waited


def hiding_layers(
    dataverse: Dataverse, desired: Desired, remote: RemoteSnapshot, pool: Pool
) -> list[Drift]:
    """Return the unmanaged layers over components of a managed solution that hide something.

    Of packaged forms only those are looked at whose handlers are missing: an edit of anything
    else on them is another's affair. Phantom layers, which Dataverse shows on untouched
    components too, hide nothing.
    """
    if remote.solution is None or not remote.solution.managed:
        return []
    names = [resource.name.lower() for resource in desired.solution.web_resources]
    layered = [
        (
            f"web resource {there.name}",
            there.web_resource_id,
            ComponentType.WEB_RESOURCE,
            there.modified_by,
        )
        for there in map(remote.web_resources.get, names)
        if there is not None
    ] + [
        (f"form {form.table} / {form.name}", form.form_id, ComponentType.FORM, "")
        for form in bare_packaged_forms(desired.registrations, remote.forms)
    ]
    stacks = pool(
        [partial(retrieve_layers, dataverse, row_id, kind) for _, row_id, kind, _ in layered]
    )
    return [
        Drift(
            item,
            f"is hidden by an unmanaged layer over {', '.join(layer.changes)}",
            layer.written_on,
            modified_by,
        )
        for (item, _, _, modified_by), stack in zip(layered, stacks, strict=True)
        if (layer := hiding_layer(stack)) is not None
    ]


def dependents_of(
    dataverse: Dataverse, solution: RemoteSolution, remote: RemoteSnapshot, pool: Pool
) -> list[Dependent]:
    """Return what depends on the components of an installed solution, each once."""
    if solution.managed:
        return [*retrieve_dependents(dataverse, solution.unique_name)]
    # The components of an unmanaged solution are deleted one by one.
    found = pool(
        [
            partial(retrieve_dependents_of, dataverse, row_id, ComponentType.WEB_RESOURCE)
            for row_id in remote.packaged_web_resources
        ]
    )
    return [*dict.fromkeys(each for dependents in found for each in dependents)]


def user_name(dataverse: Dataverse, user_id: str) -> str:
    """Return the full name of a user; what is no id, or cannot be read, as it is."""
    if not _ID.fullmatch(user_id):
        return user_id
    try:
        return retrieve_user(dataverse, user_id).name or user_id
    except DataverseError:
        return user_id
