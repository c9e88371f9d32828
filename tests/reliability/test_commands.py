"""Commands of ours in a local Dataverse: what a killed run leaves, and what an upgrade takes."""

from dataclasses import replace
from pathlib import Path

import pytest

from d365pop.deploy.operation import Operator
from d365pop.deploy.own_rows import drift_of_rows
from d365pop.deploy.plan import Plan, PlanKind, Publish
from d365pop.deploy.plan_import import NO_OPTIONS
from d365pop.deploy.run import RunState
from d365pop.deploy.runs import list_runs
from d365pop.errors import DataverseError
from d365pop.models import Desired
from d365pop.own_rows import ACTIVE, OwnRow, RowKind, RowSearch
from d365pop.ribbons import Ribbon, RibbonKind, RibbonNode, RibbonSearch
from d365pop.transport import Request, Response, Sender
from tests.reliability.faults import Killed
from tests.reliability.scenarios import FIRST, LIBRARY, PATCHED, VARIABLE, as_built, scenarios
from tests.reliability.test_operation import MANAGED, MANAGED_NEXT, refusing
from tests.reliability.world import World

KEY = "pop_phone_contact"


def with_command(wanted: Desired, label: str, script: str = LIBRARY) -> Desired:
    row = OwnRow(
        RowKind.COMMAND,
        KEY,
        {
            "name": KEY,
            "type": 0,
            "location": 1,
            "context": 1,
            "contextvalue": "contact",
            "buttonlabeltext": label,
            "buttonaccessibilitytext": label,
            "buttontooltiptitle": label,
            "buttontooltipdescription": "Opens",
            "fonticon": "Phone",
            "sequence": 100,
            "hidden": False,
            "visibilitytype": 0,
            "onclickeventtype": 2,
            "onclickeventjavascriptfunctionname": "Pop.open",
            "onclickeventjavascriptwebresourceid": script,
            **ACTIVE,
        },
    )
    return replace(wanted, rows=(row,), row_searches=(RowSearch(RowKind.COMMAND, "pop_phone_"),))


PHONE, TELEPHONE = with_command(PATCHED, "Phone"), with_command(PATCHED, "Telephone")


@pytest.fixture
def empty() -> World:
    return scenarios()["first install"].before.copy()


@pytest.fixture
def installed(tmp_path: Path) -> World:
    world = scenarios()["update"].before.copy()
    deploy(world.operator(tmp_path), PHONE)
    return world


def deploy(operator: Operator, wanted: Desired) -> str:
    plan = plan_of(operator, wanted)
    return operator.apply(plan, just_read=True).run


def plan_of(operator: Operator, wanted: Desired) -> Plan:
    return operator.planner.deploy(wanted, operator.dataverse.origin, NO_OPTIONS)


def killed_at_publish(world: World) -> Sender:
    def send(request: Request) -> Response:
        if request.url.endswith("PublishXml"):
            raise Killed
        return world.send(request)

    return send


def published_tables(plan: Plan) -> tuple[str, ...]:
    return tuple(t for step in plan.steps if isinstance(step, Publish) for t in step.tables)


def test_command_that_a_killed_deploy_wrote_is_published_by_a_fresh_one(
    installed: World, tmp_path: Path
) -> None:
    with pytest.raises(Killed):
        deploy(installed.operator(tmp_path, killed_at_publish(installed)), TELEPHONE)
    plan = plan_of(installed.operator(tmp_path), TELEPHONE)
    assert [type(step) for step in plan.steps] == [Publish]
    assert published_tables(plan) == ("contact",)
    assert installed.operator(tmp_path).apply(plan, just_read=True).proof.is_empty
    assert plan_of(installed.operator(tmp_path), TELEPHONE).is_empty


def test_command_that_a_killed_rollback_wrote_is_published_by_the_next_one(
    installed: World, tmp_path: Path
) -> None:
    run = deploy(installed.operator(tmp_path), TELEPHONE)
    stopped = installed.operator(tmp_path, killed_at_publish(installed))
    with pytest.raises(Killed):
        stopped.roll_back(run, stopped.plan_rollback(run), just_read=True)
    operator = installed.operator(tmp_path)
    inverse = operator.plan_rollback(run)
    assert published_tables(inverse) == ("contact",)
    operator.roll_back(run, inverse, just_read=True)
    assert operator.plan_rollback(run).is_empty
    assert plan_of(operator, PHONE).is_empty


def test_killed_run_that_was_gone_on_with_has_nothing_to_publish(
    installed: World, tmp_path: Path
) -> None:
    with pytest.raises(Killed):
        deploy(installed.operator(tmp_path, killed_at_publish(installed)), TELEPHONE)
    stopped = list_runs(tmp_path)[-1]
    assert stopped.state is RunState.STOPPED
    installed.operator(tmp_path).resume(stopped.name)
    assert plan_of(installed.operator(tmp_path), TELEPHONE).is_empty


def as_an_earlier_version(wanted: Desired) -> Desired:
    """Return what one wanted that did not know yet that a command can be deactivated."""
    (row,) = wanted.rows
    values = {name: value for name, value in row.values.items() if name not in ACTIVE}
    return replace(wanted, rows=(replace(row, values=values),))


def test_runs_of_a_version_that_knew_fewer_columns_are_no_drift_resumed_and_rolled_back(
    tmp_path: Path,
) -> None:
    world = scenarios()["update"].before.copy()
    first, then = (as_an_earlier_version(each) for each in (PHONE, TELEPHONE))
    deploy(world.operator(tmp_path), first)
    remote = world.operator(tmp_path).planner.read(first)
    assert list(drift_of_rows(first, remote)) == []
    with pytest.raises(Killed):
        deploy(world.operator(tmp_path, killed_at_publish(world)), then)
    stopped = list_runs(tmp_path)[-1]
    resumed = world.operator(tmp_path).resume(stopped.name).run
    operator = world.operator(tmp_path)
    assert operator.roll_back(resumed, operator.plan_rollback(resumed))
    assert plan_of(world.operator(tmp_path), PHONE).is_empty


def test_command_that_a_killed_deploy_wrote_is_owed_still_after_another_was_rolled_back(
    installed: World, tmp_path: Path
) -> None:
    with pytest.raises(Killed):
        deploy(installed.operator(tmp_path, killed_at_publish(installed)), TELEPHONE)
    other = replace(TELEPHONE, variable_values={VARIABLE: '{"a":9}'})
    with pytest.raises(DataverseError):
        deploy(refusing(installed.copy(), "PublishXml").operator(tmp_path), other)
    back = list_runs(tmp_path)[-1]
    assert (back.kind, back.state) == (PlanKind.ROLLBACK, RunState.PROVEN)
    assert published_tables(plan_of(installed.operator(tmp_path), TELEPHONE)) == ("contact",)


def test_undeploy_publishes_a_table_whose_command_went_before_it_was_killed(
    installed: World, tmp_path: Path
) -> None:
    stopped = installed.operator(tmp_path, killed_at_publish(installed))
    with pytest.raises(Killed):
        stopped.apply(stopped.planner.undeploy(PHONE, publish_pending=False), just_read=True)
    operator = installed.operator(tmp_path)
    assert list_runs(tmp_path)[-1].kind is PlanKind.UNDEPLOY
    plan = operator.planner.undeploy(PHONE, publish_pending=False)
    assert "contact" in published_tables(plan)


def test_command_whose_script_an_upgrade_dropped_stays_and_is_named_by_a_rollback(
    empty: World, tmp_path: Path
) -> None:
    deploy(empty.operator(tmp_path), with_command(MANAGED, "Phone", "pop_/page.js"))
    run = deploy(empty.operator(tmp_path), with_command(MANAGED_NEXT, "Telephone"))
    operator = empty.operator(tmp_path)
    inverse = operator.plan_rollback(run)
    assert f"The command {KEY} stays as it is: pop_/page.js is gone." in inverse.irreversible
    operator.roll_back(run, inverse, just_read=True)
    (row,) = operator.planner.read(with_command(MANAGED_NEXT, "Telephone")).rows
    assert row.values["buttonlabeltext"] == "Telephone"


def test_command_that_made_way_for_an_upgrade_comes_back_where_that_is_refused(
    empty: World, tmp_path: Path
) -> None:
    before = with_command(MANAGED, "Phone", "pop_/page.js")
    deploy(empty.operator(tmp_path), before)
    refusing(empty, "StageAndUpgradeAsync")
    with pytest.raises(DataverseError) as caught:
        deploy(empty.operator(tmp_path), with_command(MANAGED_NEXT, "Telephone"))
    assert "Rolled back by run" in caught.value.context
    (row,) = empty.operator(tmp_path).planner.read(before).rows
    assert row.values == before.rows[0].values


def killed_after(path: str, world: World) -> Sender:
    """Let the run die after the first request to ``path`` that deletes something."""

    def send(request: Request) -> Response:
        answer = world.send(request)
        if request.method == "DELETE" and path in request.url:
            raise Killed
        return answer

    return send


def test_ribbon_whose_button_went_before_the_run_was_killed_is_published_by_a_fresh_one(
    empty: World, tmp_path: Path
) -> None:
    node = RibbonNode(
        RibbonKind.ACTION,
        "pop.phone.contact.CustomAction",
        '<CustomAction Id="pop.phone.contact.CustomAction" '
        'Location="Mscrm.HomepageGrid.contact.MainTab.Management.Controls._children" '
        'Sequence="1"><CommandUIDefinition></CommandUIDefinition></CustomAction>',
    )
    search = RibbonSearch("pop.phone.", ("contact",))
    without = replace(FIRST, ribbon_search=search)
    solution = replace(FIRST.solution, ribbons=(Ribbon("contact", (node,)),))
    button = replace(as_built(solution, FIRST.registrations, "{}"), ribbon_search=search)
    deploy(empty.operator(tmp_path), button)
    with pytest.raises(Killed):
        deploy(empty.operator(tmp_path, killed_after("ribbondiffs", empty)), without)
    plan = plan_of(empty.operator(tmp_path), without)
    assert "contact" in published_tables(plan)
    empty.operator(tmp_path).apply(plan, just_read=True)
    assert plan_of(empty.operator(tmp_path), without).is_empty
