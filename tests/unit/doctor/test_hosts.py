"""What a configured command or panel needs is missed on its own, and by nobody else."""

from collections.abc import Callable

import pytest

from d365pop.doctor.access import privilege_rule_id
from d365pop.doctor.catalogue import all_checks
from d365pop.doctor.hosts import host_checks, needed_on
from d365pop.emulator.seed_roles import ADMINISTRATOR, BASIC
from d365pop.settings import CommandSettings, HostSettings
from d365pop.transport import Response
from tests.unit.doctor.patient import Patient

ABSENT = Response(404, body=b'{"error":{"code":"0x80060888","message":"Resource not found"}}')
COMMAND = {"command": CommandSettings()}
CLASSIC = {"command": CommandSettings(phone="classic")}
PANEL = {"host": HostSettings(kind="cif-v1", roles=("11111111-1111-4111-8111-111111111111",))}
WITH_BOTH = {**COMMAND, **PANEL}


def without(table: str) -> Callable[[Patient], None]:
    return lambda patient: patient.answers.update({f"/{table}": ABSENT})


def taken(name: str, role: str) -> Callable[[Patient], None]:
    return lambda patient: patient.take(name, role)


STATES = [
    ("commands-missing", without("appactions")),
    ("softphone-panel-missing", without("msdyn_ciproviders")),
    ("agents-cannot-see-panel", taken("prvReadmsdyn_ciprovider", BASIC)),
    *(
        (privilege_rule_id("write commands"), taken(name, ADMINISTRATOR))
        for name in needed_on("appaction")
    ),
    *(
        (privilege_rule_id("write softphone providers"), taken(name, ADMINISTRATOR))
        for name in needed_on("msdyn_ciprovider")
    ),
]


@pytest.mark.parametrize(("rule_id", "change"), STATES)
def test_broken_state_is_found_and_only_it(rule_id: str, change: Callable[[Patient], None]) -> None:
    patient = Patient(tables=WITH_BOTH)
    change(patient)
    assert [*patient.failures()] == [rule_id]


@pytest.mark.parametrize(("rule_id", "change"), STATES)
def test_same_state_is_nothing_to_those_who_configured_neither(
    rule_id: str, change: Callable[[Patient], None]
) -> None:
    patient = Patient()
    change(patient)
    assert rule_id not in {each.check.rule.rule_id for each in patient.examine()}
    assert patient.failures() == {}


def test_each_is_examined_for_what_is_configured_alone() -> None:
    ids = [each.rule.rule_id for each in host_checks()]
    for tables, expected in ((CLASSIC, []), (COMMAND, ids[:2]), (PANEL, ids[2:])):
        seen = [each.check.rule.rule_id for each in Patient(tables=tables).examine()]
        assert [name for name in seen if name in ids] == expected
    assert {*ids} < {each.rule.rule_id for each in all_checks()}


@pytest.mark.parametrize(
    ("rule_id", "change"),
    [
        ("softphone-panel-missing", without("msdyn_channelproviders")),
        ("agents-cannot-see-panel", taken("prvReadmsdyn_channelprovider", BASIC)),
        (
            privilege_rule_id("write softphone providers"),
            taken("prvCreatemsdyn_channelprovider", ADMINISTRATOR),
        ),
    ],
)
def test_version_2_of_the_panel_is_looked_for_in_its_own_table(
    rule_id: str, change: Callable[[Patient], None]
) -> None:
    patient = Patient(tables={"host": HostSettings(kind="cif-v2", profiles=("Agents",))})
    assert patient.failures() == {}
    without("msdyn_ciproviders")(patient)
    change(patient)
    assert [*patient.failures()] == [rule_id]


def test_healthy_state_fails_nothing_and_role_that_nobody_named_is_not_checked() -> None:
    assert Patient(tables=WITH_BOTH).failures() == {}
    for role, reason in (("", "--agents-role"), ("Nobody", "Nobody")):
        gaps = Patient(tables=WITH_BOTH, agents_role=role).gaps()
        assert reason in gaps["agents-cannot-see-panel"]
