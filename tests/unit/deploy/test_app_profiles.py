"""An app profile is meant by one of its names; a link to it comes last and goes first."""

from dataclasses import replace

import pytest

from d365pop.app_profiles import AppProfile
from d365pop.deploy.app_profiles import refuse_unclear_profiles, resolved
from d365pop.deploy.drift import Drift
from d365pop.deploy.former import RowBefore
from d365pop.deploy.own_rows import drift_of_rows, plan_rows, remove_rows, restore_rows
from d365pop.deploy.plan import Leave, WriteRow
from d365pop.errors import PlanRefusedError
from d365pop.models import RemoteSnapshot
from d365pop.own_rows import LinkKind, OwnRow, RemoteRow, RowKind, RowValue
from tests.unit.deploy.test_planner import DESIRED, snapshot

CHANNEL = "pre_d365pop_phone"
DAY = AppProfile("id-1", "pre_day", "Agents", "pre_app", {})
NIGHT = AppProfile("id-2", "pre_night", "Night", "pre_app", {})
NAMED_AS_DAY = AppProfile("id-3", "pre_other", "pre_day", "pre_app", {})
VALUES: dict[str, RowValue] = {"msdyn_label": "Phone"}
PROVIDER = OwnRow(RowKind.CHANNEL, CHANNEL, VALUES)
PROVIDER_THERE = RemoteRow(RowKind.CHANNEL, CHANNEL, "id-4", VALUES, 'W/"7"')
LINK_THERE = RemoteRow(LinkKind.PROFILE, f"pre_day/{CHANNEL}", "id-1/id-4", {}, "")
LINKED = (LINK_THERE, PROVIDER_THERE)


def link(profile: str) -> OwnRow:
    return OwnRow(LinkKind.PROFILE, f"{profile}/{CHANNEL}", {})


def remote(*rows: RemoteRow) -> RemoteSnapshot:
    return replace(snapshot(), rows=rows, profiles=(DAY, NIGHT))


def told(steps: list[WriteRow]) -> list[tuple[str, str]]:
    """Return what happens to what, in order."""
    return [(step.kind, "delete" if step.after is None else "write") for step in steps]


@pytest.mark.parametrize("name", ["Agents", "agents", "pre_day", "PRE_DAY"])
def test_profile_is_meant_by_either_name(name: str) -> None:
    assert resolved([link(name)], [DAY, NIGHT]) == (link("pre_day"),)


def test_unique_name_goes_before_a_name() -> None:
    profiles = [NAMED_AS_DAY, DAY]
    refuse_unclear_profiles([link("pre_day")], profiles)
    assert resolved([link("pre_day")], profiles) == (link("pre_day"),)


def test_profile_that_is_named_twice_is_linked_once() -> None:
    assert resolved([link("Agents"), link("pre_day")], [DAY]) == (link("pre_day"),)


def test_name_with_a_slash_stays_a_name() -> None:
    profile = replace(DAY, name="Day/Night")
    assert resolved([link("Day/Night")], [profile]) == (link("pre_day"),)


@pytest.mark.parametrize(
    ("profiles", "reference", "context"),
    [
        ([], "app-profile-missing", "There are: none"),
        ([NIGHT], "app-profile-missing", "There are: pre_night (Night, app pre_app)"),
        (
            [DAY, replace(DAY, unique_name="pre_b")],
            "app-profile-ambiguous",
            "They are: pre_day (Agents, app pre_app), pre_b (Agents, app pre_app)",
        ),
    ],
    ids=["none", "another", "two"],
)
def test_name_of_none_or_of_several_is_refused(
    profiles: list[AppProfile], reference: str, context: str
) -> None:
    with pytest.raises(PlanRefusedError) as caught:
        refuse_unclear_profiles([PROVIDER, link("Agents")], profiles)
    assert (caught.value.reference, caught.value.context) == (reference, context)
    assert resolved([link("Agents")], profiles) == (link("Agents"),)


def test_link_comes_after_the_provider_whatever_is_configured_first() -> None:
    wanted = replace(DESIRED, rows=(link("Agents"), PROVIDER))
    plan = plan_rows(wanted, remote())
    assert told(plan.steps) == [("channel provider", "write"), ("app profile link", "write")]


def test_link_that_is_there_is_left() -> None:
    wanted = replace(DESIRED, rows=(PROVIDER, link("Agents")))
    plan = plan_rows(wanted, remote(*LINKED))
    assert plan.steps == []
    assert Leave(f"app profile link pre_day/{CHANNEL}", "same values") in plan.left


def test_link_goes_before_the_provider() -> None:
    expected = [("app profile link", "delete"), ("channel provider", "delete")]
    assert told(remove_rows(remote(*reversed(LINKED)), "undeploy").steps) == expected
    assert told(plan_rows(DESIRED, remote(*reversed(LINKED))).steps) == expected


def test_link_calls_no_script_that_an_upgrade_or_its_rollback_could_lack() -> None:
    searched = replace(DESIRED, rows=())
    plan = plan_rows(searched, remote(*LINKED), upgrade=True)
    assert told(plan.steps) == [("app profile link", "delete"), ("channel provider", "delete")]
    before = (RowBefore(LinkKind.PROFILE, LINK_THERE.key, {}),)
    back = restore_rows(before, plan.steps, remote(), "back", scripts=())
    assert (told(back.steps), back.cannot) == ([("app profile link", "write")], [])


def test_rollback_of_a_removal_makes_the_provider_first() -> None:
    steps = remove_rows(remote(*LINKED), "gone").steps
    before = [RowBefore(step.kind, step.key, step.before) for step in steps]
    plan = restore_rows(before, steps, remote(), "back")
    assert told(plan.steps) == [("channel provider", "write"), ("app profile link", "write")]


def test_drift_tells_of_a_link_that_is_gone_and_of_one_too_many() -> None:
    wanted = replace(DESIRED, rows=(PROVIDER, link("Night")))
    assert [*drift_of_rows(wanted, remote(*LINKED))] == [
        Drift(f"app profile link pre_night/{CHANNEL}", "is not there"),
        Drift(f"app profile link pre_day/{CHANNEL}", "is there, deployed was none"),
    ]
