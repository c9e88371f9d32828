"""Steps that a resumed run must not look at again, and those that it must."""

from dataclasses import replace

import pytest

from d365pop.deploy.plan import (
    EditForm,
    Plan,
    Publish,
    Step,
    UninstallSolution,
    UpdateWebResource,
    WriteRow,
)
from d365pop.deploy.resuming import overwritten
from d365pop.own_rows import RowKind

SCRIPT = UpdateWebResource("id-a", "pre_/a.js", "", b"ours", b"before")
SCRIPT_DRAFT = UpdateWebResource("id-a", "pre_/a.js", "", b"before", b"draft")
OTHER_SCRIPT = UpdateWebResource("id-b", "pre_/b.js", "", b"before", b"draft")
FORM = EditForm("form-1", "contact", "Contact", "", "", "<ours/>", "<before/>")
FORM_DRAFT = EditForm("form-1", "contact", "Contact", "", "", "<before/>", "<draft/>")
REMOVAL = WriteRow(RowKind.COMMAND, "pre_phone", "id-1", "", {"location": 0}, None)
CREATION = WriteRow(RowKind.COMMAND, "pre_phone", "", "", None, {"location": 1})
PROVIDER = WriteRow(RowKind.PROVIDER, "pre_phone", "", "", None, {"msdyn_label": "Phone"})
UNINSTALL = UninstallSolution("id-s", "Pop", "1.0.0.0", managed=True, reason="")
PUBLISH = Publish(("contact",), ("pre_/a.js",), ())


@pytest.mark.parametrize(
    ("steps", "done", "expected"),
    [
        ((SCRIPT, PUBLISH, SCRIPT_DRAFT), {0, 1, 2}, {0, 1}),
        ((FORM, PUBLISH, FORM_DRAFT), {0, 1}, {0, 1}),
        ((PUBLISH, OTHER_SCRIPT), {0}, {0}),
        ((REMOVAL, CREATION, PUBLISH), {0, 1, 2}, {0}),
        ((SCRIPT, PUBLISH, SCRIPT_DRAFT), set(), set()),
        ((SCRIPT, PUBLISH, OTHER_SCRIPT), {0}, set()),
        ((SCRIPT, FORM, PUBLISH), {0, 1, 2}, set()),
        ((REMOVAL, PROVIDER), {0, 1}, set()),
        ((FORM, PUBLISH, UNINSTALL), {0, 1}, {0, 1}),
        ((FORM, PUBLISH, UNINSTALL), {0}, {0}),
        ((FORM, PUBLISH, replace(UNINSTALL, managed=False)), {0, 1}, set()),
    ],
    ids=[
        "script",
        "form",
        "publish before a draft",
        "row made anew",
        "nothing done",
        "another script",
        "publish at the end",
        "rows of two kinds",
        "managed solution that goes",
        "not published yet",
        "list that goes",
    ],
)
def test_step_is_overwritten_when_it_is_done_and_a_later_one_writes_the_same(
    steps: tuple[Step, ...], done: set[int], expected: set[int]
) -> None:
    plan = Plan("https://contoso.crm.dynamics.com", "org", steps, ())
    assert overwritten(plan, done) == expected
