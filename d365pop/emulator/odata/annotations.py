"""Annotations of answers: their names, and which of them a request asks for."""

from fnmatch import fnmatchcase

FORMATTED = "OData.Community.Display.V1.FormattedValue"
ATTRIBUTE_NAME = "OData.Community.Display.V1.AttributeName"
LOOKUP_TABLE = "Microsoft.Dynamics.CRM.lookuplogicalname"
LOOKUP_NAVIGATION = "Microsoft.Dynamics.CRM.associatednavigationproperty"
PAGING_COOKIE = "Microsoft.Dynamics.CRM.fetchxmlpagingcookie"
MORE_RECORDS = "Microsoft.Dynamics.CRM.morerecords"
TOTAL = "Microsoft.Dynamics.CRM.totalrecordcount"
TOTAL_EXCEEDED = "Microsoft.Dynamics.CRM.totalrecordcountlimitexceeded"
HELP_LINK = "Microsoft.PowerApps.CDS.HelpLink"
KNOWN = (
    *(FORMATTED, ATTRIBUTE_NAME, LOOKUP_TABLE, LOOKUP_NAVIGATION),
    *(PAGING_COOKIE, MORE_RECORDS, TOTAL, TOTAL_EXCEEDED),
)


def wanted_annotations(preference: str, known: tuple[str, ...] = KNOWN) -> frozenset[str]:
    """Return which of the known annotations ``odata.include-annotations`` asks for.

    The last pattern that fits decides; one with a minus sign excludes, as in OData.
    """
    patterns = [pattern.strip() for pattern in preference.split(",") if pattern.strip()]
    wanted: set[str] = set()
    for pattern in patterns:
        fitting = {name for name in known if fnmatchcase(name, pattern.removeprefix("-"))}
        wanted = wanted - fitting if pattern.startswith("-") else wanted | fitting
    return frozenset(wanted)
