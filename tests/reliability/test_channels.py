"""A channel provider and its link to an app profile, where a run breaks off between the two."""

from dataclasses import replace
from pathlib import Path

import pytest

from d365pop.app_profiles import link_key
from d365pop.deploy.run import RunState
from d365pop.deploy.runs import list_runs
from d365pop.own_rows import LinkKind, OwnRow, RowKind, RowSearch
from d365pop.transport import Request, Response, Sender
from tests.reliability.faults import Killed
from tests.reliability.scenarios import PATCHED, scenarios
from tests.reliability.test_commands import deploy, plan_of
from tests.reliability.world import World

KEY = "pop_phone"
PROVIDER = OwnRow(
    RowKind.CHANNEL,
    KEY,
    {
        "msdyn_name": KEY,
        "msdyn_label": "Phone",
        "msdyn_channelurl": "https://localhost/cif.html",
        "msdyn_enableoutbound": True,
        "msdyn_sortorder": 0,
        "msdyn_apiversion": 162450000,
        "statecode": 0,
    },
)
LINK = OwnRow(LinkKind.PROFILE, link_key("Agents", KEY), {})
PANEL = replace(
    PATCHED,
    rows=(PROVIDER, LINK),
    row_searches=tuple(RowSearch(kind, KEY) for kind in (RowKind.CHANNEL, LinkKind.PROFILE)),
)
NO_PANEL = replace(PANEL, rows=())


@pytest.fixture
def installed() -> World:
    return scenarios()["update"].before.copy()


def killed_at_link(world: World, *, sent: bool) -> Sender:
    """Be killed when the link is made or undone, before or after the environment acted."""

    def send(request: Request) -> Response:
        if "$ref" not in request.url:
            return world.send(request)
        if sent:
            world.send(request)
        raise Killed

    return send


def rows_of(world: World, folder: Path) -> list[str]:
    return [row.kind for row in world.operator(folder).planner.read(PANEL).rows]


@pytest.mark.parametrize("sent", [False, True], ids=["before it was sent", "before the answer"])
def test_deploy_that_was_killed_at_the_link_is_gone_on_with(
    installed: World, tmp_path: Path, *, sent: bool
) -> None:
    with pytest.raises(Killed):
        deploy(installed.operator(tmp_path, killed_at_link(installed, sent=sent)), PANEL)
    stopped = list_runs(tmp_path)[-1]
    assert stopped.state is RunState.STOPPED
    installed.operator(tmp_path).resume(stopped.name)
    assert rows_of(installed, tmp_path) == [LinkKind.PROFILE, RowKind.CHANNEL]
    assert plan_of(installed.operator(tmp_path), PANEL).is_empty


@pytest.mark.parametrize("sent", [False, True], ids=["before it was sent", "before the answer"])
def test_deploy_that_was_killed_at_the_link_is_rolled_back(
    installed: World, tmp_path: Path, *, sent: bool
) -> None:
    with pytest.raises(Killed):
        deploy(installed.operator(tmp_path, killed_at_link(installed, sent=sent)), PANEL)
    run = list_runs(tmp_path)[-1].name
    operator = installed.operator(tmp_path)
    operator.roll_back(run, operator.plan_rollback(run), just_read=True)
    assert rows_of(installed, tmp_path) == []


@pytest.mark.parametrize("sent", [False, True], ids=["before it was sent", "before the answer"])
def test_removal_that_was_killed_at_the_link_is_rolled_back(
    installed: World, tmp_path: Path, *, sent: bool
) -> None:
    deploy(installed.operator(tmp_path), PANEL)
    with pytest.raises(Killed):
        deploy(installed.operator(tmp_path, killed_at_link(installed, sent=sent)), NO_PANEL)
    run = list_runs(tmp_path)[-1].name
    operator = installed.operator(tmp_path)
    operator.roll_back(run, operator.plan_rollback(run), just_read=True)
    assert rows_of(installed, tmp_path) == [LinkKind.PROFILE, RowKind.CHANNEL]
    assert plan_of(installed.operator(tmp_path), PANEL).is_empty


def test_undeploy_needs_no_profile_that_is_gone(installed: World, tmp_path: Path) -> None:
    deploy(installed.operator(tmp_path), PANEL)
    renamed = replace(PANEL, rows=(PROVIDER, replace(LINK, key=link_key("Nobody", KEY))))
    operator = installed.operator(tmp_path)
    operator.apply(operator.planner.undeploy(renamed, publish_pending=False), just_read=True)
    assert rows_of(installed, tmp_path) == []
