"""What needs what, asked by the functions that clients ask before they delete or import."""

import base64
from typing import Any

import pytest

from tests.unit.emulator.harness import LocalEnvironment, PackageSource, web_resource_id
from tests.unit.emulator.solution_parts import ACCOUNT_FORM, install, with_handler

SCRIPT, TABLE, FORM, VARIABLE, VALUE = 61, 1, 60, 380, 381
SCRIPT_ID = web_resource_id(0)
STRANGE = (
    '<MissingDependency><Required key="0" type="61" schemaName="new_/lost.js" '
    'displayName="Lost" solution="Other (1.0)"/><Dependent key="1" type="60" displayName="Main" '
    'parentDisplayName="Account" id="{8448b78f-8f42-454e-8e2a-f8196b0419af}"/></MissingDependency>'
)


@pytest.fixture
def local() -> LocalEnvironment:
    return LocalEnvironment()


def asked(local: LocalEnvironment, function: str, kind: int, object_id: str) -> list[Any]:
    path = f"{function}(ObjectId=@p1,ComponentType=@p2)?@p1={object_id}&@p2={kind}"
    answer = local.get(path)
    assert answer["@odata.context"].endswith("$metadata#dependencies")
    return [
        (row["dependentcomponenttype"], row["dependentcomponentobjectid"])
        if function != "RetrieveRequiredComponents"
        else (row["requiredcomponenttype"], row["requiredcomponentobjectid"])
        for row in answer["value"]
    ]


@pytest.mark.parametrize(
    "function", ["RetrieveDependentComponents", "RetrieveDependenciesForDelete"]
)
def test_form_depends_on_the_script_that_it_loads(local: LocalEnvironment, function: str) -> None:
    install(local, with_handler("First", "f"))
    assert asked(local, function, SCRIPT, SCRIPT_ID) == [(FORM, ACCOUNT_FORM)]
    unused = local.create_script("smp_/unused.js")
    assert asked(local, function, SCRIPT, unused) == []


def test_form_requires_its_table_and_the_script_that_it_loads(local: LocalEnvironment) -> None:
    install(local, with_handler("First", "f"))
    table = local.get("EntityDefinitions(LogicalName='account')?$select=LogicalName")["MetadataId"]
    found = asked(local, "RetrieveRequiredComponents", FORM, ACCOUNT_FORM)
    assert found == [(TABLE, table), (SCRIPT, SCRIPT_ID)]


def test_value_requires_its_variable(local: LocalEnvironment) -> None:
    body = {"schemaname": "smp_Setting", "displayname": "Setting", "type": 100000000}
    definition = local.create("environmentvariabledefinitions", body)
    link = f"/environmentvariabledefinitions({definition})"
    body = {"value": "1", "EnvironmentVariableDefinitionId@odata.bind": link}
    value = local.create("environmentvariablevalues", body)
    assert asked(local, "RetrieveRequiredComponents", VALUE, value) == [(VARIABLE, definition)]
    dependents = asked(local, "RetrieveDependentComponents", VARIABLE, definition)
    assert dependents == [(VALUE, value)]


def test_what_would_stop_an_uninstall_is_told(local: LocalEnvironment) -> None:
    scripts = {"smp_/First.js": b"1"}
    first = PackageSource(unique_name="Base", managed=True, web_resources=scripts)
    install(local, first)
    path = "RetrieveDependenciesForUninstall(SolutionUniqueName='Base')"
    assert local.get(path)["value"] == []
    form = local.get(f"systemforms({ACCOUNT_FORM})")["formxml"]
    library = '<formLibraries><Library name="smp_/First.js" libraryUniqueId="{1}"/></formLibraries>'
    library = library.replace("{1}", "{11111111-0000-4000-8000-000000000001}")
    body = {"formxml": form.replace("</form>", f"{library}</form>")}
    local.expect(204, "PATCH", f"systemforms({ACCOUNT_FORM})", body)
    found = [row["dependentcomponentobjectid"] for row in local.get(path)["value"]]
    assert found == [ACCOUNT_FORM]


def test_component_that_a_solution_lacks_is_missing_until_it_is_added(
    local: LocalEnvironment,
) -> None:
    install(local, with_handler("First", "f"))
    publisher = local.get("publishers?$filter=uniquename eq 'samplepublisher'")["value"][0]
    body = {
        "uniquename": "Own",
        "friendlyname": "Own",
        "version": "1.0.0.0",
        "publisherid@odata.bind": f"/publishers({publisher['publisherid']})",
    }
    local.create("solutions", body)
    add = {"ComponentId": ACCOUNT_FORM, "ComponentType": FORM, "SolutionUniqueName": "Own"}
    add |= {"AddRequiredComponents": False}
    beyond = {**add, "ComponentType": 1 << 70}
    _, text = local.refusal(400, "POST", "AddSolutionComponent", beyond)
    assert "expected type 'Edm.Int32'" in text
    local.expect(200, "POST", "AddSolutionComponent", add)
    path = "RetrieveMissingDependencies(SolutionUniqueName='Own')"
    found = [row["requiredcomponentobjectid"] for row in local.get(path)["value"]]
    assert found == [SCRIPT_ID]
    add |= {"ComponentId": SCRIPT_ID, "ComponentType": SCRIPT}
    local.expect(200, "POST", "AddSolutionComponent", add)
    assert local.get(path)["value"] == []


def missing_components(local: LocalEnvironment, package: bytes) -> list[Any]:
    text = base64.urlsafe_b64encode(package).decode()
    path = f"RetrieveMissingComponents(CustomizationFile=@p1)?@p1=binary'{text}'"
    found: list[Any] = local.get(path)["MissingComponents"]
    return found


def test_components_that_a_package_would_miss_are_told_with_who_needs_them(
    local: LocalEnvironment,
) -> None:
    assert missing_components(local, PackageSource(missing=STRANGE).zip()) == [
        {
            "RequiredComponent": {
                "Type": SCRIPT,
                "SchemaName": "new_/lost.js",
                "DisplayName": "Lost",
                "ParentSchemaName": None,
                "ParentDisplayName": None,
                "Id": None,
                "ParentId": None,
                "Solution": "Other (1.0)",
            },
            "DependentComponent": {
                "Type": FORM,
                "SchemaName": None,
                "DisplayName": "Main",
                "ParentSchemaName": None,
                "ParentDisplayName": "Account",
                "Id": ACCOUNT_FORM,
                "ParentId": None,
                "Solution": None,
            },
        }
    ]
    local.create_script("new_/lost.js")
    assert missing_components(local, PackageSource(missing=STRANGE).zip()) == []


def test_package_that_is_none_is_refused(local: LocalEnvironment) -> None:
    path = "RetrieveMissingComponents(CustomizationFile='bm90aGluZw')"
    local.refusal(400, "GET", path)


def test_staging_tells_what_is_missing_and_keeps_nothing(local: LocalEnvironment) -> None:
    file = base64.b64encode(PackageSource(missing=STRANGE).zip()).decode()
    answer = local.expect(200, "POST", "StageSolution", {"CustomizationFile": file})
    results = answer["StageSolutionResults"]
    (missing,) = results["MissingDependencies"]
    assert (results["StageSolutionStatus"], results["StageSolutionUploadId"]) == ("Failed", None)
    assert missing["RequiredComponentSchemaName"] == "new_/lost.js"
    assert missing["DependentComponentType"] == FORM
