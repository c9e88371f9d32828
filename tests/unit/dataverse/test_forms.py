import pytest

from d365pop.dataverse.forms import retrieve_forms, update_form
from d365pop.errors import DataverseError
from d365pop.models import Json, RemoteForm
from tests.unit.dataverse.fake import NO_CONTENT, environment, refusal, rows

FORM = "8448b78f-8f42-454e-8e2a-f8196b0419af"
OTHER = "1fed44d1-ae68-4a41-bd2b-f13acac4acfa"
COLUMNS = "formid,name,objecttypecode,formactivationstate,iscustomizable,formxml"
DRAFTS = "systemforms/Microsoft.Dynamics.CRM.RetrieveUnpublishedMultiple()"


def row(form_id: str = FORM, **changes: Json) -> dict[str, Json]:
    values: dict[str, Json] = {
        "@odata.etag": 'W/"1"',
        "formid": form_id,
        "name": "Account",
        "objecttypecode": "account",
        "formactivationstate": 1,
        "iscustomizable": {"Value": True, "CanBeChanged": True},
        "formxml": "<form/>",
    }
    return values | changes


def test_published_and_draft_form_come_together() -> None:
    draft = row(formxml="<form><tabs/></form>") | {"@odata.etag": 'W/"2"'}
    server = environment(rows(row()), rows(draft))
    assert retrieve_forms(server.client, ["account", "contact"]) == (
        RemoteForm(
            form_id=FORM,
            table="account",
            name="Account",
            active=True,
            customizable=True,
            row_version='W/"2"',
            published_xml="<form/>",
            draft_xml="<form><tabs/></form>",
        ),
    )
    asked = "type eq 2 and (objecttypecode eq 'account' or objecttypecode eq 'contact')"
    assert server.calls == [
        f"GET systemforms?$select={COLUMNS}&$filter={asked}",
        f"GET {DRAFTS}?$select={COLUMNS}&$filter={asked}",
    ]


def test_form_without_a_draft_is_its_own_draft() -> None:
    form = retrieve_forms(environment(rows(row()), rows()).client, ["account"])[0]
    assert (form.published_xml, form.draft_xml, form.row_version) == ("<form/>", "<form/>", 'W/"1"')


def test_form_never_published_has_no_published_xml() -> None:
    form = retrieve_forms(environment(rows(), rows(row())).client, ["account"])[0]
    assert (form.published_xml, form.draft_xml) == ("", "<form/>")


@pytest.mark.parametrize(
    ("changes", "active", "customizable"),
    [
        ({"formactivationstate": 0}, False, True),
        ({"iscustomizable": {"Value": False}}, True, False),
    ],
)
def test_state_is_read(changes: dict[str, Json], *, active: bool, customizable: bool) -> None:
    form = retrieve_forms(environment(rows(), rows(row() | changes)).client, ["account"])[0]
    assert (form.active, form.customizable) == (active, customizable)


def test_forms_are_ordered_by_table_and_name() -> None:
    both = rows(row(FORM, objecttypecode="lead"), row(OTHER, name="B"), row("3", name="A"))
    forms = retrieve_forms(environment(both, rows()).client, ["account", "lead"])
    assert [form.form_id for form in forms] == ["3", OTHER, FORM]


def test_no_tables_ask_nothing() -> None:
    assert retrieve_forms(environment().client, []) == ()


@pytest.mark.parametrize(
    "changes",
    [{"formid": None}, {"iscustomizable": True}, {"formactivationstate": "1"}, {"formxml": 1}],
)
def test_row_of_another_shape_is_an_error(changes: dict[str, Json]) -> None:
    with pytest.raises(DataverseError) as caught:
        retrieve_forms(environment(rows(row()), rows(row() | changes)).client, ["account"])
    assert caught.value.reference == "dataverse-unexpected-answer"


def test_update_is_for_the_version_that_was_read_alone() -> None:
    server = environment(NO_CONTENT)
    update_form(server.client, FORM, "<form>ä</form>", 'W/"2"')
    request = server.requests[0]
    assert server.calls == [f"PATCH systemforms({FORM})"]
    assert request.headers["If-Match"] == 'W/"2"'
    assert request.idempotent
    assert server.body() == {"formxml": "<form>ä</form>"}


def test_form_changed_meanwhile_is_told_apart() -> None:
    server = environment(refusal(412, "0x80060882", "The version of the existing record differs"))
    with pytest.raises(DataverseError) as caught:
        update_form(server.client, FORM, "<form/>", 'W/"1"')
    assert caught.value.reference == "dataverse-row-changed"


def test_refused_form_xml_is_told_apart() -> None:
    server = environment(refusal(400, "0x80048425", "The Form XML does not conform"))
    with pytest.raises(DataverseError) as caught:
        update_form(server.client, FORM, "<form/>", 'W/"1"')
    assert caught.value.reference == "dataverse-form-xml-refused"


def test_form_without_a_row_version_is_an_error_since_it_could_not_be_guarded() -> None:
    bare = {column: value for column, value in row().items() if column != "@odata.etag"}
    with pytest.raises(DataverseError):
        retrieve_forms(environment(rows(bare), rows(bare)).client, ["account"])
