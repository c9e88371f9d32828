"""Titles, descriptions and dependency lists of web resources: seen as drift, and brought back."""

from dataclasses import replace
from pathlib import Path

import pytest

from d365pop.dataverse.publishing import publish
from d365pop.deploy.plan import ImportPackage, Publish, RestoreLabels, Step, UpdateWebResource
from d365pop.deploy.push import plan_push
from d365pop.deploy.runs import last_deployed
from d365pop.models import Json, Labels, Solution
from tests.reliability.scenarios import FIRST, LIBRARY, PATCHED, scenarios
from tests.reliability.test_operation import MANAGED, RELABELLED, apply, edit
from tests.reliability.world import URL, World

THEIRS = (
    '<Dependencies><Dependency componentType="WebResource"><Library name="their_/a.js" '
    'displayName="a" libraryUniqueId="{00000000-0000-4000-8000-000000000001}"/></Dependency>'
    "</Dependencies>"
)
EDIT: dict[str, Json] = {"displayname": "Theirs", "dependencyxml": THEIRS}


@pytest.fixture
def empty() -> World:
    return scenarios()["first install"].before.copy()


def edited(world: World, folder: Path, body: dict[str, Json], *, published: bool) -> None:
    operator = world.operator(folder)
    there = operator.planner.read(RELABELLED).web_resources[LIBRARY]
    edit(world, "webresourceset", there.web_resource_id, body)
    if published:
        publish(operator.dataverse, tables=(), web_resource_ids=(there.web_resource_id,))


def kinds(steps: tuple[Step, ...]) -> list[type]:
    return [type(step) for step in steps]


def labels(world: World, folder: Path) -> tuple[Labels, Labels | None]:
    there = world.operator(folder).planner.read(RELABELLED).web_resources[LIBRARY]
    return there.labels, there.published_labels


@pytest.mark.parametrize(
    ("published", "says"),
    [
        (True, "has another title and dependency list"),
        (False, "has an unpublished edit of its title and dependency list"),
    ],
)
def test_labels_that_others_gave_are_drift_and_the_same_version_brings_ours_back(
    empty: World, tmp_path: Path, says: str, *, published: bool
) -> None:
    operator = empty.operator(tmp_path)
    apply(operator, RELABELLED)
    ours = labels(empty, tmp_path)
    edited(empty, tmp_path, EDIT, published=published)
    [drift] = operator.planner.drift(RELABELLED)
    assert (drift.item, drift.what) == (f"web resource {LIBRARY}", says)
    outcome = apply(operator, RELABELLED)
    assert kinds(outcome.plan.steps) == [RestoreLabels, Publish]
    assert labels(empty, tmp_path) == ours
    assert operator.planner.drift(RELABELLED) == ()
    assert apply(operator, RELABELLED).plan.steps == ()


def test_title_that_was_brought_back_but_not_published_is_published(
    empty: World, tmp_path: Path
) -> None:
    operator = empty.operator(tmp_path)
    apply(operator, RELABELLED)
    edited(empty, tmp_path, {"displayname": "Theirs"}, published=True)
    edited(empty, tmp_path, {"displayname": "The handler"}, published=False)
    [drift] = operator.planner.drift(RELABELLED)
    assert drift.what == "is not published with its title"
    assert kinds(apply(operator, RELABELLED).plan.steps) == [Publish]
    assert operator.planner.drift(RELABELLED) == ()


def test_content_and_title_are_written_one_after_the_other_and_taken_back_together(
    empty: World, tmp_path: Path
) -> None:
    operator = empty.operator(tmp_path)
    apply(operator, FIRST)
    edited(empty, tmp_path, EDIT, published=True)
    theirs = labels(empty, tmp_path)
    outcome = apply(operator, replace(PATCHED, registrations=FIRST.registrations))
    assert kinds(outcome.plan.steps)[:3] == [UpdateWebResource, UpdateWebResource, RestoreLabels]
    assert labels(empty, tmp_path)[0] == Labels(LIBRARY)
    operator.roll_back(outcome.run, operator.plan_rollback(outcome.run))
    assert labels(empty, tmp_path) == theirs


def test_title_over_a_managed_one_is_taken_off_by_an_import(empty: World, tmp_path: Path) -> None:
    operator = empty.operator(tmp_path)
    apply(operator, MANAGED)
    edited(empty, tmp_path, {"displayname": "Theirs"}, published=True)
    [step, *_] = apply(operator, MANAGED).plan.steps
    assert isinstance(step, ImportPackage)
    assert (step.reason, step.overwrite_unmanaged) == (f"changed there: {LIBRARY}", True)
    assert labels(empty, tmp_path)[0].display_name == LIBRARY


def test_title_that_a_push_does_not_write_is_no_drift_after_it(
    empty: World, tmp_path: Path
) -> None:
    operator = empty.operator(tmp_path)
    apply(operator, FIRST)
    pushed = replace(RELABELLED, solution=_with_content(RELABELLED.solution, b"pushed"))
    operator.apply(plan_push(pushed, operator.planner.read(pushed), URL), just_read=True)
    found = last_deployed(tmp_path, URL)
    assert found
    assert operator.planner.drift(found[0]) == ()


def _with_content(solution: Solution, content: bytes) -> Solution:
    first, *others = solution.web_resources
    return replace(solution, web_resources=(replace(first, content=content), *others))
