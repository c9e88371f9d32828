"""Each rule has a broken twin of a good package that only it catches."""

import pytest

from d365pop.check.checker import ALL_RULES, check_package, check_subject
from d365pop.check.finding import Finding, Location, Rule, Severity
from d365pop.check.scripts.definitions import Definitions
from d365pop.check.subject import Subject, read_subject
from d365pop.models import Solution
from tests.unit.check.packages import (
    APP,
    CUSTOM,
    FULL,
    LIB,
    OWN,
    SOLUTION,
    VARIABLE,
    Parts,
    edit,
    exported_names,
    good_parts,
    own_parts,
    part_of,
)
from tests.unit.check.schema_set import schemas
from tests.unit.check.twins import TWINS


def check(parts: Parts) -> tuple[Finding, ...]:
    return check_package(parts, exported_names=exported_names, schemas=schemas())


def rules(findings: tuple[Finding, ...]) -> set[str]:
    return {finding.rule.rule_id for finding in findings}


def test_good_package_has_no_findings() -> None:
    assert check(good_parts()) == ()


@pytest.mark.parametrize("managed", [False, True], ids=["unmanaged", "managed"])
@pytest.mark.parametrize("solution", [OWN, FULL], ids=["usual", "full"])
def test_what_we_generate_passes_strictly(solution: Solution, *, managed: bool) -> None:
    parts = own_parts(solution, managed=managed)
    assert check_package(parts, exported_names=exported_names, strict=True) == ()


@pytest.mark.parametrize("rule_id", TWINS)
def test_broken_twin_is_caught_by_its_rule_alone(rule_id: str) -> None:
    parts = good_parts()
    TWINS[rule_id](parts)
    assert rules(check(parts)) == {rule_id}


def test_every_rule_has_a_twin() -> None:
    assert set(TWINS) == {rule.rule_id for rule in ALL_RULES}


def test_rule_ids_are_unique() -> None:
    ids = [rule.rule_id for rule in ALL_RULES]
    assert sorted(ids) == sorted(set(ids))


def test_findings_are_ordered_by_place_and_hold_those_of_scripts() -> None:
    parts = good_parts()
    for rule_id in ("solution-version-invalid", "form-event-nameless", "variable-type-invalid"):
        TWINS[rule_id](parts)
    rule = Rule("a-script-rule", Severity.LOW, "", "", "")
    script = Finding(rule, Location(part_of(APP), 1, 5), "x")
    found = check_subject(read_subject(parts), script_findings=[script])
    assert [finding.location.part for finding in found] == [
        part_of(APP),
        CUSTOM,
        VARIABLE,
        SOLUTION,
    ]
    assert found[0] is script


def test_finding_names_the_line_of_its_element() -> None:
    parts = good_parts()
    edit(CUSTOM, '"Pop.onSave"', '"Pop.onSaev"')(parts)
    (finding,) = check(parts)
    lines = parts[CUSTOM].decode().splitlines()
    assert "Pop.onSaev" in lines[finding.location.line - 1]
    assert finding.evidence == "pop_/app.js Pop.onSaev"


def test_function_is_not_missed_where_the_script_cannot_be_parsed() -> None:
    parts = good_parts()
    edit(CUSTOM, '"Pop.onSave"', '"Pop.onSaev"')(parts)
    assert check_package(parts, exported_names=lambda _: None) == ()


def test_two_faults_of_one_part_are_both_found() -> None:
    parts = good_parts()
    TWINS["grammar-violation"](parts)
    TWINS["form-event-nameless"](parts)
    assert rules(check(parts)) == {"grammar-violation", "form-event-nameless"}


def test_function_of_another_library_of_the_form_is_found_there() -> None:
    parts = good_parts()
    edit(CUSTOM, '"Pop.onSave"', '"Lib"')(parts)
    assert check(parts) == ()


@pytest.mark.parametrize(
    ("library", "rule"),
    [
        pytest.param(None, set[str](), id="unreadable"),
        pytest.param(Definitions(frozenset(), frozenset({""})), set[str](), id="open"),
        pytest.param(Definitions(frozenset(), frozenset({"Pop"})), set[str](), id="open namespace"),
        pytest.param(
            Definitions(frozenset(), frozenset({"Other"})),
            {"form-handler-function-missing"},
            id="open elsewhere",
        ),
    ],
)
def test_function_is_missing_only_where_no_other_library_can_define_it(
    library: Definitions | None, rule: set[str]
) -> None:
    parts = good_parts()
    edit(CUSTOM, '"Pop.onSave"', '"Pop.elsewhere"')(parts)

    def names(code: bytes) -> Definitions | None:
        return library if code == LIB.content else exported_names(code)

    assert rules(check_package(parts, exported_names=names)) == rule


def test_package_that_was_read_is_not_parsed_again() -> None:
    parts = good_parts()
    del parts[SOLUTION]
    unread = Subject(parts, {}, {})
    # What has no root is not looked into, so only what the parts' names tell is left.
    assert rules(check_subject(unread)) <= rules(check_package(parts))
    parts[CUSTOM] = b"<broken"
    assert "xml-malformed" in rules(check_subject(read_subject(parts)))
    assert "xml-malformed" not in rules(check_subject(unread))
