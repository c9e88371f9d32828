from html import escape

import pytest

from d365pop.dataverse.import_results import (
    ComponentResult,
    MissingDependency,
    Outcome,
    failures,
    import_results,
)
from d365pop.errors import DataverseError

MISSING = (
    "<MissingDependencies><MissingDependency>"
    '<Required type="61" schemaName="new_/a.js" displayName="A" solution="Base (1.0)"/>'
    '<Dependent type="60" id="{1}"/>'
    "</MissingDependency></MissingDependencies>"
)


def data(result: str, item: str = 'webResource id="{1}" name="new_/a.js"') -> str:
    tag = item.split(maxsplit=1)[0]
    return (
        f"<importexportxml><webResources><{item}>{result}</{tag}></webResources></importexportxml>"
    )


def only(text: str) -> ComponentResult:
    (result,) = import_results(text)
    return result


def test_success_has_no_code_and_no_text() -> None:
    found = only(data('<result result="success" errorcode="0" errortext="" />'))
    assert found == ComponentResult("webResource", "new_/a.js", Outcome.SUCCESS, "", "", ())


def test_warning_is_no_failure() -> None:
    results = import_results(data('<result result="warning" errorcode="0x8" errortext="mind" />'))
    assert [each.outcome for each in results] == [Outcome.WARNING]
    assert failures(results) == ()


def test_failure_has_code_and_text() -> None:
    results = import_results(
        data('<result result="failure" errorcode="0x8004F114" errortext="big"/>')
    )
    assert failures(results) == (
        ComponentResult("webResource", "new_/a.js", Outcome.FAILURE, "0x8004f114", "big", ()),
    )


@pytest.mark.parametrize("outcome", ["", "skipped", "Success"])
def test_unknown_outcome_is_not_called_a_success(outcome: str) -> None:
    assert only(data(f'<result result="{outcome}"/>')).outcome is Outcome.FAILURE


@pytest.mark.parametrize(
    "result",
    [
        pytest.param(
            '<result result="failure" errorcode="0x8004801d" errortext="missing"><parameters>'
            f"<parameter>{escape(MISSING)}</parameter></parameters></result>",
            id="as a parameter",
        ),
        pytest.param(
            f'<result result="failure" errorcode="0x8004801d" errortext="{escape(MISSING)}"/>',
            id="in the text only",
        ),
    ],
)
def test_missing_dependencies_are_read(result: str) -> None:
    found = only(data(result))
    assert found.missing_dependencies == (
        MissingDependency("61", "new_/a.js", "Base (1.0)", "60", "{1}"),
    )
    assert "<" not in found.error_text


@pytest.mark.parametrize(
    ("item", "name"),
    [
        ('solutionManifest id="X" LocalizedName="Shown"', "Shown"),
        ('entity id="account"', "account"),
        ("language", ""),
    ],
)
def test_component_is_named_by_what_a_person_would_call_it(item: str, name: str) -> None:
    assert only(data('<result result="success"/>', item)).name == name


@pytest.mark.parametrize("prefix", ["\ufeff", '<?xml version="1.0" encoding="utf-16"?>', "\r\n  "])
def test_start_of_the_text_does_not_matter(prefix: str) -> None:
    assert only(prefix + data('<result result="success"/>')).outcome is Outcome.SUCCESS


@pytest.mark.parametrize(
    "text",
    [
        "",
        "importing",
        "<importexportxml>",
        "<other/>",
        '<!DOCTYPE x [<!ENTITY a "b">]><importexportxml/>',
        '<!DOCTYPE x SYSTEM "file:///etc/passwd"><importexportxml/>',
    ],
)
def test_other_text_is_refused(text: str) -> None:
    with pytest.raises(DataverseError) as caught:
        import_results(text)
    assert caught.value.reference == "dataverse-import-data-unreadable"
