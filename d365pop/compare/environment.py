"""Reads of an environment what a package names, as a side to compare with; writes nothing."""

from collections.abc import Iterator
from typing import Final

from d365pop.compare.side import Side
from d365pop.dataverse.client import Dataverse
from d365pop.dataverse.forms import retrieve_forms
from d365pop.dataverse.solutions import retrieve_solution
from d365pop.dataverse.variables import retrieve_variables
from d365pop.dataverse.web_resources import retrieve_web_resources
from d365pop.models import RemoteForm, RemoteSolution, RemoteVariable, RemoteWebResource
from d365pop.solution.contents import (
    Contents,
    FormEntry,
    Manifest,
    VariableEntry,
    WebResourceEntry,
)
from d365pop.solution.formxml import libraries, registered
from d365pop.solution.reading_xml import guid

_MAIN: Final = "main"


def environment_side(dataverse: Dataverse, label: str, package: Contents) -> Side:
    """Return what the environment holds of what ``package`` names; the newest state of each."""
    installed = retrieve_solution(dataverse, package.manifest.unique_name)
    names = [resource.name for resource in package.web_resources if resource.name]
    resources = retrieve_web_resources(dataverse, names)
    tables = {form.table for form in package.forms if form.table and form.form_type == _MAIN}
    forms = retrieve_forms(dataverse, sorted(tables))
    variables = retrieve_variables(
        dataverse, [variable.schema_name for variable in package.variables if variable.schema_name]
    )
    contents = Contents(
        parts={},
        manifest=_manifest(installed),
        web_resources=tuple(map(_web_resource, resources)),
        forms=tuple(map(_form, forms)),
        variables=tuple(map(_variable, variables)),
        other_components={},
    )
    return Side(label, contents, is_environment=True, notes=tuple(_unpublished(resources, forms)))


def _manifest(installed: RemoteSolution | None) -> Manifest:
    return Manifest(
        unique_name=installed.unique_name if installed else "",
        display_name="",
        description="",
        version=installed.version if installed else "",
        managed=str(int(installed.managed)) if installed else "",
        package_version="",
        publisher_unique_name="",
        publisher_display_name="",
        customization_prefix=installed.publisher_prefix if installed else "",
        option_value_prefix="",
        root_components=(),
        missing_dependencies=(),
    )


def _web_resource(resource: RemoteWebResource) -> WebResourceEntry:
    return WebResourceEntry(
        web_resource_id=guid(resource.web_resource_id),
        name=resource.name,
        display_name="",
        type_code=0,
        file_name="",
        dependency_xml="",
        line=0,
        content=resource.draft,
    )


def _form(form: RemoteForm) -> FormEntry:
    return FormEntry(
        table=form.table,
        form_id=guid(form.form_id),
        name=form.name,
        form_type=_MAIN,
        form_xml=form.draft_xml,
        libraries=libraries(form.draft_xml) if form.draft_xml else (),
        handlers=registered(form.draft_xml) if form.draft_xml else (),
        line=0,
    )


def _variable(variable: RemoteVariable) -> VariableEntry:
    return VariableEntry(
        schema_name=variable.schema_name,
        display_name="",
        type_code=0,
        default_value=None,
        value=variable.value,
        part="",
    )


def _unpublished(
    resources: tuple[RemoteWebResource, ...], forms: tuple[RemoteForm, ...]
) -> Iterator[str]:
    for resource in resources:
        if resource.published != resource.draft:
            yield f"web resource {resource.name}: its newest content is not published yet"
    for form in forms:
        if form.published_xml != form.draft_xml:
            yield f"form {form.table} / {form.name}: its newest state is not published yet"
