"""Columns of several choices: the documented example, written, filtered and described."""

from functools import cache
from urllib.parse import quote

import pytest

from tests.unit.emulator.harness import LocalEnvironment, PackageSource
from tests.unit.emulator.solution_parts import install
from tests.unit.emulator.test_custom_tables import attribute, entity

CRM = "Microsoft.Dynamics.CRM."
FORMATTED = "OData.Community.Display.V1.FormattedValue"
LABELS = (
    *("Swimming", "Hiking", "Mountain Climbing", "Fishing", "Hunting"),
    *("Running", "Boating", "Skiing", "Camping"),
)
CHOSEN = {
    "Barbara": "1,4,7",
    "Georgette": "4,5,9",
    "Hiram": "2,3,8,9",
    "Marvin": "1,2,8,9",
    "Monte": "2",
    "Nobody": None,
    "Randal": "4",
    "Verna": "2,4,9",
    "Wayne": "1,9",
}
COLUMN = "smp_activities"


def options() -> str:
    labels = (
        f'<option value="{number}"><labels><label description="{label}" languagecode="1033"/>'
        "</labels></option>"
        for number, label in enumerate(LABELS, start=1)
    )
    name = f'Name="contact_{COLUMN}"'
    return f"<optionset {name}><options>{''.join(labels)}</options></optionset>"


@cache
def local() -> LocalEnvironment:
    """Return an environment whose only contacts chose these."""
    made = LocalEnvironment()
    column = attribute("smp_Activities", "multiselectpicklist", options())
    sections = f"<Entities>{entity('Contact', column)}</Entities>"
    install(made, PackageSource(unique_name="Desk", customizations=sections))
    for row in made.get("contacts?$select=contactid")["value"]:
        made.expect(204, "DELETE", f"contacts({row['contactid']})")
    for name, chosen in CHOSEN.items():
        made.create("contacts", {"firstname": name, COLUMN: chosen})
    return made


@pytest.mark.parametrize(
    ("operator", "values", "found"),
    [
        ("contain-values", "2", ["Hiram", "Marvin", "Monte", "Verna"]),
        ("contain-values", "5 6 7", ["Barbara", "Georgette"]),
        ("not-contain-values", "2", ["Barbara", "Georgette", "Randal", "Wayne"]),
        ("in", "9 1", ["Wayne"]),
        ("eq", "9,1", ["Wayne"]),
        ("eq", "4", ["Randal"]),
        ("null", "", ["Nobody"]),
        ("not-in", "4", sorted(CHOSEN.keys() - {"Randal"})),
    ],
)
def test_rows_are_found_by_their_choices(operator: str, values: str, found: list[str]) -> None:
    listed = "".join(f"<value>{value}</value>" for value in values.split())
    fetch = (
        "<fetch><entity name='contact'><attribute name='firstname'/><order attribute='firstname'/>"
        f"<filter><condition attribute='{COLUMN}' operator='{operator}'>{listed}</condition>"
        "</filter></entity></fetch>"
    )
    rows = local().get(f"contacts?fetchXml={quote(fetch)}")["value"]
    assert [row["firstname"] for row in rows] == found


@pytest.mark.parametrize(
    ("condition", "found"),
    [
        (f"{CRM}ContainValues(PropertyName='{COLUMN}',PropertyValues=['3','7'])", 2),
        (f"{CRM}DoesNotContainValues(PropertyName='{COLUMN}',PropertyValues=['2'])", 4),
        (f"{COLUMN} eq '9, 1'", 1),
        (f"{COLUMN} ne '1,9'", 8),
        (f"{COLUMN} eq 'x'", 0),
        (f"{COLUMN} eq null", 1),
    ],
)
def test_filter_asks_for_choices(condition: str, found: int) -> None:
    assert len(local().filtered("contacts", "firstname", condition)) == found


def test_choices_are_stored_in_order_and_shown_by_their_labels() -> None:
    row_id = local().create("contacts", {"firstname": "New", COLUMN: "9, 2,2"})
    path = f"contacts({row_id})?$select={COLUMN}"
    row = local().get(path, prefer='odata.include-annotations="*"')
    local().expect(204, "DELETE", f"contacts({row_id})")
    assert (row[COLUMN], row[f"{COLUMN}@{FORMATTED}"]) == ("2,9", "Hiking; Camping")


@pytest.mark.parametrize("chosen", ["x", "1,", "", 1, "2147483648", ",".join(map(str, range(151)))])
def test_what_is_no_choice_is_not_stored(chosen: object) -> None:
    local().refusal(400, "POST", "contacts", {"firstname": "Bad", COLUMN: chosen})
    assert local().filtered("contacts", "firstname", "firstname eq 'Bad'") == []


@pytest.mark.parametrize(
    ("column", "operator", "value", "code"),
    [
        ("firstname", "contain-values", "1", "0x80041106"),
        (COLUMN, "like", "1", "0x80041106"),
        (COLUMN, "contain-values", "x", "0x80041108"),
    ],
)
def test_wrong_question_about_choices_is_refused(
    column: str, operator: str, value: str, code: str
) -> None:
    condition = f"<condition attribute='{column}' operator='{operator}' value='{value}'/>"
    fetch = f"<fetch><entity name='contact'><filter>{condition}</filter></entity></fetch>"
    assert local().refusal(400, "GET", f"contacts?fetchXml={quote(fetch)}")[0] == code


def test_column_of_several_choices_is_described() -> None:
    attributes = "EntityDefinitions(LogicalName='contact')/Attributes"
    cast = f"{attributes}/{CRM}MultiSelectPicklistAttributeMetadata?$expand=OptionSet"
    (found,) = local().get(cast)["value"]
    labels = [
        option["Label"]["UserLocalizedLabel"]["Label"] for option in found["OptionSet"]["Options"]
    ]
    assert (found["LogicalName"], found["AttributeType"], found["AttributeTypeName"], labels) == (
        COLUMN,
        "Virtual",
        {"Value": "MultiSelectPicklistType"},
        list(LABELS),
    )
