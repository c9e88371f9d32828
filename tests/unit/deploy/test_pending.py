"""What goes live with a table is named by every plan that publishes it."""

from dataclasses import replace

import pytest

from d365pop.deploy.pending import pending_since, refuse_newly_pending
from d365pop.deploy.plan import Leave, Plan, Publish
from d365pop.deploy.plan_import import PlanOptions
from d365pop.deploy.rollback import plan_rollback
from d365pop.deploy.undeploy import plan_undeploy
from d365pop.errors import PlanRefusedError
from d365pop.models import FormRegistration, FormSelector, Pending
from tests.unit.deploy.test_planner import (
    BARE_FORM,
    DESIRED,
    DONE,
    EMPTY,
    HANDLER,
    TOLD,
    URL,
    form,
    plan,
    snapshot,
)

VIEW = "view contact / Mine"
PENDING = Pending((VIEW,), ("charts of contact",))
OTHERS = form(name="Sales", draft_xml="<form><tabs/></form>")
CHARTS = Leave(
    "charts of contact", "whether some are unpublished cannot be read; those would go live, too"
)


def published(made: Plan) -> Publish:
    (step,) = (step for step in made.steps if isinstance(step, Publish))
    return step


def test_views_are_named_beside_forms_and_need_the_same_word() -> None:
    remote = replace(snapshot(forms=(form(), OTHERS)), pending=PENDING)
    with pytest.raises(PlanRefusedError) as refused:
        plan(remote)
    assert refused.value.context.splitlines()[:2] == ["form contact / Sales", VIEW]
    told = plan(remote, options=TOLD)
    assert published(told).pending_of_others == ("form contact / Sales", VIEW)
    assert CHARTS in told.left
    assert told.irreversible == (
        f"What goes live with it stays published: form contact / Sales, {VIEW}.",
    )


def test_plan_that_publishes_no_table_is_not_refused() -> None:
    assert plan(replace(snapshot(), pending=Pending((VIEW,)))).is_empty


def test_undeploy_names_them_and_is_refused_without_the_word() -> None:
    remote = replace(snapshot(forms=(DONE, OTHERS)), pending=PENDING)
    with pytest.raises(PlanRefusedError) as refused:
        plan_undeploy(DESIRED, remote, URL)
    assert refused.value.reference == "pending-of-others"
    told = plan_undeploy(DESIRED, remote, URL, PlanOptions(publish_pending=True))
    assert published(told).pending_of_others == ("form contact / Sales", VIEW)
    assert CHARTS in told.left


def test_rollback_names_them_and_is_not_refused() -> None:
    made = plan(EMPTY)
    now = replace(snapshot(forms=(DONE, OTHERS)), pending=PENDING)
    back = plan_rollback("run", made, now, lambda _: b"")
    assert published(back).pending_of_others == ("form contact / Sales", VIEW)
    assert CHARTS in back.left


def test_form_that_an_unmanaged_import_left_as_a_draft_is_nobody_elses() -> None:
    selector = FormSelector("contact", form_id=DONE.form_id)  # packages know forms by their ids
    brought = FormRegistration(selector, (HANDLER,), by_package=True)
    desired = replace(DESIRED, registrations=(brought,))
    made = plan(snapshot(version=None, forms=(form(),)), desired)
    now = snapshot(forms=(replace(DONE, published_xml=BARE_FORM, row_version="2"),))
    assert pending_since(made, now) == ()
    other = form(name="Other", draft_xml=BARE_FORM.replace("<tab/>", "<tab/><tab/>"))
    assert pending_since(made, replace(now, forms=(other,))) == ("form contact / Other",)


def test_what_began_to_wait_after_the_plan_was_made_refuses_it() -> None:
    made = plan(replace(snapshot(forms=(form(),)), pending=PENDING), options=TOLD)
    refuse_newly_pending(made, [VIEW])
    with pytest.raises(PlanRefusedError) as refused:
        refuse_newly_pending(made, [VIEW, "view contact / New"])
    assert refused.value.context.splitlines()[0] == "view contact / New"
