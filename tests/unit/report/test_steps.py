"""Steps in words."""

from dataclasses import replace

import pytest

from d365pop.deploy.plan import (
    EditForm,
    FormAction,
    ImportKind,
    ImportPackage,
    Plan,
    Publish,
    SetVariable,
    Step,
    UpdateWebResource,
)
from d365pop.models import FormEvent, FormHandler
from d365pop.report.steps import StepText, describe, summary
from d365pop.solution.formxml import register

FORM = "<form><tabs/></form>"
HANDLER = FormHandler(FormEvent.ON_LOAD, "Pop.onLoad", "pre_/a.js")
IMPORT = ImportPackage(
    kind=ImportKind.UPDATE,
    solution="ScreenPop",
    version="1.1.0.0",
    description="",
    installed_version="1.0.0.0",
    installed_description="",
    reason="version 1.0.0.0 is installed",
    components=(),
    overwrite_unmanaged=False,
    package=b"",
)
UPDATE = UpdateWebResource("id", "pre_/a.js", "its content differs", b"", b"")
SET = SetVariable("pre_Settings", "its value differs", "{}", "[]")
LATER = FormHandler(FormEvent.ON_LOAD, "Pop.later", "pre_/a.js", parameters='"a"')
ON_CHANGE = FormHandler(FormEvent.ON_CHANGE, "Pop.onChange", "pre_/a.js", "fax")


def edit(action: FormAction, before: list[FormHandler], after: list[FormHandler]) -> EditForm:
    old = register(FORM, before)
    return EditForm("id", "contact", "Contact", "why", "", old, register(old, after), action)


EDIT = edit(FormAction.REGISTER, [], [HANDLER])
MORE = edit(FormAction.REGISTER, [HANDLER], [LATER, HANDLER, ON_CHANGE])
REORDER = edit(FormAction.REORDER, [HANDLER, LATER], [LATER, HANDLER])
PUBLISH = Publish(("contact",), ("pre_/a.js", "pre_/b.js"), ("form contact / Sales",))


@pytest.mark.parametrize(
    ("step", "text"),
    [
        (
            IMPORT,
            StepText(
                "import", "solution ScreenPop 1.1.0.0", "update: version 1.0.0.0 is installed"
            ),
        ),
        (UPDATE, StepText("update", "web resource pre_/a.js", "its content differs")),
        (SET, StepText("set", "environment variable pre_Settings", "its value differs")),
        (
            EDIT,
            StepText(
                "register",
                "form contact / Contact",
                "why",
                ("+library pre_/a.js", "+onload Pop.onLoad"),
            ),
        ),
        (
            MORE,
            StepText(
                "register",
                "form contact / Contact",
                "why",
                ('+onload Pop.later("a")', "+onchange of fax Pop.onChange"),
            ),
        ),
        (
            REORDER,
            StepText(
                "reorder",
                "form contact / Contact",
                "why",
                ("~onload in the order Pop.later, Pop.onLoad",),
            ),
        ),
        (
            PUBLISH,
            StepText(
                "publish",
                "table contact, 2 web resources",
                "so that agents get it",
                ("goes along, not ours: form contact / Sales",),
            ),
        ),
    ],
    ids=["import", "update", "set", "register", "register-more", "reorder", "publish"],
)
def test_step_is_described_by_action_item_and_reason(step: Step, text: StepText) -> None:
    assert describe(step) == text


def test_summary_counts_each_action_once() -> None:
    plan = Plan("https://contoso.crm.dynamics.com", "org", (IMPORT, EDIT, EDIT, PUBLISH), ())
    assert summary(plan) == "1 import, 2 register, 1 publish"


def test_name_of_many_lines_makes_no_line_of_its_own_in_a_plan() -> None:
    named = replace(EDIT, name="Contact\n  publish everything")
    assert describe(named).item == "form contact / Contact publish everything"
    pending = replace(PUBLISH, pending_of_others=("view account / A\nB",))
    assert describe(pending).details == ("goes along, not ours: view account / A B",)
