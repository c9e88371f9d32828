"""What --fix writes: what was asked for, and nothing else."""

import json

from tests.unit.doctor.patient import APPS, REDIRECTS, Patient, frame_src, restrict_embedding


def test_fix_adds_the_softphone_s_host_to_the_policy_and_keeps_what_is_there() -> None:
    patient = Patient()
    patient.organization(
        iscontentsecuritypolicyenabled=True,
        contentsecuritypolicyconfiguration=frame_src("'self'", "https://other.example"),
    )
    question = f"Add {APPS} to frame-src of the content security policy?"
    assert patient.mend() == [question]
    assert patient.failures() == {}
    (row,) = patient.local.get("organizations?$select=contentsecuritypolicyconfiguration")["value"]
    expected = frame_src("'self'", "https://other.example", APPS)
    assert json.loads(row["contentsecuritypolicyconfiguration"]) == json.loads(expected)


def test_fix_gives_a_strict_policy_its_own_sources_too() -> None:
    patient = Patient()
    patient.organization(iscontentsecuritypolicyenabled=True, contentsecuritypolicyoptions=1)
    patient.mend()
    assert patient.failures() == {}
    (row,) = patient.local.get("organizations?$select=contentsecuritypolicyconfiguration")["value"]
    expected = frame_src("'self'", "blob:", APPS)
    assert json.loads(row["contentsecuritypolicyconfiguration"]) == json.loads(expected)


def test_fix_writes_missing_redirect_uris_and_changes_nothing_else_of_the_client() -> None:
    patient = Patient()
    assert patient.genesys.client
    patient.genesys.client["registeredRedirectUri"] = ["https://mine.example", REDIRECTS[1]]
    before = dict(patient.genesys.client)
    patient.mend()
    assert patient.failures() == {}
    uris = ["https://mine.example", REDIRECTS[1], REDIRECTS[0]]
    assert patient.genesys.client == {**before, "registeredRedirectUri": uris}


def test_fix_allows_the_environment_s_domain_besides_the_others() -> None:
    patient = Patient()
    restrict_embedding(patient)
    assert patient.mend() == ["Allow 127.0.0.1 to embed Genesys Cloud?"]
    assert patient.failures() == {}
    assert patient.genesys.authentication["domainAllowlist"] == ["contoso.example", "127.0.0.1"]


def test_healthy_state_has_nothing_to_fix() -> None:
    assert Patient().mend() == []
