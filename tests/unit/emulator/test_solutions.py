"""Solutions and their components over the Web API."""

import pytest

from d365pop.emulator import seed
from tests.unit.emulator.harness import LocalEnvironment, PackageSource

PUBLISHER = "d21aab71-79e7-11dd-8874-00188b01e34f"
ACCOUNT_FORM = "8448b78f-8f42-454e-8e2a-f8196b0419af"


def new_solution(local: LocalEnvironment, name: str = "Mine") -> str:
    body = {
        "uniquename": name,
        "friendlyname": name,
        "version": "1.0",
        "publisherid@odata.bind": f"/publishers({PUBLISHER})",
    }
    return local.create("solutions", body)


def components(local: LocalEnvironment, solution_id: str) -> list[tuple[int, str]]:
    path = f"solutioncomponents?$filter=_solutionid_value eq {solution_id}"
    return [(row["componenttype"], row["objectid"]) for row in local.get(path)["value"]]


def addition(component_id: str, component_type: int, solution: str = "Mine") -> dict[str, object]:
    return {
        "ComponentId": component_id,
        "ComponentType": component_type,
        "SolutionUniqueName": solution,
        "AddRequiredComponents": False,
    }


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"uniquename": "pub"}, "0x80040203"),
        ({"uniquename": "pub", "customizationprefix": ""}, "0x80040203"),
        ({"uniquename": "pub", "customizationprefix": "a"}, "0x80040203"),
        ({"uniquename": "pub", "customizationprefix": "ninechars"}, "0x80040203"),
        ({"uniquename": "pub", "customizationprefix": "1ab"}, "0x80040203"),
        ({"uniquename": "pub", "customizationprefix": "mscrmx"}, "0x80040203"),
        ({"uniquename": "1pub", "customizationprefix": "pub"}, "0x8004f01c"),
        (
            {
                "uniquename": "pub",
                "customizationprefix": "pub",
                "customizationoptionvalueprefix": 9999,
            },
            "0x80040203",
        ),
    ],
)
def test_publisher_without_legal_names_is_refused(
    local: LocalEnvironment, body: dict[str, object], code: str
) -> None:
    assert local.refusal(400, "POST", "publishers", body)[0] == code
    assert local.filtered("publishers", "uniquename", "endswith(uniquename,'pub')") == []


def test_publisher_goes_once_it_published_nothing_more(local: LocalEnvironment) -> None:
    publisher = local.create("publishers", {"uniquename": "pub", "customizationprefix": "pub"})
    body = {"uniquename": "mine", "publisherid@odata.bind": f"/publishers({publisher})"}
    solution = local.create("solutions", body)
    code, text = local.refusal(400, "DELETE", f"publishers({publisher})")
    assert (code, "'mine'" in text) == ("0x8004f01f", True)
    local.expect(204, "DELETE", f"solutions({solution})")
    local.expect(204, "DELETE", f"publishers({publisher})")


def test_read_only_publisher_and_managed_solution_stay_as_they_are(
    local: LocalEnvironment,
) -> None:
    microsoft = f"publishers({seed.MICROSOFT_PUBLISHER_ID})"
    change = {"friendlyname": "Mine"}
    assert local.refusal(400, "PATCH", microsoft, change)[0] == "0x80040203"
    assert local.refusal(400, "DELETE", microsoft)[0] == "0x80040203"
    local.import_package(PackageSource(managed=True).zip())
    path = "solutions(uniquename='Sample')"
    assert local.refusal(400, "PATCH", path, change)[0] == "0x80040203"
    assert local.get(path)["friendlyname"] == "A sample"


def test_component_is_added_once_and_removed(local: LocalEnvironment) -> None:
    solution_id = new_solution(local)
    for _ in range(2):
        local.expect(200, "POST", "AddSolutionComponent", addition(ACCOUNT_FORM, 60))
    assert components(local, solution_id) == [(60, ACCOUNT_FORM)]
    body = {
        "SolutionComponent": {"solutioncomponentid": ACCOUNT_FORM},
        "ComponentType": 60,
        "SolutionUniqueName": "Mine",
    }
    local.expect(200, "POST", "RemoveSolutionComponent", body)
    assert components(local, solution_id) == []
    local.refusal(404, "POST", "RemoveSolutionComponent", body)


def test_table_is_a_component_by_its_definition_id(local: LocalEnvironment) -> None:
    solution_id = new_solution(local)
    account = local.get("EntityDefinitions(LogicalName='account')?$select=MetadataId")
    local.expect(200, "POST", "AddSolutionComponent", addition(account["MetadataId"], 1))
    assert components(local, solution_id) == [(1, account["MetadataId"])]


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (addition(ACCOUNT_FORM, 61), 400),
        (addition("aaaaaaaa-0000-4000-8000-000000000001", 60), 400),
        (addition(ACCOUNT_FORM, 60, "Nobodys"), 404),
        ({"ComponentId": ACCOUNT_FORM}, 400),
    ],
    ids=["other-type", "absent", "no-solution", "no-parameters"],
)
def test_impossible_addition_is_refused(
    local: LocalEnvironment, body: dict[str, object], status: int
) -> None:
    solution_id = new_solution(local)
    local.refusal(status, "POST", "AddSolutionComponent", body)
    assert components(local, solution_id) == []


def test_header_puts_what_is_written_into_a_solution(local: LocalEnvironment) -> None:
    solution_id = new_solution(local)
    response = local.send(
        "PATCH",
        f"/api/data/v9.2/systemforms({ACCOUNT_FORM})",
        b'{"description":"Changed"}',
        **{"authorization": f"Bearer {local.token}", "MSCRM.SolutionUniqueName": "Mine"},
    )
    assert response.status == 204
    assert components(local, solution_id) == [(60, ACCOUNT_FORM)]


def test_deleted_solution_leaves_its_components(local: LocalEnvironment) -> None:
    solution_id = new_solution(local)
    script = local.create_script("new_/a.js")
    local.expect(200, "POST", "AddSolutionComponent", addition(script, 61))
    local.expect(204, "DELETE", f"solutions({solution_id})")
    assert components(local, solution_id) == []
    assert local.get(f"webresourceset({script})")["name"] == "new_/a.js"


@pytest.mark.parametrize("name", ["1Mine", "my solution", ""])
def test_illegal_solution_name_is_refused(local: LocalEnvironment, name: str) -> None:
    body = {"uniquename": name, "publisherid@odata.bind": f"/publishers({PUBLISHER})"}
    assert local.refusal(400, "POST", "solutions", body)[0] == "0x8004f002"


def test_name_that_is_taken_is_refused(local: LocalEnvironment) -> None:
    new_solution(local)
    body = {"uniquename": "mine", "publisherid@odata.bind": f"/publishers({PUBLISHER})"}
    assert local.refusal(412, "POST", "solutions", body)[0] == "0x80040237"


def test_system_solution_cannot_be_deleted(local: LocalEnvironment) -> None:
    row = local.get("solutions(uniquename='Default')?$select=solutionid")
    local.refusal(400, "DELETE", f"solutions({row['solutionid']})")


def test_variable_has_one_value_and_goes_with_its_definition(local: LocalEnvironment) -> None:
    definition = local.create(
        "environmentvariabledefinitions", {"schemaname": "new_Settings", "type": 100000003}
    )
    body = {
        "schemaname": "new_Settings",
        "value": "{}",
        "EnvironmentVariableDefinitionId@odata.bind": (
            f"/environmentvariabledefinitions({definition})"
        ),
    }
    local.create("environmentvariablevalues", body)
    local.refusal(412, "POST", "environmentvariablevalues", body)
    local.expect(204, "DELETE", f"environmentvariabledefinitions({definition})")
    assert local.get("environmentvariablevalues")["value"] == []


@pytest.mark.parametrize(("length", "status"), [(2000, 204), (2001, 400)])
def test_text_of_a_variable_holds_2000_characters(
    local: LocalEnvironment, length: int, status: int
) -> None:
    text = "x" * length
    definition = {"schemaname": "new_Settings", "type": 100000000, "defaultvalue": text}
    answer = local.expect(status, "POST", "environmentvariabledefinitions", definition)
    definition_id = local.create(
        "environmentvariabledefinitions", {"schemaname": "new_Other", "type": 100000000}
    )
    bind = "EnvironmentVariableDefinitionId@odata.bind"
    body = {bind: f"/environmentvariabledefinitions({definition_id})", "value": text}
    refusals = [answer, local.expect(status, "POST", "environmentvariablevalues", body)]
    codes = [refusal["error"]["code"] for refusal in refusals if refusal]
    assert codes == ([] if status == 204 else ["0x80044331"] * 2)


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"type": 100000000}, 400),
        ({"schemaname": "new_X", "type": 7}, 400),
    ],
)
def test_incomplete_variable_is_refused(
    local: LocalEnvironment, body: dict[str, object], status: int
) -> None:
    local.refusal(status, "POST", "environmentvariabledefinitions", body)
