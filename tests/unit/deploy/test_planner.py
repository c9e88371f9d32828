"""The planner: from what is wanted and what is there to ordered steps, each with its reason."""

from collections.abc import Iterable
from dataclasses import replace

import pytest

from d365pop.deploy.drift import NO_AUTHOR, drift_of
from d365pop.deploy.plan import (
    EditForm,
    FormAction,
    ImportKind,
    ImportPackage,
    Plan,
    Publish,
    SetVariable,
    UpdateWebResource,
)
from d365pop.deploy.plan_import import NO_OPTIONS, PlanOptions
from d365pop.deploy.planner import plan_changes
from d365pop.deploy.proof import prove
from d365pop.errors import PlanRefusedError, VerificationError
from d365pop.models import (
    Desired,
    EnvironmentVariable,
    FormEvent,
    FormHandler,
    FormRegistration,
    FormSelector,
    Labels,
    Publisher,
    RemoteForm,
    RemoteSnapshot,
    RemoteSolution,
    RemoteVariable,
    RemoteWebResource,
    Solution,
    VariableType,
    WebResource,
    WebResourceType,
)
from d365pop.solution.dependencies import dependency_xml
from d365pop.solution.formxml import register

URL = "https://contoso.crm.dynamics.com"
BARE_FORM = "<form><tabs><tab/></tabs></form>"
HANDLER = FormHandler(FormEvent.ON_LOAD, "D365Pop.onLoad", "pre_/screenpop/form.js")
DONE_FORM = register(BARE_FORM, [HANDLER])
SCRIPT = WebResource("pre_/screenpop/form.js", "Form", "", WebResourceType.SCRIPT, b"new")
PAGE = WebResource("pre_/screenpop/page.html", "Page", "", WebResourceType.HTML, b"<html/>")

DESIRED = Desired(
    solution=Solution(
        unique_name="ScreenPop",
        display_name="Screen pop",
        description="",
        version="1.2.0.0",
        publisher=Publisher("pub", "Pub", "pre", 10000),
        web_resources=(SCRIPT, PAGE),
        environment_variables=(EnvironmentVariable("pre_Settings", "S", "", VariableType.JSON),),
    ),
    description="[d365pop:sha256:1]",
    package=b"PK",
    managed=False,
    registrations=(FormRegistration(FormSelector("contact"), (HANDLER,)),),
    variable_values={"pre_Settings": "{}"},
    searched_columns={"contact": ("fullname", "telephone1")},
)


def form(table: str = "contact", name: str = "Contact", **changes: object) -> RemoteForm:
    base = RemoteForm(
        form_id=f"{table}-{name}".lower(),
        table=table,
        name=name,
        active=True,
        customizable=True,
        row_version='W/"1"',
        published_xml=BARE_FORM,
        draft_xml=BARE_FORM,
    )
    return replace(base, **changes)  # type: ignore[arg-type]  # dataclass fields by name


DONE = form(published_xml=DONE_FORM, draft_xml=DONE_FORM)


def there(
    resource: WebResource, *, draft: bytes = b"", published: bytes = b""
) -> RemoteWebResource:
    return RemoteWebResource(
        web_resource_id=f"id-of-{resource.name}",
        name=resource.name,
        managed=False,
        published=published or resource.content,
        draft=draft or resource.content,
        labels=Labels(resource.display_name, resource.description, dependency_xml(resource)),
    )


def snapshot(  # noqa: PLR0913 - one thing differs a test
    *,
    version: str | None = "1.2.0.0",
    managed: bool = False,
    prefix: str = "pre",
    display_name: str = "Screen pop",
    description: str = "[d365pop:sha256:1]",
    components: Iterable[str] = (f"id-of-{SCRIPT.name}", f"id-of-{PAGE.name}"),
    web_resources: Iterable[RemoteWebResource] = (there(SCRIPT), there(PAGE)),
    forms: Iterable[RemoteForm] = (DONE,),
    value: str | None = "{}",
    defined: bool = True,
) -> RemoteSnapshot:
    return RemoteSnapshot(
        organization_id="org",
        solution=RemoteSolution(
            "id", "ScreenPop", version, managed, display_name, description, "pub", prefix
        )
        if version
        else None,
        components=dict.fromkeys(components, 61),
        web_resources={resource.name.lower(): resource for resource in web_resources},
        forms=tuple(forms),
        variables={"pre_settings": RemoteVariable("def", "pre_Settings", "val", value)}
        if defined
        else {},
        columns={"contact": frozenset({"fullname", "telephone1", "telephone2"})},
    )


EMPTY = snapshot(version=None, web_resources=(), forms=(form(),), defined=False)


TOLD = PlanOptions(publish_pending=True)


def plan(
    remote: RemoteSnapshot, desired: Desired = DESIRED, options: PlanOptions = NO_OPTIONS
) -> Plan:
    return plan_changes(desired, remote, URL, options)


def test_environment_that_holds_everything_gets_no_step() -> None:
    result = plan(snapshot())
    assert result.steps == ()
    assert [(leave.item, leave.reason) for leave in result.left] == [
        (
            "solution ScreenPop",
            "version 1.2.0.0: import skipped, this version is installed",
        ),
        ("2 web resources", "same content"),
        ("environment variable pre_Settings", "same value"),
        ("form contact / Contact", "handler registered"),
    ]


def test_empty_environment_gets_import_value_registration_and_publish_in_this_order() -> None:
    result = plan(EMPTY)
    assert result.steps == (
        ImportPackage(
            kind=ImportKind.FIRST_INSTALL,
            solution="ScreenPop",
            version="1.2.0.0",
            description=DESIRED.description,
            installed_version="",
            installed_description="",
            reason="the solution is not installed",
            components=(
                "create web resource pre_/screenpop/form.js",
                "create web resource pre_/screenpop/page.html",
                "create environment variable pre_Settings",
            ),
            overwrite_unmanaged=False,
            package=b"PK",
        ),
        SetVariable("pre_Settings", "it has no value here", None, "{}"),
        EditForm(
            form_id="contact-contact",
            table="contact",
            name="Contact",
            reason="register onload D365Pop.onLoad",
            row_version='W/"1"',
            before=BARE_FORM,
            after=DONE_FORM,
            action=FormAction.REGISTER,
        ),
        Publish(("contact",), (SCRIPT.name, PAGE.name), ()),
    )


def test_unpublished_edit_of_one_web_resource_is_written_over() -> None:
    result = plan(snapshot(web_resources=(there(SCRIPT, draft=b"old"), there(PAGE))))
    assert result.steps == (
        UpdateWebResource(
            "id-of-pre_/screenpop/form.js",
            SCRIPT.name,
            "its content differs",
            b"old",
            b"new",
            row_version="",
        ),
    )


def test_changed_and_published_web_resource_is_written_and_published() -> None:
    changed = there(SCRIPT, draft=b"old", published=b"old")
    result = plan(snapshot(web_resources=(changed, there(PAGE))))
    assert [type(step) for step in result.steps] == [UpdateWebResource, Publish]
    assert result.steps[1] == Publish((), (SCRIPT.name,), ())


def test_draft_that_was_never_published_is_only_published() -> None:
    result = plan(snapshot(web_resources=(there(SCRIPT, published=b"old"), there(PAGE))))
    assert result.steps == (Publish((), (SCRIPT.name,), ()),)


def test_handler_saved_but_unpublished_is_only_published() -> None:
    result = plan(snapshot(forms=(form(draft_xml=DONE_FORM),)))
    assert result.steps == (Publish(("contact",), (), ()),)


def test_handlers_in_another_order_are_put_right_and_published() -> None:
    later = replace(HANDLER, function_name="D365Pop.later")
    wanted = replace(
        DESIRED, registrations=(FormRegistration(FormSelector("contact"), (HANDLER, later)),)
    )
    swapped, right = (register(BARE_FORM, pair) for pair in ((later, HANDLER), (HANDLER, later)))
    there = form(published_xml=swapped, draft_xml=swapped)
    assert plan(snapshot(forms=(there,)), wanted).steps == (
        EditForm(
            form_id=there.form_id,
            table="contact",
            name="Contact",
            reason="its handlers are called in another order",
            row_version=there.row_version,
            before=swapped,
            after=right,
            action=FormAction.REORDER,
        ),
        Publish(("contact",), (), ()),
    )
    done = form(published_xml=right, draft_xml=right)
    assert plan(snapshot(forms=(done,)), wanted).is_empty


def test_reason_of_a_registration_names_what_is_new() -> None:
    later = replace(HANDLER, function_name="D365Pop.later")
    wanted = replace(
        DESIRED, registrations=(FormRegistration(FormSelector("contact"), (later, HANDLER)),)
    )
    edit = plan(snapshot(), wanted).steps[0]
    assert isinstance(edit, EditForm)
    assert (edit.action, edit.reason) == (FormAction.REGISTER, "register onload D365Pop.later")


def test_pending_work_of_others_on_the_table_is_named() -> None:
    others = form(name="Sales", draft_xml="<form><tabs/></form>", active=False)
    with pytest.raises(PlanRefusedError, match="not ours would go live"):
        plan(snapshot(forms=(form(), others)))
    result = plan(snapshot(forms=(form(), others)), options=TOLD)
    assert isinstance(result.steps[-1], Publish)
    assert result.steps[-1].pending_of_others == ("form contact / Sales",)


@pytest.mark.parametrize("installed", ["1.1.9.9", "1.1", "0.9.0.0"])
def test_older_version_is_updated_by_import(installed: str) -> None:
    (step,) = plan(snapshot(version=installed)).steps
    assert isinstance(step, ImportPackage)
    assert (step.kind, step.reason) == (ImportKind.UPDATE, f"version {installed} is installed")


def test_version_of_two_numbers_is_the_same_with_zeros() -> None:
    assert plan(snapshot(version="1.2")).is_empty


def test_missing_web_resource_is_brought_by_import() -> None:
    result = plan(snapshot(web_resources=(there(SCRIPT),)))
    assert isinstance(result.steps[0], ImportPackage)
    assert result.steps[0].kind is ImportKind.REPAIR
    assert result.steps[0].reason == "missing there: pre_/screenpop/page.html"


def test_web_resource_that_left_the_solution_is_brought_back_by_import() -> None:
    step = plan(snapshot(components=(f"id-of-{SCRIPT.name}",))).steps[0]
    assert isinstance(step, ImportPackage)
    assert step.reason == "missing there: pre_/screenpop/page.html in the solution"


@pytest.mark.parametrize(
    "remote",
    [snapshot(display_name="Old name"), snapshot(description="[d365pop:sha256:2]")],
    ids=["name", "digest"],
)
def test_other_build_of_the_same_version_is_replaced_by_import(remote: RemoteSnapshot) -> None:
    step = plan(remote).steps[0]
    assert isinstance(step, ImportPackage)
    assert step.reason == "another build of this version is installed"


def test_managed_component_is_never_written_directly() -> None:
    desired = replace(DESIRED, managed=True)
    changed = there(SCRIPT, draft=b"old", published=b"old")
    result = plan(snapshot(managed=True, web_resources=(changed, there(PAGE))), desired)
    (step,) = result.steps
    assert isinstance(step, ImportPackage)
    assert step.overwrite_unmanaged


def test_first_managed_import_replaces_no_layer() -> None:
    step = plan(EMPTY, replace(DESIRED, managed=True)).steps[0]
    assert isinstance(step, ImportPackage)
    assert not step.overwrite_unmanaged


def test_form_that_was_never_published_and_holds_the_handler_is_published() -> None:
    result = plan(snapshot(forms=(form(draft_xml=DONE_FORM, published_xml=""),)))
    assert result.steps == (Publish(("contact",), (), ()),)


def test_pending_work_of_others_beside_our_own_handler_is_named() -> None:
    edited = register("<form><tabs><tab/><tab/></tabs></form>", [HANDLER])
    result = plan(snapshot(forms=(form(draft_xml=edited),)), options=TOLD)
    assert result.steps == (Publish(("contact",), (), ("form contact / Contact",)),)


def test_web_resources_left_behind_unchanged_are_taken_up_again() -> None:
    step = plan(snapshot(version=None)).steps[0]
    assert isinstance(step, ImportPackage)
    assert step.kind is ImportKind.FIRST_INSTALL


@pytest.mark.parametrize(
    ("remote", "reference"),
    [
        (snapshot(version="1.2.0.1"), "newer-version-installed"),
        (snapshot(managed=True), "managed-mismatch"),
        (
            snapshot(version=None, web_resources=(there(SCRIPT, draft=b"theirs"),)),
            "foreign-web-resources",
        ),
        (snapshot(prefix="other"), "publisher-differs"),
        (snapshot(forms=()), "form-not-found"),
        (snapshot(forms=(form(active=False),)), "form-not-found"),
    ],
    ids=["newer", "managed", "foreign", "publisher", "no-form", "inactive-only"],
)
def test_harmful_or_impossible_change_is_refused(remote: RemoteSnapshot, reference: str) -> None:
    with pytest.raises(PlanRefusedError) as caught:
        plan(remote)
    assert caught.value.reference == reference
    assert caught.value.hint


@pytest.mark.parametrize(
    ("selector", "forms", "reference"),
    [
        (FormSelector("contact", "Sales"), [form()], "form-not-found"),
        (
            FormSelector("contact", "Contact"),
            [form(), form(form_id="other")],
            "form-ambiguous",
        ),
        (FormSelector("contact", "Contact"), [form(active=False)], "form-inactive"),
        (FormSelector("contact", "Contact"), [form(customizable=False)], "form-locked"),
        (FormSelector("contact", form_id="nowhere"), [form()], "form-not-found"),
    ],
    ids=["name", "twice", "inactive", "locked", "id"],
)
def test_form_that_cannot_be_meant_is_refused_with_candidates(
    selector: FormSelector, forms: list[RemoteForm], reference: str
) -> None:
    desired = replace(DESIRED, registrations=(FormRegistration(selector, (HANDLER,)),))
    with pytest.raises(PlanRefusedError) as caught:
        plan(snapshot(forms=forms), desired)
    assert caught.value.reference == reference
    assert "contact / Contact (contact-contact)" in caught.value.context


def test_form_is_found_by_id_with_braces_and_capitals() -> None:
    desired = replace(
        DESIRED,
        registrations=(
            FormRegistration(FormSelector("contact", form_id="{CONTACT-CONTACT}"), (HANDLER,)),
        ),
    )
    assert plan(snapshot(), desired).is_empty


def test_active_form_wins_over_inactive_one_of_the_same_name() -> None:
    desired = replace(
        DESIRED,
        registrations=(FormRegistration(FormSelector("contact", "Contact"), (HANDLER,)),),
    )
    stale = form(form_id="stale", active=False)
    assert plan(snapshot(forms=(stale, DONE)), desired).is_empty


def test_table_and_column_that_do_not_exist_are_refused_with_suggestions() -> None:
    desired = replace(
        DESIRED,
        searched_columns={"contact": ("fullname", "telefone1"), "contakt": ("x",)},
    )
    with pytest.raises(PlanRefusedError) as caught:
        plan(snapshot(), desired)
    assert caught.value.reference == "unknown-names"
    assert caught.value.context.splitlines() == [
        "There is no table contakt; did you mean “contact”?",
        "The table contact has no column telefone1; did you mean “telephone1”?",
    ]


def test_proof_names_what_is_not_there() -> None:
    with pytest.raises(VerificationError) as caught:
        prove(plan(snapshot(web_resources=(there(SCRIPT, published=b"old"), there(PAGE)))))
    assert caught.value.context == "not published: pre_/screenpop/form.js"


def test_proof_of_a_finished_deploy_is_an_empty_plan() -> None:
    assert prove(plan(snapshot())).is_empty


@pytest.mark.parametrize(
    ("changed", "what"),
    [
        pytest.param({}, None, id="as-deployed"),
        pytest.param({"draft_xml": DONE_FORM + " "}, None, id="an-edit-that-keeps-them"),
        pytest.param(
            {"draft_xml": BARE_FORM}, "has an unpublished edit without our handlers", id="draft"
        ),
        pytest.param(
            {"draft_xml": BARE_FORM, "published_xml": BARE_FORM},
            "agents get it without our handlers",
            id="published",
        ),
    ],
)
def test_form_that_loses_our_handlers_is_drift_before_agents_feel_it(
    changed: dict[str, str], what: str | None
) -> None:
    there_now = form(**{"published_xml": DONE_FORM, "draft_xml": DONE_FORM} | changed)
    found = drift_of(DESIRED, snapshot(forms=(there_now,)))
    assert [each.what for each in found] == ([what] if what else [])
    assert {(each.modified_by, each.unnamed) for each in found} <= {("", NO_AUTHOR)}


def test_web_resources_that_never_were_there_are_not_said_to_be_gone() -> None:
    found = drift_of(DESIRED, snapshot(version=None, web_resources=()))
    assert [(each.item, each.what) for each in found[:3]] == [
        ("solution ScreenPop", "is not installed"),
        (f"web resource {SCRIPT.name}", "is not there"),
        (f"web resource {PAGE.name}", "is not there"),
    ]
