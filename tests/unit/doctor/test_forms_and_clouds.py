"""What doctor says of what is ambiguous, unknown or misspelt."""

from dataclasses import replace

from d365pop.doctor.catalogue import all_checks
from d365pop.doctor.examination import Outcome, examine
from d365pop.doctor.subject import Subject
from d365pop.settings import FormSettings
from tests.unit.doctor.patient import Patient


def outcome(rule_id: str, subject: Subject) -> Outcome:
    checks = [each for each in all_checks() if each.rule.rule_id == rule_id]
    (found,) = examine(checks, subject)
    return found.outcome


def contact_forms(patient: Patient) -> list[str]:
    condition = "objecttypecode eq 'contact' and type eq 2"
    return sorted(patient.local.filtered("systemforms", "formid", condition))


def add_a_contact_form(patient: Patient, *, active: bool = True) -> str:
    """Add a main form of the name that the table's form has; return that name."""
    xml = patient.form_xml("contact")
    (name,) = patient.local.filtered("systemforms", "name", "objecttypecode eq 'contact'")
    body = {"name": name, "objecttypecode": "contact", "type": 2, "formxml": xml}
    patient.local.create("systemforms", body | {"formactivationstate": int(active)})
    xml = "<importexportxml><entities><entity>contact</entity></entities></importexportxml>"
    patient.local.expect(204, "POST", "PublishXml", {"ParameterXml": xml})
    return str(name)


def subject_with_form(patient: Patient, form: FormSettings) -> Subject:
    subject = patient.subject
    return replace(subject, settings=subject.settings.model_copy(update={"forms": (form,)}))


def test_two_active_forms_of_the_configured_name_are_found() -> None:
    patient = Patient()
    name = add_a_contact_form(patient)
    subject = subject_with_form(patient, FormSettings(table="contact", name=name))
    ids = ", ".join(contact_forms(patient))
    assert outcome("form-ambiguous", subject).problems == (
        f"2 active main forms are contact / {name}: {ids}.",
    )


def test_inactive_form_of_the_configured_name_is_no_rival() -> None:
    patient = Patient()
    name = add_a_contact_form(patient, active=False)
    subject = subject_with_form(patient, FormSettings(table="contact", name=name))
    assert outcome("form-ambiguous", subject).problems == ()


def test_form_named_by_its_id_has_no_rival() -> None:
    patient = Patient()
    add_a_contact_form(patient)
    form = FormSettings(table="contact", id=contact_forms(patient)[0])
    assert outcome("form-ambiguous", subject_with_form(patient, form)).problems == ()


def test_host_of_no_table_is_not_said_to_be_local() -> None:
    subject = replace(Patient().subject, governance=None)
    assert outcome("solution-checker-blocks", subject).not_checked == (
        "this host is in no table of Microsoft's clouds, so who governs it is unknown"
    )


def test_local_environment_has_no_governance() -> None:
    subject = replace(Patient(sign_in="local").subject, governance=None)
    assert outcome("solution-checker-blocks", subject).not_checked == (
        "a local environment has no governance"
    )


def test_role_that_is_not_there_is_mended_by_its_name_and_not_by_privileges() -> None:
    found = outcome("agents-cannot-read", Patient(agents_role="Nope").subject)
    assert found.problems == ("There is no security role “Nope”.",)
    assert found.mend == "Give --agents-role the name of a role as the environment shows it."
