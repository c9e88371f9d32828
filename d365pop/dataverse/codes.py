"""What Dataverse's error codes mean and what to do about them.

Source: Microsoft's Web service error codes (ErrorCodes of the SDK) and the API limits page.
"""

from collections.abc import Mapping
from http import HTTPStatus
from typing import NamedTuple


class Meaning(NamedTuple):
    """Our reference for a code, and the next thing to do."""

    reference: str
    hint: str = ""


_ROLE = (
    "Give the user or application user a security role such as System Customizer; d365pop doctor"
    " says which privileges are missing. Who can: a System Administrator of the environment."
)
_WAIT = "Wait for the other import or publish to end (see Solution History), then try again."
_SLOWER = "Try again in a few minutes."
_PACKAGE = "Build the package again: d365pop build"
_READ_AGAIN = "Plan again: somebody else has changed it meanwhile."

MEANINGS: Mapping[str, Meaning] = {
    "0x80040217": Meaning("dataverse-not-found"),
    "0x80040220": Meaning("dataverse-privilege-missing", _ROLE),
    "0x80040237": Meaning("dataverse-duplicate"),
    "0x80040265": Meaning("dataverse-plug-in-failed"),
    "0x80040800": Meaning("dataverse-draft-not-supported"),
    "0x80044150": Meaning("dataverse-sql-error", _SLOWER),
    "0x80048000": Meaning("dataverse-package-invalid", _PACKAGE),
    "0x8004801a": Meaning("dataverse-package-schema", _PACKAGE),
    "0x8004801c": Meaning(
        "dataverse-publisher-changed", "Keep the publisher that the installed solution has."
    ),
    "0x8004801d": Meaning(
        "dataverse-missing-dependencies", "Import the solutions that are named first."
    ),
    "0x8004801e": Meaning("dataverse-import-failed"),
    "0x8004801f": Meaning("dataverse-root-component-missing", _PACKAGE),
    "0x8004802c": Meaning("dataverse-package-xml", _PACKAGE),
    "0x80048033": Meaning("dataverse-import-failed"),
    "0x80048040": Meaning(
        "dataverse-managed-over-unmanaged", "The solution is installed as unmanaged."
    ),
    "0x80048041": Meaning(
        "dataverse-unmanaged-over-managed", "The solution is installed as managed."
    ),
    "0x80048060": Meaning("dataverse-package-incomplete", _PACKAGE),
    "0x80048066": Meaning("dataverse-package-version", _PACKAGE),
    "0x80048067": Meaning("dataverse-package-version", _PACKAGE),
    "0x80048068": Meaning("dataverse-package-version", _PACKAGE),
    "0x80048425": Meaning(
        "dataverse-form-xml-refused", "Look at the form in the form designer first."
    ),
    "0x8004f002": Meaning("dataverse-solution-name-invalid"),
    "0x8004f01c": Meaning("dataverse-publisher-name-invalid"),
    "0x8004f01f": Meaning(
        "dataverse-component-in-use", "Remove what refers to it, publish, then try again."
    ),
    "0x8004f114": Meaning(
        "dataverse-web-resource-too-large", "Raise the largest upload size of the environment."
    ),
    "0x8004f118": Meaning("dataverse-web-resource-prefix"),
    "0x8004f11a": Meaning("dataverse-package-file-missing", _PACKAGE),
    # ASSUMED: ConcurrencyVersionMismatch; the status 412 alone is read the same way.
    "0x80060882": Meaning("dataverse-row-changed", _READ_AGAIN),
    "0x80060888": Meaning("dataverse-request-not-understood"),
    "0x80071151": Meaning("dataverse-customization-lock", _WAIT),
    "0x80072321": Meaning("dataverse-throttled", _SLOWER),
    "0x80072322": Meaning("dataverse-throttled", _SLOWER),
    "0x80072326": Meaning("dataverse-throttled", _SLOWER),
    "0x80072560": Meaning(
        "dataverse-not-a-member",
        "Add the app registration as an application user: Power Platform admin center,"
        " Environments, NAME, Settings, Users + permissions, Application users; give it a role."
        " Who can: a System Administrator of the environment.",
    ),
}

_BY_STATUS: Mapping[int, Meaning] = {
    HTTPStatus.FORBIDDEN: Meaning("dataverse-forbidden", _ROLE),
    # An address that is not there, which is not the same as a row that is not there.
    HTTPStatus.NOT_FOUND: Meaning("dataverse-no-such-address", "Check the environment's URL."),
    HTTPStatus.PRECONDITION_FAILED: Meaning("dataverse-row-changed", _READ_AGAIN),
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE: Meaning("dataverse-request-too-large"),
    HTTPStatus.TOO_MANY_REQUESTS: Meaning("dataverse-throttled", _SLOWER),
    HTTPStatus.BAD_GATEWAY: Meaning("dataverse-unavailable", _SLOWER),
    HTTPStatus.SERVICE_UNAVAILABLE: Meaning("dataverse-unavailable", _SLOWER),
    HTTPStatus.GATEWAY_TIMEOUT: Meaning("dataverse-unavailable", _SLOWER),
}


def meaning(code: str, status: int) -> Meaning:
    """Return the meaning of a platform code, else that of the HTTP status."""
    return MEANINGS.get(code.lower()) or _BY_STATUS.get(status) or Meaning("dataverse-error")


def code_text(number: int) -> str:
    """Return a signed 32-bit code, as rows keep it, in the form that errors have."""
    return f"0x{number & 0xFFFFFFFF:08x}"
