"""What an error says beside code and text where ``Prefer`` asks for annotations; pure."""

from uuid import uuid4, uuid5

from d365pop.emulator.faults import Fault
from d365pop.emulator.metadata import METADATA_NAMESPACE
from d365pop.emulator.odata.annotations import HELP_LINK, wanted_annotations
from d365pop.emulator.protocol import JsonObject

DETAILS = "Microsoft.PowerApps.CDS.ErrorDetails."
NAMES = {"0x80040217": "ObjectDoesNotExist", "0x80040220": "PrivilegeDenied"}
OTHER_NAME = "InvalidArgument"
SERVER_ERRORS = 500


def error_details(preference: str, fault: Fault) -> JsonObject:
    """Return the annotations of an error that ``odata.include-annotations`` asks for.

    ASSUMED: the names of exceptions that were not recorded, and what source and step are called.
    """
    code = fault.code.removeprefix("0x")
    category = "ClientError" if fault.status < SERVER_ERRORS else "ServerError"
    known: JsonObject = {
        f"{DETAILS}ApiExceptionSourceKey": "Plugin/Microsoft.Crm.ObjectModel",
        f"{DETAILS}ApiStepKey": str(uuid5(METADATA_NAMESPACE, fault.code)),
        f"{DETAILS}ApiDepthKey": "1",
        f"{DETAILS}ApiActivityIdKey": str(uuid4()),
        f"{DETAILS}ApiPluginSolutionNameKey": "System",
        f"{DETAILS}ApiStepSolutionNameKey": "System",
        f"{DETAILS}ApiExceptionCategory": category,
        f"{DETAILS}ApiExceptionMessageName": NAMES.get(fault.code, OTHER_NAME),
        f"{DETAILS}ApiExceptionHttpStatusCode": str(int(fault.status)),
        HELP_LINK: "http://go.microsoft.com/fwlink/?LinkID=398563&error="
        f"Microsoft.Crm.CrmException%3a{code}&client=platform",
        "Microsoft.PowerApps.CDS.InnerError.Message": fault.message,
    }
    wanted = wanted_annotations(preference, tuple(known))
    return {f"@{name}": value for name, value in known.items() if name in wanted}
