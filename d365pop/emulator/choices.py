"""What the numbers of choice columns mean, with the platform's own values and labels."""

from collections.abc import Mapping
from datetime import datetime

from d365pop.emulator.metadata import Column, Kind, SqlValue, Table

Choices = Mapping[int, str]

FLAG: Choices = {0: "No", 1: "Yes"}
ACTIVE: Choices = {0: "Active", 1: "Inactive"}
ACTIVE_STATUS: Choices = {1: "Active", 2: "Inactive"}
CONTACT_METHOD: Choices = {1: "Any", 2: "Email", 3: "Phone", 4: "Fax", 5: "Mail"}

CHOICES: Mapping[tuple[str, str], Choices] = {
    ("account", "preferredcontactmethodcode"): CONTACT_METHOD,
    ("contact", "preferredcontactmethodcode"): CONTACT_METHOD,
    ("lead", "statecode"): {0: "Open", 1: "Qualified", 2: "Disqualified"},
    ("lead", "statuscode"): {
        1: "New",
        2: "Contacted",
        3: "Qualified",
        4: "Lost",
        5: "Cannot Contact",
        6: "No Longer Interested",
        7: "Canceled",
    },
    ("lead", "leadqualitycode"): {1: "Hot", 2: "Warm", 3: "Cold"},
    ("phonecall", "statecode"): {0: "Open", 1: "Completed", 2: "Canceled"},
    ("phonecall", "statuscode"): {1: "Open", 2: "Made", 3: "Canceled", 4: "Received"},
    ("phonecall", "prioritycode"): {0: "Low", 1: "Normal", 2: "High"},
    ("activityparty", "participationtypemask"): {
        1: "Sender",
        2: "To Recipient",
        3: "CC Recipient",
        4: "BCC Recipient",
        5: "Required attendee",
        6: "Optional attendee",
        7: "Organizer",
        8: "Regarding",
        9: "Owner",
        10: "Resource",
        11: "Customer",
    },
    ("webresource", "webresourcetype"): {
        1: "Webpage (HTML)",
        2: "Style Sheet (CSS)",
        3: "Script (JScript)",
        4: "Data (XML)",
        5: "PNG format",
        6: "JPG format",
        7: "GIF format",
        8: "Silverlight (XAP)",
        9: "Style Sheet (XSL)",
        10: "ICO format",
        11: "Vector format (SVG)",
        12: "String (RESX)",
    },
    ("asyncoperation", "statecode"): {0: "Ready", 1: "Suspended", 2: "Locked", 3: "Completed"},
    ("asyncoperation", "statuscode"): {
        0: "Waiting For Resources",
        10: "Waiting",
        20: "In Progress",
        21: "Pausing",
        22: "Canceling",
        30: "Succeeded",
        31: "Failed",
        32: "Canceled",
    },
}


def choices_of(table: Table, column: str) -> Choices:
    """Return the choices of a column, empty where it is none."""
    found = table.choices.get(column) or CHOICES.get((table.logical_name, column))
    if found is not None or column not in table.columns:
        return found or {}
    return {"statecode": ACTIVE, "statuscode": ACTIVE_STATUS}.get(column, {})


def formatted(table: Table, column: Column, value: SqlValue) -> str | None:
    """Return a value as people read it in English, None where the value is that already."""
    if value is None or column.name == "versionnumber":
        return None
    if column.several:
        labels = choices_of(table, column.name)
        return "; ".join(labels.get(int(part), part) for part in str(value).split(","))
    return _formatted(table, column, value)


def _formatted(table: Table, column: Column, value: str | float) -> str | None:
    match column.kind:
        case Kind.INTEGER:
            return choices_of(table, column.name).get(int(value)) or f"{int(value):,}"
        case Kind.NUMBER:
            return f"{float(value):,.2f}"
        case Kind.BOOLEAN:
            return FLAG[int(bool(value))]
        case Kind.DATETIME:
            moment = datetime.fromisoformat(str(value))
            hour = f"{moment:%I}".lstrip("0")
            return f"{moment.month}/{moment.day}/{moment.year} {hour}:{moment:%M %p}"
        case Kind.ID | Kind.TEXT | Kind.BIG | Kind.LOOKUP | Kind.MANAGED:
            return None
