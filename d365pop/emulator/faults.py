"""The platform's errors: HTTP status, code and text; knows no table and no route."""

from http import HTTPStatus

SEGMENT = "0x8006088a"
BAD_REQUEST = "0x80060888"
BAD_PAYLOAD = "0x80048d19"
NOT_FOUND = "0x80040217"
DUPLICATE = "0x80040237"
VERSION_MISMATCH = "0x80060882"
INVALID_ARGUMENT = "0x80040203"
REFERENCED = "0x8004f01f"
MISSING_PARAMETER = "0x80048d19"
UNEXPECTED = "0x80040216"
CUSTOMIZATION_LOCK = "0x80071151"
NOT_IMPLEMENTED = "0x80040800"
"""``NotSupported`` of the platform; the message starts with our own name for it."""


class Fault(Exception):  # noqa: N818 - the platform's own word
    """A request that ends in the platform's error shape."""

    def __init__(
        self,
        status: int,
        code: str,
        message: str,
        *,
        headers: tuple[tuple[str, str], ...] = (),
    ) -> None:
        super().__init__(message)
        self.headers = headers
        self.status = status
        self.code = code
        self.message = message


def bad_request(message: str, code: str = BAD_REQUEST) -> Fault:
    """Return the fault for a query or a URL that says something impossible."""
    return Fault(HTTPStatus.BAD_REQUEST, code, message)


def bad_payload(entity_set_name: str, reason: str) -> Fault:
    """Return the fault for a body that does not fit the table."""
    message = (
        f"Error identified in Payload provided by the user for Entity :'{entity_set_name}', "
        "For more information on this error please follow this help link "
        "https://go.microsoft.com/fwlink/?linkid=2195293  ---->  InnerException : "
        f"Microsoft.OData.ODataException: {reason}"
    )
    return Fault(HTTPStatus.BAD_REQUEST, BAD_PAYLOAD, message)


def unknown_segment(segment: str) -> Fault:
    """Return the fault for a path segment that names nothing."""
    return Fault(HTTPStatus.NOT_FOUND, SEGMENT, f"Resource not found for the segment '{segment}'.")


def unknown_property(name: str, logical_name: str) -> Fault:
    """Return the fault for a column that the table does not have."""
    return bad_request(
        f"Could not find a property named '{name}' on type 'Microsoft.Dynamics.CRM.{logical_name}'."
    )


def does_not_exist(logical_name: str, row_id: str) -> Fault:
    """Return the fault for a row that is not there."""
    return Fault(
        HTTPStatus.NOT_FOUND,
        NOT_FOUND,
        f"Entity '{logical_name}' With Id = {row_id} Does Not Exist",
    )


def not_implemented(what: str) -> Fault:
    """Return the fault for what Dataverse has and this emulator has not."""
    return Fault(
        HTTPStatus.NOT_IMPLEMENTED,
        NOT_IMPLEMENTED,
        f"NotImplementedByEmulator: {what} exists in Dataverse, not in the local emulator.",
    )


def customization_locked(operation: str, running: str) -> Fault:
    """Return the fault for what may not run beside another customization."""
    return Fault(
        HTTPStatus.TOO_MANY_REQUESTS,
        CUSTOMIZATION_LOCK,
        "Microsoft.Crm.ObjectModel.CustomizationLockException: Cannot start the requested "
        f"operation [{operation}] because there is another [{running}] running at this moment. "
        "Use Solution History for more details.",
    )


def method_not_allowed(method: str) -> Fault:
    """Return the fault for a method that the resource does not have."""
    return Fault(
        HTTPStatus.METHOD_NOT_ALLOWED,
        BAD_REQUEST,
        f"The requested resource does not support http method '{method}'.",
    )


def signed_code(code: str) -> int:
    """Return ``0x8004801D`` as the signed 32-bit number that rows store."""
    number = int(code, 16)
    return number - (1 << 32) if number >= 1 << 31 else number
