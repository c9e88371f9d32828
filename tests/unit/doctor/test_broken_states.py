"""Each broken state is found, and only it."""

import json
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from d365pop.doctor.access import AGENTS_LOG_WITH, privilege_rule_id
from d365pop.doctor.catalogue import all_checks
from d365pop.emulator.seed_roles import BASIC
from d365pop.errors import BundleError
from d365pop.transport import Headers, Response
from tests.unit.doctor.patient import (
    APPS,
    REDIRECTS,
    Patient,
    frame_src,
    restrict_embedding,
    utc,
)
from tests.unit.emulator.harness import NOON, PackageSource, web_resource_id


def fill_handlers(patient: Patient) -> None:
    handlers = "".join(
        f'<Handler functionName="A.f{number}" libraryName="new_/a.js" enabled="true"'
        f' handlerUniqueId="{{d3650000-0000-4000-8000-{number:012}}}"/>'
        for number in range(50)
    )
    events = (
        '<formLibraries><Library name="new_/a.js" libraryUniqueId='
        '"{d3650000-0000-4000-8000-00000000ffff}"/></formLibraries><events><event name="onload"'
        f' application="false" active="false"><Handlers>{handlers}</Handlers></event></events>'
    )
    patient.local.create_script("new_/a.js")
    xml = patient.form_xml("contact").replace("</form>", f"{events}</form>")
    patient.form("contact", formxml=xml)


def run_an_import(patient: Patient) -> None:
    row = {"name": "Import Other", "startedon": "2026-05-04T11:59:00Z"}
    patient.answers["/asyncoperations"] = Response(200, body=json.dumps({"value": [row]}).encode())


def publish_something(patient: Patient) -> None:
    row = {"msdyn_name": "Other", "msdyn_operation": 3}
    body = json.dumps({"value": [row]}).encode()
    patient.answers["/msdyn_solutionhistories"] = Response(200, body=body)


def drop_forms(patient: Patient) -> None:
    patient.answers["/systemforms"] = Response(200, body=b'{"value":[]}')
    patient.answers["/systemforms/Microsoft.Dynamics.CRM.RetrieveUnpublishedMultiple()"] = Response(
        200, body=b'{"value":[]}'
    )


def edit_a_managed_script(patient: Patient) -> None:
    install_managed(patient)
    body = {"content": "Mg=="}
    path = f"webresourceset({web_resource_id(0)})"
    patient.local.expect(204, "PATCH", path, body)
    xml = f"<importexportxml><webresources><webresource>{web_resource_id(0)}</webresource>"
    xml += "</webresources></importexportxml>"
    patient.local.expect(204, "POST", "PublishXml", {"ParameterXml": xml})


def install_managed(patient: Patient) -> None:
    package = PackageSource(
        unique_name="GenesysScreenPop", managed=True, web_resources={"smp_/a.js": b"1"}
    )
    patient.local.import_package(package.zip())


def break_client(**columns: object) -> Callable[[Patient], None]:
    def change(patient: Patient) -> None:
        assert patient.genesys.client is not None
        patient.genesys.client |= columns

    return change


def set_field(name: str, value: object) -> Callable[[Patient], None]:
    return lambda patient: setattr(patient, name, value)


def organization(**columns: object) -> Callable[[Patient], None]:
    return lambda patient: patient.organization(**columns)


def old_version(patient: Patient) -> None:
    patient.answers["/RetrieveVersion()"] = Response(200, body=b'{"Version":"9.1.0.1"}')


def disable_integration(patient: Patient) -> None:
    patient.genesys.integrations[0]["intendedState"] = "DISABLED"


def stop_integration(patient: Patient) -> None:
    patient.genesys.integrations[0]["reportedState"] = {"code": "ERROR"}


def rename_integration(patient: Patient) -> None:
    patient.genesys.integrations[0]["name"] = "Another"


STATES: list[tuple[str, str, Callable[[Patient], None]]] = [
    ("build fails", "engine", set_field("broken_build", BundleError("x", "no such module"))),
    (
        "CA file is not there",
        "ca-file",
        set_field("variables", {"REQUESTS_CA_BUNDLE": "/nowhere/ca.pem"}),
    ),
    (
        "CA file is no PEM",
        "ca-file",
        set_field("variables", {"SSL_CERT_FILE": str(Path(__file__))}),
    ),
    ("proxy is no address", "proxy", set_field("variables", {"HTTPS_PROXY": "proxy:8080"})),
    ("disk is full", "disk-space", set_field("free_bytes", 10_000)),
    ("clock is fast", "clock", set_field("now", NOON + timedelta(minutes=6))),
    ("clock is slow", "clock", set_field("now", NOON - timedelta(minutes=6))),
    ("environment is old", "environment-version", old_version),
    ("upload limit is low", "upload-limit", organization(maxuploadfilesize=999)),
    ("import is running", "customization-running", run_an_import),
    ("publish is running", "customization-running", publish_something),
    ("checker blocks", "solution-checker-blocks", set_field("checker_mode", "block")),
    ("zip is blocked", "solution-checker-hangs", organization(blockedattachments="exe;zip")),
    ("forms are gone", "form-missing", drop_forms),
    (
        "form is inactive",
        "form-inactive",
        lambda patient: patient.form("contact", formactivationstate=0),
    ),
    (
        "form is locked",
        "form-not-customizable",
        lambda patient: patient.form("lead", iscustomizable={"Value": False}),
    ),
    ("handlers are full", "form-handlers-full", fill_handlers),
    ("managed script is edited", "unmanaged-layer", edit_a_managed_script),
    (
        "policy without the host",
        "csp-blocks-softphone",
        organization(
            iscontentsecuritypolicyenabled=True,
            contentsecuritypolicyconfiguration=frame_src("'self'", "https://other.example"),
        ),
    ),
    (
        "strict policy",
        "csp-blocks-softphone",
        organization(iscontentsecuritypolicyenabled=True, contentsecuritypolicyoptions=1),
    ),
    (
        "policy that is no JSON",
        "csp-blocks-softphone",
        organization(
            iscontentsecuritypolicyenabled=True, contentsecuritypolicyconfiguration="frame-src x"
        ),
    ),
    (
        "policy that reports",
        "csp-reports-softphone",
        organization(
            contentsecuritypolicyreporturi="https://reports.example",
            contentsecuritypolicyconfiguration=frame_src("'self'"),
        ),
    ),
    (
        "agents may not read contacts",
        "agents-cannot-read",
        lambda patient: patient.take("prvReadContact", BASIC),
    ),
    (
        "agents may not write activities",
        "agents-cannot-log-calls",
        lambda patient: patient.take("prvWriteActivity", BASIC),
    ),
    ("agents' role is not there", "agents-cannot-read", set_field("agents_role", "Nobody")),
    ("no client is configured", "genesys-client-missing", set_field("client_id", "")),
    ("client is gone", "genesys-client-missing", lambda p: setattr(p.genesys, "client", None)),
    ("client is off", "genesys-client-inactive", break_client(state="disabled")),
    (
        "client has a secret",
        "genesys-client-grant",
        break_client(authorizedGrantType="CLIENT-CREDENTIALS"),
    ),
    ("client is implicit", "genesys-implicit-grant", break_client(authorizedGrantType="TOKEN")),
    (
        "one redirect URI only",
        "genesys-redirect-uris",
        break_client(registeredRedirectUri=REDIRECTS[:1]),
    ),
    (
        "redirect URI with a slash more",
        "genesys-redirect-uris",
        break_client(registeredRedirectUri=[REDIRECTS[0], f"{REDIRECTS[1]}/"]),
    ),
    (
        "pasted URIs of Dynamics",
        "genesys-redirect-uris",
        set_field("pasted", ("https://contoso.crm.dynamics.com/",)),
    ),
    ("integration has another name", "genesys-integration-missing", rename_integration),
    ("integration is disabled", "genesys-integration-inactive", disable_integration),
    ("integration has failed", "genesys-integration-inactive", stop_integration),
    ("embedding is restricted", "genesys-embedding-restricted", restrict_embedding),
]


@pytest.mark.parametrize(
    ("rule_id", "change"), [(each[1], each[2]) for each in STATES], ids=[each[0] for each in STATES]
)
def test_broken_state_is_found_and_only_it(rule_id: str, change: Callable[[Patient], None]) -> None:
    patient = Patient()
    change(patient)
    assert list(patient.failures()) == [rule_id]


def test_healthy_state_fails_nothing_and_says_what_nobody_can_look_at() -> None:
    patient = Patient()
    assert patient.failures() == {}
    assert list(patient.gaps()) == ["genesys-framework-version"]
    assert "handshake" in patient.gaps()["genesys-framework-version"]


@pytest.mark.parametrize("zone", ["GMT", "-0000"])
def test_clock_is_compared_in_every_spelling_of_utc(zone: str) -> None:
    patient = Patient(now=NOON + timedelta(minutes=6))
    header = Headers({"Date": NOON.strftime(f"%a, %d %b %Y %H:%M:%S {zone}")})
    patient.answers["/api/data/v9.2/"] = Response(401, header)
    assert patient.failures() == {"clock": ("The clock is 360 s from the environment's.",)}


def test_certificate_that_expires_soon_is_found() -> None:
    patient = Patient(sign_in="certificate", certificate_ends=utc(2026, 5, 20))
    assert list(patient.failures()) == ["certificate-expires"]
    assert "2026-05-20" in patient.failures()["certificate-expires"][0]
    assert Patient(sign_in="certificate", certificate_ends=utc(2027, 5, 20)).failures() == {}


def test_refused_sign_in_fails_once_and_nothing_else_has_passed_there() -> None:
    patient = Patient()
    patient.answers["/WhoAmI"] = Response(
        403, body=b'{"error":{"code":"0x80072560","message":"The user is not a member."}}'
    )
    assert list(patient.failures()) == ["environment-reachable"]
    assert "not a member" in patient.gaps()[privilege_rule_id("publish")]
    assert "not a member" in patient.gaps()["csp-blocks-softphone"]


def test_managed_solution_that_nobody_edited_passes() -> None:
    patient = Patient()
    install_managed(patient)
    assert patient.failures() == {}


def test_policy_that_allows_the_host_passes() -> None:
    patient = Patient()
    patient.organization(
        iscontentsecuritypolicyenabled=True,
        contentsecuritypolicyoptions=1,
        contentsecuritypolicyconfiguration=frame_src("'self'", APPS),
    )
    assert patient.failures() == {}


def test_without_access_to_genesys_nothing_there_has_passed_but_the_region() -> None:
    patient = Patient(with_platform=False)
    gaps = {name for name in patient.gaps() if name.startswith("genesys-")}
    all_of_it = {
        each.rule.rule_id for each in all_checks() if each.rule.rule_id.startswith("genesys-")
    }
    assert gaps == all_of_it - {"genesys-region"}
    assert all(uri in patient.gaps()["genesys-redirect-uris"] for uri in REDIRECTS)


def test_genesys_client_without_permission_is_no_pass() -> None:
    patient = Patient()
    patient.genesys.refuses = True
    assert patient.failures() == {}
    assert "Genesys Cloud refuses" in patient.gaps()["genesys-embedding-restricted"]


def test_pasted_uris_that_are_right_pass() -> None:
    assert Patient(pasted=tuple(REDIRECTS), with_platform=False).failures() == {}


def test_every_gap_of_the_agents_role_is_named() -> None:
    patient = Patient()
    patient.take("prvReadAccount", BASIC)
    patient.take("prvReadWebResource", BASIC)
    assert patient.failures()["agents-cannot-read"] == (
        "Basic User lacks prvReadaccount.",
        "Basic User lacks prvReadWebResource.",
    )


@pytest.mark.parametrize("name", [*AGENTS_LOG_WITH, "prvAppendToContact", "prvAppendToAccount"])
def test_every_privilege_that_the_agents_call_log_lacks_is_named(name: str) -> None:
    patient = Patient()
    patient.take(name, BASIC)
    ((rule_id, (problem,)),) = patient.failures().items()
    assert rule_id == "agents-cannot-log-calls"
    assert problem.lower() == f"basic user lacks {name.lower()}."


def test_call_log_of_a_role_that_nobody_named_or_made_is_not_checked() -> None:
    assert "--agents-role" in Patient(agents_role="").gaps()["agents-cannot-log-calls"]
    assert "Nobody" in Patient(agents_role="Nobody").gaps()["agents-cannot-log-calls"]


def test_call_log_that_is_off_needs_no_privileges() -> None:
    patient = Patient(logs_calls=False)
    for name in AGENTS_LOG_WITH:
        patient.take(name, BASIC)
    assert "agents-cannot-log-calls" not in patient.failures()
