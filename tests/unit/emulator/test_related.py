"""What is related to a row: paths, references, lambdas, formatted values."""

import pytest

from tests.unit.emulator.harness import API, BASE, LocalEnvironment

CRM = "Microsoft.Dynamics.CRM."
FORMATTED = "@OData.Community.Display.V1.FormattedValue"
GONE = "00000000-0000-4000-8000-00000000dead"


@pytest.fixture
def account(local: LocalEnvironment) -> str:
    return local.create("accounts", {"name": "Related"})


@pytest.fixture
def contact(local: LocalEnvironment, account: str) -> str:
    lookup = {"parentcustomerid_account@odata.bind": f"/accounts({account})"}
    return local.create("contacts", {"lastname": "Child", "telephone1": "77", **lookup})


def children(local: LocalEnvironment, account: str, query: str = "$select=lastname") -> list[str]:
    rows = local.get(f"accounts({account})/contact_customer_accounts?{query}")["value"]
    return [row["lastname"] for row in rows]


def test_rows_behind_a_collection_are_read_and_counted(
    local: LocalEnvironment, account: str, contact: str
) -> None:
    assert contact
    assert children(local, account) == ["Child"]
    assert children(local, account, "$filter=lastname eq 'x' or lastname eq 'y'") == []
    assert local.get(f"accounts({account})/contact_customer_accounts/$count") == 1


def test_row_behind_a_lookup_is_read(local: LocalEnvironment, account: str, contact: str) -> None:
    row = local.get(f"contacts({contact})/parentcustomerid_account?$select=name")
    assert (row["name"], row["accountid"]) == ("Related", account)
    local.expect(204, "GET", f"accounts({account})/primarycontactid")


def test_lookup_is_set_read_and_emptied_by_reference(
    local: LocalEnvironment, account: str, contact: str
) -> None:
    path = f"accounts({account})/primarycontactid/$ref"
    local.expect(204, "PUT", path, {"@odata.id": f"{BASE}{API}contacts({contact})"})
    assert local.get(path)["@odata.id"] == f"{BASE}{API}contacts({contact})"
    local.expect(204, "DELETE", path)
    local.expect(204, "GET", path)


def test_row_joins_and_leaves_a_collection_by_reference(
    local: LocalEnvironment, account: str
) -> None:
    other = local.create("contacts", {"lastname": "Later"})
    path = f"accounts({account})/contact_customer_accounts"
    local.expect(204, "POST", f"{path}/$ref", {"@odata.id": f"contacts({other})"})
    references = local.get(f"{path}/$ref")["value"]
    assert references == [{"@odata.id": f"{BASE}{API}contacts({other})"}]
    local.expect(204, "DELETE", f"{path}({other})/$ref")
    assert children(local, account) == []
    local.expect(204, "POST", f"{path}/$ref", {"@odata.id": f"contacts({other})"})
    local.expect(204, "DELETE", f"{path}/$ref?$id={BASE}{API}contacts({other})")
    assert children(local, account) == []


@pytest.mark.parametrize(
    ("method", "tail", "body", "status"),
    [
        ("POST", "contact_customer_accounts/$ref", {}, 400),
        ("POST", "contact_customer_accounts/$ref", {"@odata.id": "accounts"}, 400),
        ("POST", "contact_customer_accounts/$ref", {"@odata.id": f"contacts({GONE})"}, 404),
        ("PUT", "contact_customer_accounts/$ref", {}, 405),
        ("DELETE", f"contact_customer_accounts({GONE})/$ref", None, 404),
        ("DELETE", "contact_customer_accounts", None, 405),
        ("POST", "primarycontactid/$ref", {}, 405),
        ("PUT", "primarycontactid/$ref", {"@odata.id": f"contacts({GONE})"}, 404),
        ("GET", "primarycontactid/nope", None, 404),
        ("GET", "contact_customer_accounts/nope", None, 404),
        ("GET", "contact_customer_accounts/$ref/more", None, 404),
    ],
)
def test_wrong_reference_is_refused(
    local: LocalEnvironment, account: str, method: str, tail: str, body: object, status: int
) -> None:
    local.refusal(status, method, f"accounts({account})/{tail}", body)


@pytest.mark.parametrize(
    ("condition", "found"),
    [
        ("contact_customer_accounts/any(c:c/telephone1 eq '77')", True),
        ("contact_customer_accounts/any(c:c/telephone1 eq '78')", False),
        ("contact_customer_accounts/any(c:c/lastname eq 'child' and c/telephone1 ne null)", True),
        ("contact_customer_accounts/any()", True),
        ("not contact_customer_accounts/any()", False),
        ("contact_customer_accounts/all(c:startswith(c/telephone1,'7'))", True),
        ("contact_customer_accounts/all(c:startswith(c/telephone1,'8'))", False),
        ("Account_Phonecalls/any()", False),
    ],
)
def test_lambda_asks_about_related_rows(
    local: LocalEnvironment, account: str, contact: str, condition: str, *, found: bool
) -> None:
    assert account
    assert contact
    names = local.filtered("accounts", "name", f"name eq 'Related' and {condition}")
    assert names == (["Related"] if found else [])


@pytest.mark.parametrize(
    ("condition", "found"),
    [
        ("parentcustomerid_account/contact_customer_accounts/any(c:c/telephone1 eq '77')", True),
        ("parentcustomerid_account/contact_customer_accounts/any(c:c/telephone1 eq '78')", False),
        ("parentcustomerid_account/Account_Phonecalls/any()", False),
        (
            "parentcustomerid_account/primarycontactid/Contact_Phonecalls/any(p:p/subject ne null)",
            False,
        ),
    ],
)
def test_lambda_behind_a_lookup_asks_about_rows_there(
    local: LocalEnvironment, contact: str, condition: str, *, found: bool
) -> None:
    ids = local.filtered("contacts", "contactid", f"contactid eq {contact} and {condition}")
    assert ids == ([contact] if found else [])


@pytest.mark.parametrize(
    ("condition", "status"),
    [
        ("nope/any()", 400),
        ("primarycontactid/nope/any()", 400),
        ("nope/Contact_Phonecalls/any()", 400),
        ("name/Contact_Phonecalls/any()", 400),
        ("contact_customer_accounts/all()", 400),
        ("contact_customer_accounts/any(c:name eq 'x')", 400),
        ("contact_customer_accounts/any(c:c/nope eq 'x')", 400),
        ("contact_customer_accounts/any(c c/name eq 'x')", 400),
        ("contact_customer_accounts/any(c:c/lastname eq 'x'", 400),
        ("contact_customer_accounts/any(c:Contact_Phonecalls/any(p:p/subject eq 'x'))", 400),
        ("contact_customer_accounts/any(c:c/Contact_Phonecalls/any(p:c/lastname eq 'x'))", 400),
        ("contact_customer_accounts/any(c:d/Contact_Phonecalls/any(p:p/subject eq 'x'))", 400),
        ("contact_customer_accounts/any(c:c/nope/any(p:p/subject eq 'x'))", 400),
    ],
)
def test_wrong_lambda_is_refused(local: LocalEnvironment, condition: str, status: int) -> None:
    local.refusal(status, "GET", f"accounts?$filter={condition}")


def test_values_come_formatted_where_the_client_prefers_so(local: LocalEnvironment) -> None:
    body = {"name": "F", "revenue": 1234.5, "numberofemployees": 1200, "donotphone": True}
    row_id = local.create("accounts", body)
    columns = "revenue,numberofemployees,donotphone,statecode,preferredcontactmethodcode,createdon"
    path = f"accounts({row_id})?$select={columns}"
    row = local.get(path, prefer='odata.include-annotations="*"')
    shown = {name.removesuffix(FORMATTED): row[name] for name in row if name.endswith(FORMATTED)}
    assert shown == {
        "revenue": "1,234.50",
        "numberofemployees": "1,200",
        "donotphone": "Yes",
        "statecode": "Active",
        "preferredcontactmethodcode": "Any",
        "createdon": "5/4/2026 12:00 PM",
    }
    assert not [name for name in local.get(path) if name.endswith(FORMATTED)]


def test_columns_of_a_table_are_described(local: LocalEnvironment) -> None:
    path = "EntityDefinitions(LogicalName='contact')/Attributes"
    kinds = {row["LogicalName"]: row["AttributeType"] for row in local.get(path)["value"]}
    chosen = ("contactid", "lastname", "parentcustomerid", "statecode", "donotphone", "ownerid")
    assert [kinds[name] for name in chosen] == [
        "Uniqueidentifier",
        "String",
        "Customer",
        "State",
        "Boolean",
        "Owner",
    ]
    one = local.get(f"{path}(LogicalName='lastname')?$select=MaxLength,LogicalName")
    assert (one["LogicalName"], one["MaxLength"]) == ("lastname", 50)
    texts = local.get(f"{path}?$select=LogicalName&$filter=AttributeType eq 'Customer'")["value"]
    assert [row["LogicalName"] for row in texts] == ["parentcustomerid"]


def test_choices_come_with_the_columns_of_their_type(local: LocalEnvironment) -> None:
    query = "$select=LogicalName&$expand=OptionSet($select=Options)"
    path = "EntityDefinitions(LogicalName='phonecall')/Attributes"
    kind = "Microsoft.Dynamics.CRM.PicklistAttributeMetadata"
    (row,) = local.get(f"{path}/{kind}?{query}")["value"]
    assert (row["LogicalName"], row["@odata.type"]) == ("prioritycode", f"#{kind}")
    options = row["OptionSet"]["Options"]
    labels = {item["Value"]: item["Label"]["UserLocalizedLabel"]["Label"] for item in options}
    assert labels == {0: "Low", 1: "Normal", 2: "High"}


def test_keys_and_relationships_of_a_table_are_described(local: LocalEnvironment) -> None:
    path = "EntityDefinitions(LogicalName='{}')/{}"
    keys = local.get(path.format("environmentvariabledefinition", "Keys"))["value"]
    assert [key["KeyAttributes"] for key in keys] == [["schemaname"]]
    found = local.get(path.format("account", "OneToManyRelationships"))["value"]
    assert "contact_customer_accounts" in [item["SchemaName"] for item in found]
    one = local.get(path.format("contact", "ManyToOneRelationships"))["value"]
    assert {item["ReferencingEntity"] for item in one} == {"contact"}
    many = local.get(path.format("contact", "ManyToManyRelationships"))["value"]
    assert [item["IntersectEntityName"] for item in many] == ["contactleads"]
    whole = local.get("EntityDefinitions(LogicalName='contact')?$select=LogicalName&$expand=Keys")
    assert whole["Keys"] == []


@pytest.mark.parametrize(
    ("condition", "found"),
    [
        (f"AttributeType eq {CRM}AttributeTypeCode'Customer'", ["parentcustomerid"]),
        (
            f"RequiredLevel/Value eq {CRM}AttributeRequiredLevel'None' and IsPrimaryId eq true",
            ["contactid"],
        ),
        (f"RequiredLevel/Value ne {CRM}AttributeRequiredLevel'None'", []),
    ],
)
def test_definitions_are_filtered_by_enumerations_and_managed_properties(
    local: LocalEnvironment, condition: str, found: list[str]
) -> None:
    path = "EntityDefinitions(LogicalName='contact')"
    query = f"$select=LogicalName&$filter={condition}"
    rows = local.get(f"{path}/Attributes?{query}")["value"]
    assert [row["LogicalName"] for row in rows] == found
    expanded = local.get(f"{path}?$expand=Attributes({query.replace('&', ';')})")["Attributes"]
    assert [row["LogicalName"] for row in expanded] == found


def test_tables_are_filtered_by_who_owns_their_rows(local: LocalEnvironment) -> None:
    query = f"OwnershipType eq {CRM}OwnershipTypes'UserOwned' and CanCreateAttributes/Value eq true"
    rows = local.get(f"EntityDefinitions?$select=LogicalName,DisplayName&$filter={query}")["value"]
    shown = {row["LogicalName"]: row["DisplayName"]["UserLocalizedLabel"] for row in rows}
    assert {"account", "contact", "lead", "phonecall"} <= shown.keys()
    assert {"publisher", "systemuserroles"}.isdisjoint(shown)
    assert shown["contact"]["Label"] == "Contact"


def test_options_of_one_column_are_addressed(local: LocalEnvironment) -> None:
    column = "EntityDefinitions(LogicalName='phonecall')/Attributes(LogicalName='prioritycode')"
    path = f"{column}/{CRM}PicklistAttributeMetadata/OptionSet?$select=Options"
    assert [option["Value"] for option in local.get(path)["Options"]] == [0, 1, 2]
    local.refusal(400, "GET", path.replace("OptionSet", "Nope"))


@pytest.mark.parametrize(
    ("path", "found"),
    [
        (
            "?$select=DisplayName,IsKnowledgeManagementEnabled,EntitySetName",
            {"IsKnowledgeManagementEnabled": False, "EntitySetName": "contacts"},
        ),
        (
            "?$select=TableType,IsCustomizable",
            {
                "TableType": "Standard",
                "IsCustomizable": {
                    "Value": True,
                    "CanBeChanged": False,
                    "ManagedPropertyLogicalName": "iscustomizable",
                },
            },
        ),
        (
            (
                f"/Attributes(LogicalName='emailaddress1')/{CRM}StringAttributeMetadata"
                "?$select=FormatName,IsLogical,SourceType,Description"
            ),
            {
                "FormatName": {"Value": "Email"},
                "IsLogical": False,
                "SourceType": 0,
                "Description": {"LocalizedLabels": [], "UserLocalizedLabel": None},
            },
        ),
        (
            (
                f"/Attributes(LogicalName='createdon')/{CRM}DateTimeAttributeMetadata"
                "?$select=Format,DateTimeBehavior"
            ),
            {"Format": "DateAndTime", "DateTimeBehavior": {"Value": "UserLocal"}},
        ),
        (
            (
                f"/Attributes(LogicalName='donotphone')/{CRM}BooleanAttributeMetadata"
                "?$select=DefaultValue"
            ),
            {"DefaultValue": False},
        ),
        (
            (
                f"/Attributes(LogicalName='statuscode')/{CRM}StatusAttributeMetadata/OptionSet"
                "?$select=OptionSetType,IsGlobal"
            ),
            {"OptionSetType": "Status", "IsGlobal": False},
        ),
    ],
    ids=["documented", "managed", "text", "time", "flag", "options"],
)
def test_documented_properties_of_definitions_are_chosen(
    local: LocalEnvironment, path: str, found: dict[str, object]
) -> None:
    answer = local.get(f"EntityDefinitions(LogicalName='contact'){path}")
    assert {name: answer[name] for name in found} == found


def test_yes_and_no_are_the_options_of_a_flag(local: LocalEnvironment) -> None:
    column = "EntityDefinitions(LogicalName='contact')/Attributes(LogicalName='donotphone')"
    answer = local.get(f"{column}/{CRM}BooleanAttributeMetadata?$expand=OptionSet")
    found = answer["OptionSet"]
    options = {name: found[name] for name in ("TrueOption", "FalseOption")}
    assert {
        name: (option["Value"], option["Label"]["UserLocalizedLabel"]["Label"])
        for name, option in options.items()
    } == {"TrueOption": (1, "Yes"), "FalseOption": (0, "No")}
    assert "Options" not in found


@pytest.mark.parametrize(
    ("condition", "found"),
    [
        ("ObjectTypeCode ge 1 and ObjectTypeCode lt 3", ["account", "contact"]),
        ("ObjectTypeCode gt 1 and ObjectTypeCode le 2", ["contact"]),
        ("not (LogicalName ne 'lead')", ["lead"]),
        ("LogicalName gt 'webresourc' and LogicalName lt 'webresource0'", ["webresource"]),
        ("PrimaryImageAttribute gt 'entityimagf'", []),
    ],
)
def test_definitions_are_compared_and_counted(
    local: LocalEnvironment, condition: str, found: list[str]
) -> None:
    answer = local.get(f"EntityDefinitions?$select=LogicalName&$count=true&$filter={condition}")
    assert [row["LogicalName"] for row in answer["value"]] == found
    assert answer["@odata.count"] == len(found)


def test_unknown_property_of_a_column_is_named_with_its_type_once(local: LocalEnvironment) -> None:
    column = "EntityDefinitions(LogicalName='contact')/Attributes(LogicalName='lastname')"
    _, message = local.refusal(400, "GET", f"{column}?$select=Nope")
    assert message == (
        f"Could not find a property named 'Nope' on type '{CRM}StringAttributeMetadata'."
    )


def test_relationships_of_all_tables_are_listed_and_addressed(local: LocalEnvironment) -> None:
    name = "contact_customer_accounts"
    one = local.get(f"RelationshipDefinitions(SchemaName='{name}')")
    assert (one["ReferencedEntity"], one["@odata.type"]) == (
        "account",
        f"#{CRM}OneToManyRelationshipMetadata",
    )
    assert local.get(f"RelationshipDefinitions({one['MetadataId']})") == one
    path = f"RelationshipDefinitions/{CRM}ManyToManyRelationshipMetadata"
    many = local.get(f"{path}?$select=SchemaName&$filter=Entity2LogicalName eq 'role'")["value"]
    assert [row["SchemaName"] for row in many] == ["systemuserroles_association"]
    local.refusal(404, "GET", f"{path}(SchemaName='nope')")
    local.refusal(404, "GET", f"{path}/more")
    local.refusal(404, "GET", "RelationshipDefinitions(SchemaName='nope')")
    local.refusal(405, "POST", "RelationshipDefinitions")


@pytest.mark.parametrize(
    ("tail", "status"),
    [
        ("Nope", 404),
        ("Attributes(LogicalName='nope')", 404),
        ("Attributes/nope", 404),
        ("Attributes?$select=Nope", 400),
        ("Attributes?$expand=Nope", 400),
        ("Attributes(LogicalName='lastname')?$expand=OptionSet", 400),
    ],
)
def test_definition_that_does_not_exist_is_refused(
    local: LocalEnvironment, tail: str, status: int
) -> None:
    local.refusal(status, "GET", f"EntityDefinitions(LogicalName='contact')/{tail}")
