"""Whatever happens to a call: agents get the old or the new state, and both can be reached."""

from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from d365pop.errors import D365PopError, ExitCode
from d365pop.transport import Sender
from tests.reliability.faults import SCHEDULES, Fault, FaultyLine, Outcome, Trial, count_calls
from tests.reliability.scenarios import Scenario, deploy, scenarios
from tests.reliability.table import FAULTS, documented, outcomes
from tests.reliability.world import State, World, journal_folder

NAMES = ("first install", "update", "web resources")


@pytest.mark.parametrize(
    ("name", "fault"),
    [(name, fault) for name, each in scenarios().items() for fault in FAULTS[each.verb]],
)
def test_fault_at_any_call_ends_as_documented(name: str, fault: Fault) -> None:
    assert outcomes(scenarios()[name], fault) == documented()[name, fault]


def test_document_has_no_row_that_nothing_was_tried_for() -> None:
    tried = [(name, fault) for name, each in scenarios().items() for fault in FAULTS[each.verb]]
    assert list(documented()) == tried


@pytest.mark.parametrize("name", scenarios())
def test_command_without_a_fault_reaches_the_new_state(name: str) -> None:
    assert Trial(scenarios()[name], {}).run() is Outcome.NEW


def test_trial_notices_a_deploy_that_is_not_the_wanted_one() -> None:
    first, update = scenarios()["first install"], scenarios()["update"]
    wrong = Scenario("wrong", first.wanted, first.before, first.old, update.new)
    with pytest.raises(AssertionError):
        Trial(wrong, {}).run()


@pytest.mark.parametrize("name", NAMES)
def test_same_deploy_by_somebody_else_at_any_moment_leaves_the_new_state(name: str) -> None:
    scenario = scenarios()[name]
    for number in range(count_calls(scenario)):
        codes, state = _two_at_once(scenario, number, scenario)
        # Who reads while the other one imports refuses a plan that is no longer true, and who
        # imports over the other one cannot know that it was the same.
        assert codes.count(ExitCode.OK) > 0
        assert {*codes} <= {ExitCode.OK, ExitCode.PLAN_REFUSED}
        assert state == scenario.new, number


@pytest.mark.parametrize(
    ("name", "other"),
    [("first install", "update"), ("update", "web resources"), ("web resources", "update")],
)
def test_another_deploy_at_any_moment_is_noticed_and_breaks_no_form(name: str, other: str) -> None:
    scenario = scenarios()[name]
    for number in range(count_calls(scenario)):
        codes, state = _two_at_once(scenario, number, scenarios()[other])
        assert state.others == scenario.old.others
        assert state.broken_libraries() == (), number
        assert {*codes} <= {ExitCode.OK, ExitCode.PLAN_REFUSED, ExitCode.VERIFICATION_FAILED}, (
            number
        )
        assert (
            codes[0] is not ExitCode.OK
            or codes[1] is not ExitCode.OK
            or (state in {scenario.new, scenarios()[other].new})
        )


@settings(
    max_examples=200, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck)
)
@given(name=st.sampled_from([*scenarios()]), schedule=SCHEDULES)
def test_schedules_of_many_faults_leave_the_old_or_the_new_state(
    name: str, schedule: dict[int, Fault]
) -> None:
    Trial(scenarios()[name], schedule).run()


def _code(world: World, scenario: Scenario, runs: Path, sender: Sender | None) -> ExitCode:
    try:
        deploy(world, scenario.wanted, runs, sender)
    except D365PopError as error:
        return error.exit_code
    return ExitCode.OK


def _two_at_once(
    scenario: Scenario, number: int, other: Scenario
) -> tuple[tuple[ExitCode, ExitCode], State]:
    """Let ``other`` be deployed by somebody else just before a call of the scenario's deploy."""
    codes: dict[str, ExitCode] = {"other": ExitCode.OK}
    with (
        closing(scenario.before.copy()) as world,
        journal_folder() as ours,
        journal_folder() as theirs,
    ):

        def aside(call: int) -> None:
            if call == number:
                codes["other"] = _code(world, other, theirs, None)

        line = FaultyLine(world, {}, aside=aside)
        code = _code(world, scenario, ours, line)
        world.time.settle()
        return (code, codes["other"]), world.state()
