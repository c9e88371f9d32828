"""Tables, columns and relationships of a package are served, and go with the solution."""

from pathlib import Path
from typing import Any
from urllib.parse import quote
from xml.etree import ElementTree as ET
from xml.sax.saxutils import escape

import pytest

from d365pop.emulator.customizing.catalog import serve_definitions
from d365pop.emulator.seed_people import CONTACT_IDS
from d365pop.emulator.store import Store
from d365pop.emulator.tables import CATALOG
from tests.unit.emulator.harness import LocalEnvironment, PackageSource
from tests.unit.emulator.solution_parts import install, started

OPTIONS = (
    '<optionset Name="smp_ticket_smp_level"><options>'
    '<option value="1"><labels><label description="Low" languagecode="1033"/></labels></option>'
    '<option value="2"><labels><label description="High" languagecode="1033"/></labels></option>'
    "</options></optionset>"
)
LOOKUP = (
    '<EntityRelationship Name="smp_account_ticket">'
    "<EntityRelationshipType>OneToMany</EntityRelationshipType>"
    "<ReferencingEntityName>smp_Ticket</ReferencingEntityName>"
    "<ReferencedEntityName>Account</ReferencedEntityName>"
    "<ReferencingAttributeName>smp_Customer</ReferencingAttributeName><EntityRelationshipRoles>"
    "<EntityRelationshipRole><NavigationPropertyName>smp_Customer</NavigationPropertyName>"
    "<RelationshipRoleType>1</RelationshipRoleType></EntityRelationshipRole>"
    "<EntityRelationshipRole><NavigationPropertyName>smp_account_ticket</NavigationPropertyName>"
    "<RelationshipRoleType>0</RelationshipRoleType></EntityRelationshipRole>"
    "</EntityRelationshipRoles></EntityRelationship>"
)
PAIRS = (
    '<EntityRelationship Name="smp_Ticket_Contact">'
    "<EntityRelationshipType>ManyToMany</EntityRelationshipType>"
    "<FirstEntityName>smp_Ticket</FirstEntityName><SecondEntityName>Contact</SecondEntityName>"
    "<IntersectEntityName>smp_Ticket_Contact</IntersectEntityName></EntityRelationship>"
)
VIEW_ID = "11111111-0000-4000-8000-000000000001"
VIEW = (
    f"<SavedQueries><savedqueries><savedquery><savedqueryid>{{{VIEW_ID}}}</savedqueryid>"
    "<isdefault>1</isdefault><querytype>0</querytype>"
    '<layoutxml><grid name="resultset"/></layoutxml>'
    '<fetchxml><fetch><entity name="smp_ticket"/></fetch></fetchxml><LocalizedNames>'
    '<LocalizedName description="Active Tickets" languagecode="1033"/></LocalizedNames>'
    "</savedquery></savedqueries></SavedQueries>"
)
APP = (
    "<AppModules><AppModule><UniqueName>smp_Desk</UniqueName><FormFactor>1</FormFactor>"
    '<ClientType>4</ClientType><LocalizedNames><LocalizedName description="Desk" '
    'languagecode="1033"/></LocalizedNames></AppModule></AppModules>'
)


def attribute(name: str, kind: str, more: str = "") -> str:
    return (
        f'<attribute PhysicalName="{name}"><Type>{kind}</Type><Name>{name.lower()}</Name>'
        f"<LogicalName>{name.lower()}</LogicalName><ValidForUpdateApi>1</ValidForUpdateApi>"
        f"<ValidForCreateApi>1</ValidForCreateApi>{more}</attribute>"
    )


LEVELS = (
    '<optionset Name="smp_contact_smp_level"><options><option value="1"><labels>'
    '<label description="Don&apos;t know" languagecode="1033"/></labels></option>'
    '<option value="2"><labels><label description="A" languagecode="1033"/></labels></option>'
    "</options></optionset>"
)
LEVEL = attribute("smp_Level", "picklist", LEVELS)


def contact_with(column: str, more: str = "") -> str:
    return (
        "<Entities><Entity><Name>Contact</Name><EntityInfo><entity Name='Contact'><attributes>"
        f"{column}</attributes></entity></EntityInfo>{more}</Entity></Entities>"
    )


def entity(name: str, *attributes: str, more: str = "") -> str:
    return (
        f"<Entity><Name>{name}</Name><EntityInfo><entity Name='{name}'><LocalizedNames>"
        f'<LocalizedName description="A {name}" languagecode="1033"/></LocalizedNames>'
        f"<attributes>{''.join(attributes)}</attributes>"
        f"<EntitySetName>{name.lower()}s</EntitySetName>"
        f"<OwnershipTypeMask>UserOwned</OwnershipTypeMask></entity></EntityInfo>{more}</Entity>"
    )


TICKET = entity(
    "smp_Ticket",
    attribute("smp_TicketId", "primarykey"),
    attribute(
        "smp_Name", "nvarchar", "<DisplayMask>PrimaryName</DisplayMask><MaxLength>20</MaxLength>"
    ),
    attribute("smp_Level", "picklist", OPTIONS),
    attribute("smp_Urgent", "bit"),
    attribute("smp_Customer", "lookup"),
    attribute("statecode", "state"),
    more=VIEW,
)
ON_ACCOUNT = entity("Account", attribute("smp_Rank", "int"))


def source(*, managed: bool, name: str = "Desk", version: str = "1.0.0.0") -> PackageSource:
    return PackageSource(
        unique_name=name,
        managed=managed,
        version=version,
        customizations=f"<Entities>{TICKET}{ON_ACCOUNT}</Entities>"
        f"<EntityRelationships>{LOOKUP}{PAIRS}</EntityRelationships>{APP}",
    )


@pytest.fixture
def local() -> LocalEnvironment:
    return LocalEnvironment()


def test_rows_of_an_imported_table_are_created_read_changed_and_deleted(
    local: LocalEnvironment,
) -> None:
    install(local, source(managed=False))
    account = local.get("accounts?$top=1&$select=accountid")["value"][0]["accountid"]
    body = {
        "smp_name": "First",
        "smp_level": 2,
        "smp_urgent": True,
        "smp_Customer@odata.bind": f"/accounts({account})",
    }
    ticket = local.create("smp_tickets", body)
    path = f"smp_tickets({ticket})"
    row = local.get(f"{path}?$select=smp_name,smp_level,smp_urgent,_smp_customer_value,statecode")
    shown = {name: row[name] for name in row if "@" not in name and name != "smp_ticketid"}
    assert shown == {
        "smp_name": "First",
        "smp_level": 2,
        "smp_urgent": True,
        "_smp_customer_value": account,
        "statecode": 0,
    }
    assert local.filtered("smp_tickets", "smp_name", "smp_Customer/name ne null") == ["First"]
    expanded = local.get(f"accounts({account})?$select=name&$expand=smp_account_ticket")
    assert [item["smp_name"] for item in expanded["smp_account_ticket"]] == ["First"]
    local.expect(204, "PATCH", path, {"smp_level": 1})
    labels = local.get(f"{path}?$select=smp_level", prefer='odata.include-annotations="*"')
    assert labels["smp_level@OData.Community.Display.V1.FormattedValue"] == "Low"
    local.expect(204, "DELETE", path)
    local.expect(404, "GET", path)


@pytest.mark.parametrize(
    ("body", "status"),
    [
        pytest.param({"smp_name": "x" * 21}, 400, id="too long a name"),
        pytest.param({"smp_level": "high"}, 400, id="text for a number"),
        pytest.param({"smp_other": 1}, 400, id="no such column"),
        pytest.param(
            {"smp_Customer@odata.bind": f"/contacts({CONTACT_IDS[0]})"}, 400, id="another table"
        ),
    ],
)
def test_body_that_does_not_fit_an_imported_table_is_refused(
    local: LocalEnvironment, body: dict[str, Any], status: int
) -> None:
    install(local, source(managed=False))
    local.expect(status, "POST", "smp_tickets", body)


def test_imported_table_is_described_by_metadata(local: LocalEnvironment) -> None:
    install(local, source(managed=False))
    path = "EntityDefinitions(LogicalName='smp_ticket')"
    table = local.get(path)
    assert table["DisplayName"]["UserLocalizedLabel"]["Label"] == "A smp_Ticket"
    assert table["DisplayCollectionName"]["UserLocalizedLabel"]["Label"] == "A smp_Tickets"
    told = {
        "LogicalName": "smp_ticket",
        "SchemaName": "smp_Ticket",
        "EntitySetName": "smp_tickets",
        "LogicalCollectionName": "smp_tickets",
        "PrimaryIdAttribute": "smp_ticketid",
        "PrimaryNameAttribute": "smp_name",
        "ObjectTypeCode": table["ObjectTypeCode"],
        "IsCustomEntity": True,
        "IsManaged": False,
        "IsIntersect": False,
        "IsActivity": False,
        "PrimaryImageAttribute": None,
        "OwnershipType": "UserOwned",
        "CanCreateAttributes": {
            "Value": True,
            "CanBeChanged": False,
            "ManagedPropertyLogicalName": "cancreateattributes",
        },
    }
    assert {name: table[name] for name in told} == told
    custom = local.get(f"{path}/Attributes?$filter=IsCustomAttribute eq true")["value"]
    assert [item["LogicalName"] for item in custom] == [
        *("smp_customer", "smp_level", "smp_name", "smp_urgent")
    ]
    one = local.get(f"{path}/ManyToOneRelationships?$filter=SchemaName eq 'smp_account_ticket'")
    assert [item["ReferencedEntity"] for item in one["value"]] == ["account"]
    many = local.get(f"{path}/ManyToManyRelationships")["value"]
    assert [
        (item["Entity1LogicalName"], item["Entity2LogicalName"], item["IntersectEntityName"])
        for item in many
    ] == [("smp_ticket", "contact", "smp_ticket_contact")]
    document = ET.fromstring(local.call("GET", "$metadata").body)
    names = {item.get("Name") for item in document.iter() if item.tag.endswith("}EntitySet")}
    assert {"smp_tickets", "smp_ticket_contactset"} <= names


def test_rows_of_both_sides_are_associated_and_disassociated(local: LocalEnvironment) -> None:
    install(local, source(managed=False))
    ticket = local.create("smp_tickets", {"smp_name": "First"})
    contact = local.get("contacts?$top=1&$select=contactid")["value"][0]["contactid"]
    references = f"smp_tickets({ticket})/smp_Ticket_Contact/$ref"
    body = {"@odata.id": f"contacts({contact})"}
    for _ in range(2):
        local.expect(204, "POST", references, body)
    there = local.get(f"contacts({contact})/smp_Ticket_Contact?$select=smp_name")["value"]
    assert [row["smp_name"] for row in there] == ["First"]
    assert len(local.get(references)["value"]) == 1
    expanded = local.get(f"smp_tickets({ticket})?$expand=smp_Ticket_Contact($select=contactid)")
    assert [row["contactid"] for row in expanded["smp_Ticket_Contact"]] == [contact]
    condition = f"smp_Ticket_Contact/any(o:o/smp_ticketid eq {ticket})"
    assert local.filtered("contacts", "contactid", condition) == [contact]
    assert len(local.get("smp_ticket_contactset")["value"]) == 1
    local.expect(204, "DELETE", f"smp_tickets({ticket})/smp_Ticket_Contact({contact})/$ref")
    local.expect(404, "DELETE", f"smp_tickets({ticket})/smp_Ticket_Contact({contact})/$ref")
    assert local.get(references)["value"] == []


def test_associations_go_with_either_row(local: LocalEnvironment) -> None:
    lead = local.create("leads", {"lastname": "Sample"})
    contact = local.create("contacts", {"lastname": "Sample"})
    body = {"@odata.id": f"contacts({contact})"}
    local.expect(204, "POST", f"leads({lead})/contactleads_association/$ref", body)
    assert len(local.get("contactleadscollection")["value"]) == 1
    local.expect(204, "DELETE", f"contacts({contact})")
    assert local.get("contactleadscollection")["value"] == []


def test_row_is_created_with_associated_rows(local: LocalEnvironment) -> None:
    body = {"lastname": "A", "contactleads_association": [{"lastname": "B"}]}
    lead = local.create("leads", body)
    found = local.get(f"leads({lead})/contactleads_association?$select=lastname")["value"]
    assert [row["lastname"] for row in found] == ["B"]


def test_reference_to_another_table_is_refused(local: LocalEnvironment) -> None:
    lead = local.create("leads", {"lastname": "A"})
    body = {"@odata.id": f"leads({lead})"}
    local.expect(400, "POST", f"leads({lead})/contactleads_association/$ref", body)


def test_whole_number_is_kept_as_far_as_it_has_64_bits(local: LocalEnvironment) -> None:
    install(local, PackageSource(customizations=contact_with(attribute("smp_Count", "bigint"))))
    path = f"contacts({CONTACT_IDS[0]})"
    for number in ((1 << 63) - 1, -(1 << 63)):
        local.expect(204, "PATCH", path, {"smp_count": number})
        assert local.get(f"{path}?$select=smp_count")["smp_count"] == number
    code, _ = local.refusal(400, "PATCH", path, {"smp_count": 1 << 63})
    assert code == "0x80048d19"


def test_column_on_a_table_of_the_platform_is_written(local: LocalEnvironment) -> None:
    install(local, source(managed=False))
    account = local.create("accounts", {"name": "A", "smp_rank": 7})
    assert local.get(f"accounts({account})?$select=smp_rank")["smp_rank"] == 7


def test_managed_table_goes_with_its_solution_and_leaves_nothing(local: LocalEnvironment) -> None:
    catalog = {name: set(t.columns) for name, t in local.environment.catalog.by_name.items()}
    install(local, source(managed=True))
    local.create("smp_tickets", {"smp_name": "First"})
    account = local.create("accounts", {"name": "A", "smp_rank": 7})
    started(local, "UninstallSolutionAsync", {"SolutionUniqueName": "Desk"})
    assert {
        name: set(t.columns) for name, t in local.environment.catalog.by_name.items()
    } == catalog
    local.expect(404, "GET", "smp_tickets")
    local.refusal(400, "GET", f"accounts({account})?$select=smp_rank")
    assert local.get(f"savedqueries?$filter=savedqueryid eq {VIEW_ID}")["value"] == []
    assert local.get("appmodules?$filter=uniquename eq 'smp_Desk'")["value"] == []
    install(local, source(managed=True))
    assert local.get("smp_tickets")["value"] == []
    assert local.get(f"accounts({account})?$select=smp_rank")["smp_rank"] is None


def test_table_stays_where_another_solution_defines_it(local: LocalEnvironment) -> None:
    install(local, source(managed=True))
    install(local, source(managed=True, name="Other"))
    local.create("smp_tickets", {"smp_name": "First"})
    started(local, "UninstallSolutionAsync", {"SolutionUniqueName": "Desk"})
    assert [row["smp_name"] for row in local.get("smp_tickets")["value"]] == ["First"]


def test_rows_outlive_an_upgrade(local: LocalEnvironment) -> None:
    install(local, source(managed=True))
    local.create("smp_tickets", {"smp_name": "First"})
    package = source(managed=True, version="2.0.0.0")
    install(local, package, HoldingSolution=True)
    local.expect(200, "POST", "DeleteAndPromote", {"UniqueName": "Desk"})
    assert [row["smp_name"] for row in local.get("smp_tickets")["value"]] == ["First"]


def test_table_of_a_refused_package_is_not_served(local: LocalEnvironment) -> None:
    form = "<formid>{1}</formid><form><tabs/><bad/></form>"
    broken = f'<FormXml><forms type="main"><systemform>{form}</systemform></forms></FormXml>'
    package = PackageSource(
        customizations=f"<Entities>{TICKET.replace(VIEW, broken)}</Entities>",
    )
    row = local.import_package(package.zip())
    assert row["statuscode"] == 31
    local.expect(404, "GET", "smp_tickets")
    local.expect(404, "GET", "EntityDefinitions(LogicalName='smp_ticket')")


def test_package_with_a_column_is_refused_for_its_form_as_any_other(
    local: LocalEnvironment,
) -> None:
    form = "<formid>{1}</formid><form><tabs/><bad/></form>"
    broken = f'<FormXml><forms type="main"><systemform>{form}</systemform></forms></FormXml>'
    package = PackageSource(customizations=contact_with(LEVEL, more=broken))
    row = local.import_package(package.zip())
    assert (row["statuscode"], row["message"][:17]) == (31, "The Form XML does")
    local.expect(400, "GET", "contacts?$select=smp_level")


def test_column_is_gone_when_the_state_before_it_is_restored(local: LocalEnvironment) -> None:
    assert local.send("POST", "/_emulator/snapshot", b'{"name":"a"}').status == 204
    install(local, PackageSource(customizations=contact_with(LEVEL)))
    assert local.get("contacts?$select=smp_level")["value"]
    assert local.send("POST", "/_emulator/restore", b'{"name":"a"}').status == 204
    local.expect(400, "GET", "contacts?$select=smp_level")
    install(local, PackageSource(customizations=contact_with(LEVEL)))
    assert local.get("contacts?$select=smp_level")["value"]


def test_rows_are_ordered_by_labels_whatever_those_hold(local: LocalEnvironment) -> None:
    install(local, PackageSource(customizations=contact_with(LEVEL)))
    for place, level in enumerate((1, 2)):
        local.expect(204, "PATCH", f"contacts({CONTACT_IDS[place]})", {"smp_level": level})
    fetch = (
        "<fetch><entity name='contact'><attribute name='smp_level'/><order attribute='smp_level'/>"
        "<filter><condition attribute='smp_level' operator='not-null'/></filter></entity></fetch>"
    )
    rows = local.get(f"contacts?fetchXml={quote(fetch)}")["value"]
    assert [row["smp_level"] for row in rows] == [2, 1]


@pytest.mark.parametrize(
    "name",
    ['x" TEXT); DROP TABLE "account', "d365pop_source", "sqlite_x", "account__published", ""],
)
def test_name_that_is_none_is_refused_before_it_reaches_the_store(
    local: LocalEnvironment, name: str
) -> None:
    told = TICKET.replace("smp_Ticket</Name>", f"{escape(name)}</Name>")
    row = local.import_package(PackageSource(customizations=f"<Entities>{told}</Entities>").zip())
    assert (row["statuscode"], "is no name" in row["message"]) == (31, True)
    column = TICKET.replace("<LogicalName>smp_level", f'<LogicalName>{escape(name)}"')
    package = PackageSource(customizations=f"<Entities>{column}</Entities>")
    assert local.import_package(package.zip())["statuscode"] == 31
    assert local.get("accounts?$top=1")["value"]


def test_only_customizers_have_the_privileges_of_a_new_table(local: LocalEnvironment) -> None:
    install(local, source(managed=False))
    names = local.filtered("privileges", "name", "endswith(name,'smp_ticket')")
    assert len(names) == 8
    agent = local.gateway.sessions.issue_token("d3650000-0000-4000-8000-000000000031")
    code, message = local.refusal(403, "GET", "smp_tickets", authorization=f"Bearer {agent}")
    assert code == "0x80040220"
    assert "prvReadsmp_ticket" in message


def test_tables_are_served_again_after_reset_snapshot_and_restart(
    local: LocalEnvironment, tmp_path: Path
) -> None:
    install(local, source(managed=False))
    local.create("smp_tickets", {"smp_name": "First"})
    assert local.send("POST", "/_emulator/snapshot", b'{"name":"a"}').status == 204
    assert local.send("POST", "/_emulator/reset").status == 204
    local.expect(404, "GET", "smp_tickets")
    assert local.send("POST", "/_emulator/restore", b'{"name":"a"}').status == 204
    assert [row["smp_name"] for row in local.get("smp_tickets")["value"]] == ["First"]
    again = LocalEnvironment()
    file = tmp_path / "state"
    kept = Store.open(file, CATALOG)
    kept.restore(local.environment.store.snapshot())
    object.__setattr__(again.environment, "store", kept)
    serve_definitions(again.environment)
    assert [row["smp_name"] for row in again.get("smp_tickets")["value"]] == ["First"]
    kept.close()


def test_view_and_app_of_a_package_are_rows(local: LocalEnvironment) -> None:
    install(local, source(managed=True))
    view = local.get(f"savedqueries({VIEW_ID})?$select=name,returnedtypecode,isdefault,fetchxml")
    shown = {name: value for name, value in view.items() if "@" not in name}
    assert shown == {
        "savedqueryid": VIEW_ID,
        "name": "Active Tickets",
        "returnedtypecode": "smp_ticket",
        "isdefault": True,
        "fetchxml": '<fetch><entity name="smp_ticket" /></fetch>',
    }
    app = local.get("appmodules(uniquename='smp_Desk')?$select=name,clienttype")
    assert (app["name"], app["clienttype"]) == ("Desk", 4)


def test_edited_view_is_a_draft_until_its_table_is_published(local: LocalEnvironment) -> None:
    found = local.get("savedqueries?$select=name&$filter=name eq 'Active Contacts'")["value"]
    view = f"savedqueries({found[0]['savedqueryid']})"
    local.expect(204, "PATCH", view, {"name": "All Contacts"})
    assert local.get(f"{view}?$select=name")["name"] == "Active Contacts"
    parameter = "<importexportxml><entities><entity>contact</entity></entities></importexportxml>"
    local.expect(204, "POST", "PublishXml", {"ParameterXml": parameter})
    assert local.get(f"{view}?$select=name")["name"] == "All Contacts"


def test_edited_app_is_published_by_its_id(local: LocalEnvironment) -> None:
    app_id = local.get("appmodules?$select=name")["value"][0]["appmoduleid"]
    local.expect(204, "PATCH", f"appmodules({app_id})", {"name": "Desk"})
    body = "<importexportxml><appmodules><appmodule>{}</appmodule></appmodules></importexportxml>"
    absent = {"ParameterXml": body.format("00000000-0000-4000-8000-000000000001")}
    local.refusal(400, "POST", "PublishXml", absent)
    local.expect(204, "POST", "PublishXml", {"ParameterXml": body.format(app_id)})
    assert local.get(f"appmodules({app_id})?$select=name")["name"] == "Desk"
