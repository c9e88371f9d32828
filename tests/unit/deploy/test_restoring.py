"""What a rollback brings back of one component, and what it leaves to others and names."""

from dataclasses import replace

import pytest

from d365pop.deploy.former import FormBefore, VariableBefore
from d365pop.deploy.plan import ImportPackage, Plan
from d365pop.deploy.planner import plan_changes
from d365pop.deploy.restoring import Draft, restore_form, restore_variable
from d365pop.deploy.rollback import plan_rollback
from d365pop.models import FormRegistration, FormSelector, PackagedForm, RemoteForm
from tests.unit.deploy.test_planner import (
    BARE_FORM,
    DESIRED,
    DONE,
    DONE_FORM,
    HANDLER,
    URL,
    form,
    snapshot,
)

PENDING, THEIRS = (f"<form><tabs><tab/><!-- {who} --></tabs></form>" for who in ("old", "new"))
PACKAGED = replace(
    DESIRED,
    solution=replace(
        DESIRED.solution,
        version="1.3.0.0",
        forms=(PackagedForm("Contact", DONE.form_id, b"<systemform/>", b"<systemform/>"),),
    ),
    registrations=(
        FormRegistration(FormSelector("contact", "", DONE.form_id), (HANDLER,), by_package=True),
    ),
)


def restored(run: Plan, before: FormBefore, there: RemoteForm) -> Draft:
    draft = Draft()
    restore_form(before, run, snapshot(forms=(there,)), draft)
    return draft


def imported(*, managed: bool, version: str | None = "1.2.0.0") -> Plan:
    there = snapshot(version=version, managed=managed, forms=(form(),))
    run = plan_changes(replace(PACKAGED, managed=managed), there, URL)
    assert isinstance(run.steps[0], ImportPackage)
    return run


def test_form_of_others_that_went_live_with_a_run_and_was_edited_since_is_left_to_them() -> None:
    before = FormBefore("contact-other", "contact", "Other", PENDING, BARE_FORM)
    there = form(name="Other", draft_xml=THEIRS, published_xml=THEIRS)
    run = plan_changes(DESIRED, snapshot(forms=(form(),)), URL)
    draft = restored(run, before, there)
    assert (draft.edits, draft.drafts, draft.tables) == ([], [], set())
    assert draft.edited_since == {"contact-other"}
    assert draft.cannot == ["The form contact / Other was edited since: it is left as it is."]


def test_form_of_others_that_went_live_with_a_run_is_a_draft_again() -> None:
    before = FormBefore("contact-other", "contact", "Other", PENDING, BARE_FORM)
    there = form(name="Other", draft_xml=PENDING, published_xml=PENDING)
    draft = restored(plan_changes(DESIRED, snapshot(forms=(form(),)), URL), before, there)
    assert (len(draft.edits), len(draft.drafts), draft.cannot) == (1, 1, [])


BEFORE = FormBefore(DONE.form_id, "contact", "Contact", BARE_FORM, BARE_FORM)


@pytest.mark.parametrize(
    ("version", "cannot"),
    [
        ("1.2.0.0", ["The form contact / Contact keeps what the managed package has added to it."]),
        (None, []),
    ],
    ids=["update", "first install, which is uninstalled"],
)
def test_what_a_managed_import_added_to_a_form_is_never_edited_out(
    version: str | None, cannot: list[str]
) -> None:
    draft = restored(imported(managed=True, version=version), BEFORE, DONE)
    assert (draft.edits, draft.drafts, draft.tables, draft.cannot) == ([], [], set(), cannot)


def test_form_that_an_unmanaged_import_wrote_is_brought_back() -> None:
    draft = restored(imported(managed=False), BEFORE, DONE)
    assert [step.after for step in draft.edits] == [BARE_FORM]  # type: ignore[union-attr]
    assert DONE_FORM != BARE_FORM
    assert draft.cannot == []


@pytest.mark.parametrize(
    ("defined", "cannot"),
    [(True, ["The environment variable pre_Settings is gone."]), (False, [])],
    ids=["before", "brought by the run"],
)
def test_variable_that_somebody_deleted_since_is_named_where_it_was_there_before(
    cannot: list[str], *, defined: bool
) -> None:
    draft = Draft()
    before = VariableBefore("pre_Settings", defined, "{}" if defined else None)
    there = replace(snapshot(), variables={})
    restore_variable(before, DESIRED, there, draft, managed=False)
    assert (draft.edits, draft.removals, draft.cannot) == ([], [], cannot)


@pytest.mark.parametrize("managed", [False, True], ids=["unmanaged", "managed"])
def test_solution_that_somebody_took_out_since_is_named(*, managed: bool) -> None:
    desired = replace(DESIRED, managed=managed, solution=replace(DESIRED.solution, version="1.3"))
    run = plan_changes(desired, snapshot(managed=managed), URL)
    gone = replace(snapshot(), solution=None)
    inverse = plan_rollback("a run", run, gone, lambda _: b"")
    assert "The solution ScreenPop is gone." in inverse.irreversible
    first = plan_changes(desired, snapshot(version=None), URL)
    assert not any(
        "is gone" in each
        for each in plan_rollback("a run", first, gone, lambda _: b"").irreversible
    )
