"""The plan of a push: contents of web resources, published by id, and nothing else."""

from dataclasses import replace

import pytest

from d365pop.deploy.former import WebResourceBefore
from d365pop.deploy.plan import CreateWebResource, Leave, Plan, PlanKind, Publish, UpdateWebResource
from d365pop.deploy.push import plan_push, pushed, unpublished
from d365pop.deploy.rollback import plan_rollback
from d365pop.errors import PlanRefusedError
from d365pop.models import Desired, RemoteSnapshot
from tests.unit.deploy.test_planner import (
    DESIRED,
    EMPTY,
    PAGE,
    SCRIPT,
    URL,
    form,
    snapshot,
    there,
)


def push(remote: RemoteSnapshot, desired: Desired = DESIRED) -> Plan:
    return plan_push(desired, remote, URL)


def test_same_contents_push_nothing_whatever_forms_and_variables_hold() -> None:
    plan = push(snapshot(forms=(form(),), value="{other}", version="1.0.0.0"))
    assert (plan.steps, plan.left) == ((), (Leave("2 web resources", "same content"),))


def test_changed_script_alone_is_written_and_published_by_its_id() -> None:
    old = there(SCRIPT, draft=b"old", published=b"old")
    plan = push(snapshot(web_resources=(old, there(PAGE))))
    assert plan.steps == (
        UpdateWebResource(old.web_resource_id, SCRIPT.name, "its content differs", b"old", b"new"),
        Publish((), (SCRIPT.name,), (), (old.web_resource_id,)),
    )
    assert plan.kind is PlanKind.PUSH
    assert plan.before.web_resources == (WebResourceBefore(SCRIPT.name, b"old", b"old"),)


def test_content_that_waits_unpublished_is_only_published() -> None:
    waiting = there(SCRIPT, published=b"old")
    plan = push(snapshot(web_resources=(waiting, there(PAGE))))
    assert plan.steps == (Publish((), (SCRIPT.name,), (), (waiting.web_resource_id,)),)


def test_draft_that_was_only_published_is_proven_by_what_agents_get() -> None:
    waiting = there(SCRIPT, published=b"old")
    old = there(PAGE, draft=b"old", published=b"old")
    plan = push(snapshot(web_resources=(waiting, old)))
    update = plan.steps[0]
    alone = Publish((), (SCRIPT.name,), (), (waiting.web_resource_id,))
    assert pushed(plan) == {SCRIPT.name: SCRIPT.content, PAGE.name: PAGE.content}
    found = {SCRIPT.name.lower(): waiting, PAGE.name.lower(): old}
    assert unpublished(plan, found).steps == (update, alone)
    found[PAGE.name.lower()] = there(PAGE)
    assert unpublished(plan, found).steps == (alone,)
    found[SCRIPT.name.lower()] = there(SCRIPT)
    left = unpublished(plan, found)
    assert (left.steps, left.left) == ((), (Leave("2 web resources", "published as pushed"),))


def test_new_web_resource_is_created_under_its_stable_id() -> None:
    plan = push(snapshot(web_resources=(there(PAGE),)))
    assert plan.steps == (
        CreateWebResource(SCRIPT, "ScreenPop", "it is not there"),
        Publish((), (SCRIPT.name,), (), (str(SCRIPT.web_resource_id),)),
    )


def test_push_is_taken_back_like_a_deploy() -> None:
    old = there(SCRIPT, draft=b"old", published=b"old")
    plan = push(snapshot(web_resources=(old, there(PAGE))))
    inverse = plan_rollback("run", plan, snapshot(), lambda _: b"")
    restored = [step for step in inverse.steps if isinstance(step, UpdateWebResource)]
    assert [(step.name, step.after) for step in restored] == [(SCRIPT.name, b"old")]


@pytest.mark.parametrize(
    ("remote", "desired", "reference"),
    [
        pytest.param(EMPTY, DESIRED, "push-before-deploy", id="nothing-installed"),
        pytest.param(snapshot(managed=True), DESIRED, "push-onto-managed", id="managed-there"),
        pytest.param(
            snapshot(), replace(DESIRED, managed=True), "push-onto-managed", id="managed-wanted"
        ),
    ],
)
def test_push_that_would_do_harm_is_refused(
    remote: RemoteSnapshot, desired: Desired, reference: str
) -> None:
    with pytest.raises(PlanRefusedError) as caught:
        push(remote, desired)
    assert caught.value.reference == reference
