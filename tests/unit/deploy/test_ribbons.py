from collections.abc import Sequence
from dataclasses import replace

import pytest

from d365pop.deploy.drift import Drift
from d365pop.deploy.facts import facts_of
from d365pop.deploy.former import RibbonBefore
from d365pop.deploy.plan import ImportKind, ImportPackage, Leave, RemoveRibbon, Step
from d365pop.deploy.plan_import import NO_OPTIONS, plan_import
from d365pop.deploy.ribbons import (
    drift_of_ribbons,
    plan_ribbons,
    remove_ribbons,
    restore_ribbons,
    ribbons_before,
)
from d365pop.errors import PlanRefusedError
from d365pop.models import Desired, RemoteSnapshot, Solution
from d365pop.ribbons import RemoteRibbonNode, Ribbon, RibbonKind, RibbonNode, RibbonSearch
from tests.unit.deploy.test_planner import DESIRED, snapshot

SEARCH = RibbonSearch("pre.d365pop.phone.", ("contact",))
NODE = RibbonNode(RibbonKind.ACTION, "pre.d365pop.phone.contact.CustomAction", "<CustomAction/>")
OLDER = replace(NODE, xml='<CustomAction Sequence="1"/>')
THEIRS = RibbonNode(RibbonKind.ACTION, "new.Report", "<CustomAction/>")
BUTTON = Ribbon("contact", (NODE,))
WITHOUT = replace(DESIRED, ribbon_search=SEARCH)
WITH = replace(WITHOUT, solution=replace(DESIRED.solution, ribbons=(BUTTON,)))
MANAGED = replace(WITH, managed=True)


def there(node: RibbonNode, *, managed: bool = False) -> RemoteRibbonNode:
    return RemoteRibbonNode("contact", node, f"row-{node.node_id}", managed)


def remote(*nodes: RemoteRibbonNode, managed: bool = False) -> RemoteSnapshot:
    return replace(snapshot(managed=managed), ribbons=nodes)


def removal(node: RibbonNode, reason: str) -> RemoveRibbon:
    return RemoveRibbon("contact", reason, (there(node),), replace(SEARCH, tables=()))


def imported(desired: Desired, present: RemoteSnapshot) -> ImportPackage | None:
    return plan_import(desired, present, NO_OPTIONS, [])


def refusal(desired: Desired, present: RemoteSnapshot) -> str:
    with pytest.raises(PlanRefusedError) as refused:
        imported(desired, present)
    return refused.value.reference


@pytest.mark.parametrize(
    "nodes", [(), (there(OLDER),), (there(NODE, managed=True),)], ids=["none", "older", "managed"]
)
def test_button_that_is_not_as_wanted_is_imported_and_its_table_published(
    nodes: Sequence[RemoteRibbonNode],
) -> None:
    present = remote(*nodes)
    step = imported(WITH, present)
    assert step is not None
    assert step.reason == "no button, or another one, on the ribbon of contact"
    assert step.components == ("button on the ribbon of contact",)
    assert plan_ribbons(WITH, present, imported=True).tables == {"contact"}


def test_button_that_is_as_wanted_is_left() -> None:
    present = remote(there(NODE))
    assert imported(WITH, present) is None
    plan = plan_ribbons(WITH, present, imported=False)
    assert (plan.steps, plan.tables) == ([], set())
    assert plan.left == [Leave("ribbon contact", "same button")]


def test_managed_import_publishes_by_itself() -> None:
    present = remote(managed=True)
    assert imported(MANAGED, present) is not None
    assert plan_ribbons(MANAGED, present, imported=True).tables == set()


@pytest.mark.parametrize(
    ("desired", "present"),
    [
        pytest.param(WITHOUT, remote(there(NODE)), id="no longer wanted"),
        pytest.param(
            MANAGED, remote(there(NODE), there(NODE, managed=True), managed=True), id="below ours"
        ),
    ],
)
def test_unmanaged_button_that_nobody_wants_is_taken_out(
    desired: Desired, present: RemoteSnapshot
) -> None:
    plan = plan_ribbons(desired, present, imported=False)
    assert plan.steps == [removal(NODE, "it is no longer wanted")]
    assert plan.tables == {"contact"}


def test_managed_button_goes_with_an_upgrade_and_needs_a_higher_version() -> None:
    dropped = replace(WITHOUT, managed=True)
    present = remote(there(NODE, managed=True), managed=True)
    assert refusal(dropped, present) == "ribbon-needs-upgrade"
    newer = replace(dropped, solution=replace(dropped.solution, version="1.3.0.0"))
    step = imported(newer, present)
    assert step is not None
    assert step.kind is ImportKind.UPGRADE
    assert "it drops the button on contact" in step.reason
    kept = replace(MANAGED, solution=replace(MANAGED.solution, version="1.3.0.0"))
    step = imported(kept, present)
    assert step is not None
    assert step.kind is ImportKind.UPDATE


def test_unmanaged_import_over_buttons_of_others_is_refused() -> None:
    assert refusal(WITH, remote(there(THEIRS))) == "foreign-ribbon"
    assert imported(WITH, remote(there(NODE), there(THEIRS))) is None
    assert imported(WITH, remote(there(THEIRS, managed=True))) is not None
    assert imported(MANAGED, remote(there(THEIRS), managed=True)) is not None


def test_button_of_others_that_comes_after_the_plan_makes_it_stale() -> None:
    one, two = (facts_of(WITH, remote(*nodes)) for nodes in ((), (there(THEIRS),)))
    assert {name for name in one | two if one.get(name) != two.get(name)} == {"ribbon contact"}


def test_undeploy_takes_unmanaged_buttons_out_and_leaves_those_of_others() -> None:
    plan = remove_ribbons(WITH, remote(there(NODE), there(THEIRS)), "undeploy")
    assert (plan.steps, plan.tables) == ([removal(NODE, "undeploy")], {"contact"})
    managed = remove_ribbons(WITH, remote(there(NODE, managed=True)), "undeploy")
    assert (managed.steps, managed.tables) == ([], set())


def test_what_a_run_changes_is_kept_as_it_was() -> None:
    step = imported(WITH, remote(there(OLDER)))
    assert step is not None
    assert [*ribbons_before(WITH, remote(there(OLDER)), [step])] == [
        RibbonBefore("contact", (OLDER,))
    ]
    assert [*ribbons_before(WITHOUT, remote(there(NODE)), [removal(NODE, "")])] == [
        RibbonBefore("contact", (NODE,))
    ]
    assert [*ribbons_before(WITH, remote(there(OLDER)), [])] == []


@pytest.mark.parametrize(
    ("before", "now", "cannot"),
    [
        ((OLDER,), (there(OLDER),), ""),
        ((OLDER,), (there(replace(NODE, xml="<CustomAction Id='2'/>")),), "changed since"),
        ((OLDER,), (there(NODE), there(THEIRS)), "got buttons of others since"),
    ],
    ids=["as it was", "changed", "others"],
)
def test_rollback_leaves_what_is_as_before_or_is_theirs_now(
    before: tuple[RibbonNode, ...], now: tuple[RemoteRibbonNode, ...], cannot: str
) -> None:
    plan = restore_ribbons(
        [RibbonBefore("contact", before)], WITH, remote(*now), "back", lambda _: b""
    )
    assert plan.steps == []
    assert cannot in "".join(plan.cannot)
    assert bool(plan.cannot) is bool(cannot)


def test_rollback_says_that_a_button_went_with_a_solution_that_somebody_took_out() -> None:
    gone = replace(remote(), solution=None)
    plan = restore_ribbons([RibbonBefore("contact", (OLDER,))], WITH, gone, "back", lambda _: b"")
    assert plan.steps == []
    assert plan.cannot == ["The button on contact went with the solution."]


def test_rollback_takes_a_new_button_out() -> None:
    before = [RibbonBefore("contact", ())]
    plan = restore_ribbons(before, WITH, remote(there(NODE)), "back", lambda _: b"")
    assert (plan.steps, plan.tables) == ([removal(NODE, "back")], {"contact"})


@pytest.mark.parametrize("now", [(), (there(NODE),)], ids=["taken out", "another"])
def test_rollback_imports_nothing_but_the_former_button(now: tuple[RemoteRibbonNode, ...]) -> None:
    packed: list[Solution] = []

    def pack(solution: Solution) -> bytes:
        packed.append(solution)
        return b"PK former"

    before = [RibbonBefore("contact", (OLDER,))]
    plan = restore_ribbons(before, WITH, remote(*now), "back", pack)
    step: Step
    (step,) = plan.steps
    assert isinstance(step, ImportPackage)
    assert (step.kind, step.package, step.managed) == (ImportKind.RIBBONS, b"PK former", False)
    assert step.components == ("restore ribbon contact",)
    (solution,) = packed
    assert solution.ribbons == (Ribbon("contact", (OLDER,)),)
    assert (solution.web_resources, solution.environment_variables, solution.forms) == ((), (), ())
    # The solution's own row stays as it is: another step restores it.
    assert (solution.version, solution.description) == ("1.2.0.0", "[d365pop:sha256:1]")
    assert plan.tables == {"contact"}


@pytest.mark.parametrize(
    ("desired", "nodes", "what"),
    [
        (WITH, (), "our button is not there"),
        (WITH, (there(OLDER),), "has another button"),
        (WITHOUT, (there(NODE),), "has a button of ours, deployed was none"),
        (WITH, (there(NODE), there(THEIRS)), ""),
    ],
)
def test_drift_names_what_is_not_as_deployed(
    desired: Desired, nodes: tuple[RemoteRibbonNode, ...], what: str
) -> None:
    expected = [Drift("ribbon contact", what)] if what else []
    assert [*drift_of_ribbons(desired, remote(*nodes))] == expected
