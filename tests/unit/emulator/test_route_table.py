"""The table of routes says what is served, no more and no less, with evidence for each method."""

import json
import re

import pytest

from d365pop.emulator.auth import TENANT_ID
from d365pop.emulator.fidelity import fidelity_json, markdown
from d365pop.emulator.route_table import Evidence, Route, routes
from d365pop.emulator.seed import ORGANIZATION_ID, SYSTEM_ICON
from d365pop.emulator.seed_people import CONTACT_IDS
from d365pop.emulator.tables import CATALOG
from tests.unit.emulator.harness import API, LocalEnvironment
from tests.unit.emulator.listed import route_of

NOBODY = "00000000-0000-4000-8000-000000000001"
METHODS = ("GET", "POST", "PATCH", "PUT", "DELETE")
CONTACT = f"contacts({CONTACT_IDS[0]})"
# One request's path for each route that is written with names in braces.
EXAMPLES = {
    "organizations(id)": f"organizations({ORGANIZATION_ID})",
    "EntityDefinitions(…)": "EntityDefinitions(LogicalName='account')",
    "EntityDefinitions(…)/{part}(…)": "EntityDefinitions(LogicalName='account')/Attributes",
    "EntityDefinitions(…)/{part}(…)/Microsoft.Dynamics.CRM.{type}": (
        "EntityDefinitions(LogicalName='account')/Attributes"
        "/Microsoft.Dynamics.CRM.StringAttributeMetadata"
    ),
    "EntityDefinitions(…)/{part}(…)/Microsoft.Dynamics.CRM.{type}/{options}": (
        "EntityDefinitions(LogicalName='phonecall')/Attributes(LogicalName='statecode')"
        "/Microsoft.Dynamics.CRM.StateAttributeMetadata/OptionSet"
    ),
    "RelationshipDefinitions(…)/Microsoft.Dynamics.CRM.{type}": (
        "RelationshipDefinitions/Microsoft.Dynamics.CRM.OneToManyRelationshipMetadata"
    ),
    "{set}(id)/{property}": f"{CONTACT}/jobtitle",
    "{set}(id)/{property}/$value": f"{CONTACT}/jobtitle/$value",
    "{set}(id)/{activity parties}": "phonecalls(id)/phonecall_activity_parties",
    "{set}(id)/{navigation}": f"{CONTACT}/parentcustomerid_account",
    "{set}(id)/{collection}/$count": f"{CONTACT}/Contact_Phonecalls/$count",
    "{set}(id)/{lookup}/$ref": f"{CONTACT}/parentcustomerid_account/$ref",
    "{set}(id)/{collection}/$ref": f"{CONTACT}/Contact_Phonecalls/$ref",
    "{set}(id)/{collection}(id)/$ref": f"{CONTACT}/Contact_Phonecalls({CONTACT_IDS[1]})/$ref",
    "{set}/Microsoft.Dynamics.CRM.RetrieveUnpublishedMultiple(…)": (
        "webresourceset/Microsoft.Dynamics.CRM.RetrieveUnpublishedMultiple()"
    ),
    "{set}(id)/Microsoft.Dynamics.CRM.RetrieveUnpublished(…)": (
        f"webresourceset({NOBODY})/Microsoft.Dynamics.CRM.RetrieveUnpublished()"
    ),
}
BY_PACKAGE = re.compile("that a package brings")
NO_SUCH_ROUTE = ("Resource not found for the segment", "No such page", "Only POST is accepted.")


@pytest.fixture(scope="module")
def local() -> LocalEnvironment:
    return LocalEnvironment()


def example(route: Route) -> str:
    """Return the path of a request to a route."""
    path = EXAMPLES.get(route.path, route.path).partition("?")[0]
    for name, value in {
        "(id)": f"({NOBODY})",
        "(…)": "",
        "{set}": "contacts",
        "{tenant}": TENANT_ID,
        "{version}": "%7B000000000000000001%7D",
        "{path}": SYSTEM_ICON,
        "{file}": "main.js",
    }.items():
        path = path.replace(name, value)
    return path if path.startswith("/") else f"{API}{path}"


def is_served(local: LocalEnvironment, method: str, path: str) -> bool:
    """Whether the server has a place for the request, whatever it answers."""
    signed = {"authorization": f"Bearer {local.token}"}
    body = b"" if method in {"GET", "DELETE"} else b"{}"
    answer = local.send(method, path, body, **signed)
    return answer.status not in {405, 501} and not any(
        told.encode() in answer.body for told in NO_SUCH_ROUTE
    )


def every(*, listed: bool) -> list[object]:
    """Return methods with paths that belong to a route, or to none that takes the method."""
    return [
        pytest.param(method, example(route), id=f"{method} {route.path}")
        for route in routes()
        if not BY_PACKAGE.search(route.path)
        for method in METHODS
        if (method in route.evidence if listed else route_of(method, example(route)) is None)
    ]


@pytest.mark.parametrize(("method", "path"), every(listed=True))
def test_what_is_listed_is_served(local: LocalEnvironment, method: str, path: str) -> None:
    assert is_served(local, method, path)
    assert route_of(method, path) is not None


@pytest.mark.parametrize(("method", "path"), every(listed=False))
def test_what_is_not_listed_is_refused(local: LocalEnvironment, method: str, path: str) -> None:
    assert not is_served(local, method, path)


def test_every_table_and_every_evidence_is_told_once() -> None:
    paths = [route.path for route in routes()]
    assert len(paths) == len(set(paths))
    assert {table.entity_set_name for table in CATALOG.tables} <= set(paths)
    told = {evidence for route in routes() for evidence in route.evidence.values()}
    assert told <= set(Evidence)
    assert Evidence.ASSUMED not in told, "a new route: find what shows it, or say that nothing does"


def test_methods_of_one_route_may_rest_on_different_things() -> None:
    assert "| `accounts` | POST recorded; GET documented |" in markdown().splitlines()
    assert {"method": "POST", "path": "accounts", "evidence": "recorded"} in fidelity_json()


def test_the_server_tells_the_same(local: LocalEnvironment) -> None:
    answer = local.send("GET", "/_emulator/fidelity")
    assert json.loads(answer.body) == fidelity_json()
