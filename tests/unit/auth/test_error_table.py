"""Every documented sign-in code and every recorded Dataverse error has its message and remedy."""

import json
import re
from pathlib import Path

import pytest

from d365pop.auth.aadsts import BY_ERROR, EXPLANATIONS, sign_in_error
from d365pop.dataverse.faults import dataverse_error
from d365pop.transport import Response

# One row per row of Microsoft's reference of Entra error codes that a deploy can meet.
ROWS: list[tuple[str, tuple[int, ...], str]] = [
    ("client-secret-wrong", (7000215,), "value"),
    ("client-secret-expired", (7000222,), "new secret"),
    ("application-not-in-tenant", (700016, 7000229), "service principal"),
    ("application-disabled", (70001, 7000112), "Enable"),
    ("application-kind-wrong", (700025, 7000218), "public client flows"),
    ("certificate-not-accepted", (700027, 700030, 50012), "Upload"),
    ("assertion-expired", (700024,), "clock"),
    ("federated-credential-missing", (700211, 700212, 700213, 70021, 70025), "subject"),
    ("federated-credential-case", (7002137, 7002138), "exactly"),
    ("tenant-not-found", (90002, 900382, 900432, 90038), "tenant"),
    ("resource-not-in-tenant", (500011,), "URL"),
    ("consent-missing", (65001, 90094, 90095, 650057, 65005), "admin consent"),
    ("second-factor-needed", (50076, 50079, 50072, 50074), "device-code"),
    ("sign-in-again", (50078, 50173, 70043, 700082), "auth login"),
    ("conditional-access", (53000, 53001, 53002, 53003, 530032), "compliant device"),
    ("legacy-client-blocked", (530035,), "interactive"),
    ("not-assigned", (50105,), "Assign"),
    ("user-not-in-tenant", (50034, 50020, 51004, 90072), "tenant"),
    ("user-not-accepted", (50126, 50053, 50055, 50057), "office.com"),
    ("application-misconfigured", (50011, 70004, 50194, 9001023), "http://localhost"),
    ("device-code-refused", (70016, 70018, 70019), "again"),
    ("sign-in-unavailable", (90033, 90024, 50087, 90006, 90055, 50196), "few minutes"),
]
CODES = [(code, reference, remedy) for reference, codes, remedy in ROWS for code in codes]


@pytest.mark.parametrize(("code", "reference", "remedy"), CODES, ids=str)
def test_code_is_answered_with_what_to_do_and_who_can(
    code: int, reference: str, remedy: str
) -> None:
    body = {
        "error": "invalid_grant",
        "error_description": f"AADSTS{code}: Microsoft's words.\r\nTrace ID: 1",
        "error_codes": [code],
        "trace_id": "1",
        "correlation_id": "2",
    }
    error = sign_in_error(body, "login.microsoftonline.com")
    assert error.reference == reference
    assert error.context == f"AADSTS{code}: Microsoft's words."
    assert remedy in error.hint
    assert re.search(r" Who can: .+\.$", error.hint)


def test_table_holds_the_documented_codes_and_no_other() -> None:
    assert {code for code, _, _ in CODES} == set(EXPLANATIONS)


@pytest.mark.parametrize("name", BY_ERROR)
def test_protocol_s_own_error_is_answered_where_no_code_is(name: str) -> None:
    error = sign_in_error({"error": name}, "login.microsoftonline.com")
    assert error.reference == BY_ERROR[name].reference
    assert "Who can: " in error.hint


REFERENCES = {
    "0x80040217": "dataverse-not-found",
    "0x80040265": "dataverse-plug-in-failed",
    "0x80040800": "dataverse-draft-not-supported",
    "0x80060888": "dataverse-request-not-understood",
    "0x80072322": "dataverse-throttled",
    "0x80072560": "dataverse-not-a-member",
}


def test_every_recorded_error_has_its_reference(shared: Path) -> None:
    recorded = json.loads((shared / "recorded" / "http" / "errors.json").read_text("utf-8"))
    assert recorded
    for answer in recorded:
        body = answer["body"]
        response = Response(answer["status"], body=json.dumps(body).encode())
        error = dataverse_error(response, "read", "https://contoso.crm.dynamics.com")
        code = body["error"]["code"]
        assert (error.code, error.reference) == (code, REFERENCES[code])
        assert body["error"]["message"] in error.message


def test_application_that_is_no_user_is_told_where_to_make_it_one() -> None:
    body = {"error": {"code": "0x80072560", "message": "The user is not a member."}}
    response = Response(403, body=json.dumps(body).encode())
    error = dataverse_error(response, "say who we are", "https://contoso.crm.dynamics.com")
    assert "Application users" in error.hint
    assert "Who can: " in error.hint
