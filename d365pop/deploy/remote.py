"""Reads an environment into a RemoteSnapshot; writes nothing."""

from d365pop.dataverse.client import Dataverse
from d365pop.dataverse.environment import who_am_i
from d365pop.dataverse.forms import retrieve_forms
from d365pop.dataverse.solutions import retrieve_component_ids, retrieve_solution
from d365pop.dataverse.tables import retrieve_columns
from d365pop.dataverse.variables import retrieve_variables
from d365pop.dataverse.web_resources import retrieve_web_resources
from d365pop.models import Desired, RemoteSnapshot


def retrieve_snapshot(dataverse: Dataverse, desired: Desired) -> RemoteSnapshot:
    """Return what the environment holds of what ``desired`` names."""
    solution = desired.solution
    me = who_am_i(dataverse)
    installed = retrieve_solution(dataverse, solution.unique_name)
    component_ids = (
        retrieve_component_ids(dataverse, installed.solution_id) if installed else frozenset()
    )
    web_resources = retrieve_web_resources(dataverse, [r.name for r in solution.web_resources])
    tables = sorted({registration.form.table for registration in desired.registrations})
    forms = retrieve_forms(dataverse, tables)
    columns = retrieve_columns(dataverse, sorted({*tables, *desired.searched_columns}))
    variables = retrieve_variables(
        dataverse, [variable.schema_name for variable in solution.environment_variables]
    )
    return RemoteSnapshot(
        organization_id=me.organization_id,
        solution=installed,
        component_ids=component_ids,
        web_resources={resource.name.lower(): resource for resource in web_resources},
        forms=forms,
        variables={variable.schema_name.lower(): variable for variable in variables},
        columns=columns,
    )
