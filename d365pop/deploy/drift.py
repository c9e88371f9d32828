"""What an environment holds now against what was deployed, and who changed it; pure."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from d365pop.deploy.forms import is_drafted, is_published, select_forms
from d365pop.deploy.labels import drift_of_labels
from d365pop.errors import PlanRefusedError
from d365pop.models import Desired, FormRegistration, RemoteSnapshot, RemoteWebResource, WebResource

NO_AUTHOR: Final = "Dataverse keeps no author of forms"


@dataclass(frozen=True, slots=True)
class Drift:
    """One thing that is no longer as it was deployed."""

    item: str
    what: str
    modified_on: str = ""
    """Empty where the platform does not keep it."""
    modified_by: str = ""
    """Id of the user, empty where nobody is named."""
    unnamed: str = ""
    """Why nobody is named, where the platform never names one."""


def drift_of(desired: Desired, remote: RemoteSnapshot) -> tuple[Drift, ...]:
    """Return everything that differs, in the order of a plan."""
    return tuple(_drift(desired, remote))


def _drift(desired: Desired, remote: RemoteSnapshot) -> Iterator[Drift]:
    solution, there = desired.solution, remote.solution
    label = f"solution {solution.unique_name}"
    if there is None:
        yield Drift(label, "is not installed")
    elif there.version != solution.version:
        yield Drift(label, f"is {there.version}, deployed was {solution.version}")
    elif there.description != desired.description:
        yield Drift(label, "is another build of the same version")
    for resource in solution.web_resources:
        found = remote.web_resources.get(resource.name.lower())
        if what := _web_resource(resource, found):
            yield Drift(
                f"web resource {resource.name}",
                what,
                found.modified_on if found else "",
                found.modified_by if found else "",
            )
    for name, value in sorted(desired.variable_values.items()):
        variable = remote.variables.get(name.lower())
        if variable is None or variable.value != value:
            what = "has no value" if not variable or variable.value is None else "has another value"
            yield Drift(
                f"environment variable {name}",
                what,
                variable.modified_on if variable else "",
                variable.modified_by if variable else "",
            )
    for registration in desired.registrations:
        yield from _forms(registration, remote)


def _web_resource(resource: WebResource, there: RemoteWebResource | None) -> str:
    if there is None:
        return "is not there"
    found = (_content(resource.content, there), drift_of_labels(resource, there))
    return " and ".join(filter(None, found))


def _content(content: bytes, there: RemoteWebResource) -> str:
    if there.published == content:
        return "" if there.draft == content else "has an unpublished edit"
    if there.draft == content:
        return "is not published as deployed"
    return "has another content"


def _forms(registration: FormRegistration, remote: RemoteSnapshot) -> Iterator[Drift]:
    try:
        forms = select_forms(registration.form, remote.forms)
    except PlanRefusedError as refusal:
        yield Drift(f"form {registration.form}", refusal.message)
        return
    for form in forms:
        if not is_published(form, registration.handlers):
            what = "agents get it without our handlers"
            yield Drift(f"form {form.table} / {form.name}", what, unnamed=NO_AUTHOR)
        elif not is_drafted(form, registration.handlers):
            what = "has an unpublished edit without our handlers"
            yield Drift(f"form {form.table} / {form.name}", what, unnamed=NO_AUTHOR)
