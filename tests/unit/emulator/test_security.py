"""What users may do: by role, by privilege, and in the platform's words where they may not."""

from typing import Any

import pytest

from d365pop.emulator import seed
from d365pop.emulator.security.privileges import privilege_id
from d365pop.emulator.seed_roles import ADMINISTRATOR, BASIC, CUSTOMIZER, MAKER
from tests.unit.emulator.harness import LocalEnvironment, PackageSource

FORM = "systemforms(8448b78f-8f42-454e-8e2a-f8196b0419af)"
USER = f"systemusers({seed.ADMINISTRATOR_ID})"
ROLES = f"{USER}/systemuserroles_association"


def become(local: LocalEnvironment, role_id: str) -> None:
    """Take the deployment user's role and give another, over the Web API."""
    reference = {"@odata.id": f"roles({role_id})"}
    local.expect(204, "POST", f"{ROLES}/$ref", reference)
    local.expect(204, "DELETE", f"{ROLES}({ADMINISTRATOR})/$ref")


def form_write(local: LocalEnvironment) -> int:
    text = local.get(FORM)["formxml"]
    return local.call("PATCH", FORM, {"formxml": text}).status


@pytest.mark.parametrize(
    ("role_id", "status"), [(CUSTOMIZER, 204), (MAKER, 403), (BASIC, 403)], ids=str
)
def test_role_decides_who_writes_a_form(local: LocalEnvironment, role_id: str, status: int) -> None:
    become(local, role_id)
    assert form_write(local) == status


def test_refusal_names_the_privilege_as_the_platform_does(local: LocalEnvironment) -> None:
    become(local, MAKER)
    held = local.get(f"{USER}/Microsoft.Dynamics.CRM.RetrieveUserPrivileges()")["RolePrivileges"]
    code, text = local.refusal(403, "PATCH", FORM, {"description": "x"})
    assert code == "0x80040220"
    assert text == (
        f"Principal user (Id={seed.ADMINISTRATOR_ID}, type=8, roleCount=1, "
        f"privilegeCount={len(held)}, accessMode=4), is missing prvWriteSystemForm privilege "
        f"(Id={privilege_id('prvWriteSystemForm')}) on OTC=1030 for entity 'systemform' "
        f"(LocalizedName='Systemform'). context.Caller={seed.ADMINISTRATOR_ID}"
    )


@pytest.mark.parametrize(
    ("operation", "privilege"),
    [
        ("ImportSolution", "prvImportCustomization"),
        ("ExportSolution", "prvExportCustomization"),
        ("PublishAllXml", "prvPublishCustomization"),
        ("UninstallSolutionAsync", "prvDeleteSolution"),
    ],
)
def test_operation_needs_its_privilege(
    local: LocalEnvironment, operation: str, privilege: str
) -> None:
    become(local, BASIC)
    code, text = local.refusal(403, "POST", operation, {})
    assert (code, f" {privilege} " in text) == ("0x80040220", True)


@pytest.mark.parametrize(
    ("privilege", "fails"),
    [
        ("prvCreateWebResource", [True, False]),
        ("prvWriteWebResource", [False, True]),
        ("prvCreatePublisher", [True, False]),
        ("prvDeleteWebResource", [False, False]),
    ],
)
def test_import_needs_the_privilege_to_write_what_it_brings(
    local: LocalEnvironment, privilege: str, fails: list[bool]
) -> None:
    package = PackageSource(web_resources={"smp_/a.js": b"1"}).zip()
    role = f"roles({ADMINISTRATOR})/Microsoft.Dynamics.CRM."
    for expected in fails:
        taken = {"PrivilegeId": privilege_id(privilege)}
        local.expect(204, "POST", f"{role}RemovePrivilegeRole", taken)
        row = local.import_package(package)
        told = (row["statuscode"], f" {privilege} " in (row["message"] or ""))
        assert told == ((31, True) if expected else (30, False))
        given = {"Privileges": [{**taken, "Depth": "Global"}]}
        local.expect(204, "POST", f"{role}AddPrivilegesRole", given)
        assert local.import_package(package)["statuscode"] == 30


def test_privileges_of_a_user_are_those_of_the_roles(local: LocalEnvironment) -> None:
    become(local, BASIC)
    path = f"{USER}/Microsoft.Dynamics.CRM.RetrieveUserPrivileges()"
    rows = local.get(path)["RolePrivileges"]
    role = local.get(f"RetrieveRolePrivilegesRole(RoleId={BASIC})")["RolePrivileges"]
    assert rows == role
    assert {"prvReadContact", "prvWriteContact"} <= {row["PrivilegeName"] for row in rows}
    assert {row["Depth"] for row in rows} == {"Global"}
    assert [row["name"] for row in local.get(f"{ROLES}?$select=name")["value"]] == ["Basic User"]


@pytest.mark.parametrize(("name", "count"), [("prvReadWebResource", 1), ("prvReadNothing", 0)])
def test_one_privilege_is_asked_for_by_name(local: LocalEnvironment, name: str, count: int) -> None:
    function = f"RetrieveUserPrivilegeByPrivilegeName(PrivilegeName='{name}')"
    found = local.get(f"{USER}/Microsoft.Dynamics.CRM.{function}")["RolePrivileges"]
    assert len(found) == count


def test_privilege_is_taken_from_a_role_and_given_again(local: LocalEnvironment) -> None:
    privilege = privilege_id("prvWriteSystemForm")
    role = f"roles({ADMINISTRATOR})/Microsoft.Dynamics.CRM."
    local.expect(204, "POST", f"{role}RemovePrivilegeRole", {"PrivilegeId": privilege})
    assert form_write(local) == 403
    given: dict[str, Any] = {"Privileges": [{"PrivilegeId": privilege, "Depth": "Global"}]}
    local.expect(204, "POST", f"{role}AddPrivilegesRole", given)
    assert form_write(local) == 204


@pytest.mark.parametrize(
    ("lacking", "method", "path", "body"),
    [
        ("prvCreateContact", "POST", "accounts", {"name": "A", "primarycontactid": {}}),
        ("prvCreateContact", "POST", "accounts", {"contact_customer_accounts": [{}]}),
        ("prvCreateAccount", "PATCH", "accounts(d3650000-0000-4000-8000-0000000000fe)", {}),
        ("prvReadContact", "GET", "accounts?$expand=primarycontactid", None),
        ("prvReadContact", "GET", "accounts?$expand=contact_customer_accounts", None),
        ("prvReadContact", "GET", "accounts?$filter=primarycontactid/fullname ne 'x'", None),
        ("prvReadContact", "GET", "accounts?$orderby=primarycontactid/fullname", None),
        (
            "prvReadContact",
            "GET",
            "accounts?$filter=contact_customer_accounts/any(c:c/fullname ne 'x')",
            None,
        ),
        (
            "prvReadUser",
            "GET",
            "accounts?$expand=primarycontactid($expand=owninguser)",
            None,
        ),
    ],
)
def test_nested_row_needs_the_privilege_of_its_own_table(
    local: LocalEnvironment, lacking: str, method: str, path: str, body: dict[str, object] | None
) -> None:
    assert local.call(method, path, body).status < 400
    role = f"roles({ADMINISTRATOR})/Microsoft.Dynamics.CRM.RemovePrivilegeRole"
    local.expect(204, "POST", role, {"PrivilegeId": privilege_id(lacking)})
    address = path.replace("00fe)", "00fd)")
    code, text = local.refusal(403, method, address, body)
    assert code == "0x80040220"
    assert f"is missing {lacking} privilege" in text


def acting_headers(local: LocalEnvironment, user_id: str) -> list[dict[str, str]]:
    row = local.get(f"systemusers({user_id})?$select=azureactivedirectoryobjectid")
    return [
        {"mscrmcallerid": user_id},
        {"callerobjectid": row["azureactivedirectoryobjectid"]},
    ]


def test_request_on_behalf_of_another_user_is_theirs(local: LocalEnvironment) -> None:
    for headers in acting_headers(local, seed.AGENT_ID):
        assert local.get("WhoAmI", **headers)["UserId"] == seed.AGENT_ID
        path = f"accounts({local.create('accounts', {'name': 'A'}, **headers)})"
        row = local.get(path)
        assert (row["_createdby_value"], row["_createdonbehalfby_value"]) == (
            seed.AGENT_ID,
            seed.ADMINISTRATOR_ID,
        )
        local.expect(204, "PATCH", path, {"fax": "1"})
        row = local.get(path)
        assert (row["_modifiedby_value"], row["_modifiedonbehalfby_value"]) == (
            seed.ADMINISTRATOR_ID,
            None,
        )


def test_request_on_behalf_of_another_user_needs_the_privilege_of_both(
    local: LocalEnvironment,
) -> None:
    (headers, _) = acting_headers(local, seed.AGENT_ID)
    _, text = local.refusal(403, "PATCH", FORM, {"description": "x"}, **headers)
    assert f"Principal user (Id={seed.AGENT_ID}" in text
    role = f"roles({ADMINISTRATOR})/Microsoft.Dynamics.CRM.RemovePrivilegeRole"
    local.expect(204, "POST", role, {"PrivilegeId": privilege_id("prvCreateAccount")})
    _, text = local.refusal(403, "POST", "accounts", {"name": "A"}, **headers)
    assert f"Principal user (Id={seed.ADMINISTRATOR_ID}" in text
    acting = privilege_id("prvActOnBehalfOfAnotherUser")
    local.expect(204, "POST", role, {"PrivilegeId": acting})
    _, text = local.refusal(403, "GET", "WhoAmI", **headers)
    assert "is missing prvActOnBehalfOfAnotherUser privilege" in text


@pytest.mark.parametrize("header", ["mscrmcallerid", "callerobjectid"])
@pytest.mark.parametrize("value", ["nobody", "d3650000-0000-4000-8000-0000000000ff"])
def test_nobody_acts_for_a_user_who_is_not_there(
    local: LocalEnvironment, header: str, value: str
) -> None:
    assert local.refusal(404, "GET", "WhoAmI", **{header: value})[0] == "0x80040217"


@pytest.mark.parametrize("depth", ["", "Deeper"])
def test_privilege_of_no_known_depth_is_refused(local: LocalEnvironment, depth: str) -> None:
    given = {"Privileges": [{"PrivilegeId": privilege_id("prvReadContact"), "Depth": depth}]}
    path = f"roles({BASIC})/Microsoft.Dynamics.CRM.AddPrivilegesRole"
    local.refusal(400, "POST", path, given)


def test_token_of_nobody_here_is_refused_as_no_member(local: LocalEnvironment) -> None:
    local.token = local.gateway.sessions.issue_token("d3650000-0000-4000-8000-0000000000ff")
    assert local.refusal(403, "GET", "WhoAmI") == (
        "0x80072560",
        "The user is not a member of the organization.",
    )


def test_disabled_user_is_refused(local: LocalEnvironment) -> None:
    local.expect(204, "PATCH", USER, {"isdisabled": True})
    assert local.refusal(403, "GET", "WhoAmI")[0] == "0x80040225"


def test_privileges_are_listed_with_their_ids(local: LocalEnvironment) -> None:
    query = "privileges?$select=name&$filter=name eq 'prvWriteSystemForm'"
    (row,) = local.get(query)["value"]
    assert row["privilegeid"] == privilege_id("prvWriteSystemForm")
