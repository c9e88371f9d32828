"""Plans carried out in a local Dataverse without sockets: what others do, what cannot be undone."""

import shutil
from base64 import b64encode
from dataclasses import replace
from pathlib import Path
from typing import TypeAlias

import pytest

from d365pop.dataverse.client import Call
from d365pop.dataverse.lifecycle import Dependent, describe_dependent
from d365pop.dataverse.solutions import import_solution_async, stage_solution
from d365pop.deploy.operation import Operator, Outcome
from d365pop.deploy.plan import EditForm, ImportKind, ImportPackage, PlanKind, Publish
from d365pop.deploy.plan_import import NO_OPTIONS, PlanOptions
from d365pop.deploy.planner import plan_changes
from d365pop.deploy.push import plan_push
from d365pop.deploy.run import RunState
from d365pop.deploy.runs import last_deployed, list_runs
from d365pop.errors import (
    DataverseError,
    ExitCode,
    InterruptedRunError,
    NetworkError,
    OvertakenError,
    PlanRefusedError,
    RollbackFailedError,
    StillRunningError,
    UsageError,
    VerificationError,
)
from d365pop.models import Desired, FormRegistration, FormSelector, Json, RemoteForm
from d365pop.solution.formxml import register
from d365pop.transport import Request, Response, Sender
from tests.reliability.scenarios import (
    FIRST,
    LIBRARY,
    ON_LOAD,
    PATCHED,
    SECOND,
    VARIABLE,
    deploy,
    desired,
    scenarios,
    script,
)
from tests.reliability.world import URL, World

JsonObject: TypeAlias = dict[str, Json]
FORMS = (FormRegistration(FormSelector("account"), (ON_LOAD,)),)
MANAGED = desired(
    "1.0.0.0",
    (script(LIBRARY, "Pop = {onLoad() {}}"), script("pop_/page.js", "page(1)")),
    FORMS,
    "{}",
    managed=True,
)
MANAGED_NEXT = desired(
    "1.1.0.0", (script(LIBRARY, "Pop = {onLoad() { 2 }}"),), FORMS, "{}", managed=True
)
MANAGED_OTHER_BUILD = desired(
    "1.0.0.0", (script(LIBRARY, "Pop = {onLoad() { 3 }}"),), FORMS, "{}", managed=True
)
RELABELLED = desired(
    "1.1.0.0",
    (
        replace(
            FIRST.solution.web_resources[0],
            display_name="The handler",
            description="Loads",
            needs=("pop_/page.js",),
        ),
        FIRST.solution.web_resources[1],
    ),
    FIRST.registrations,
    '{"a":2}',
    variable_label="The settings",
)
REFUSAL = Response(403, body=b'{"error":{"code":"0x80040220","message":"missing privilege"}}')


@pytest.fixture
def empty() -> World:
    return scenarios()["first install"].before.copy()


@pytest.fixture
def installed() -> World:
    return scenarios()["update"].before.copy()


def apply(operator: Operator, wanted: Desired, options: PlanOptions = NO_OPTIONS) -> Outcome:
    plan = plan_changes(wanted, operator.planner.read(wanted), URL, options)
    return operator.apply(plan, just_read=True)


def edit(world: World, entity_set: str, row_id: str, body: JsonObject) -> None:
    call = Call("edit", "PATCH", f"{entity_set}({row_id})", body, {"If-Match": "*"})
    world.operator(Path()).dataverse.send(call)


def content(text: bytes) -> JsonObject:
    return {"content": b64encode(text).decode()}


def refusing(world: World, *parts: str) -> World:
    """Let the server refuse writes whose line holds one of ``parts``."""
    answer = world.send

    def send(request: Request) -> Response:
        line = f"{request.method} {request.url}"
        return REFUSAL if any(part in line for part in parts) else answer(request)

    world.send = send  # type: ignore[method-assign]  # a server of the test's own
    return world


def test_plan_is_refused_when_anything_that_it_was_made_from_moved(
    installed: World, tmp_path: Path
) -> None:
    operator = installed.operator(tmp_path)
    remote = operator.planner.read(SECOND)
    plan = plan_changes(SECOND, remote, URL)
    there = remote.web_resources["pop_/page.js"]
    edit(installed, "webresourceset", there.web_resource_id, content(b"theirs"))
    before = installed.state()
    with pytest.raises(PlanRefusedError) as caught:
        operator.apply(plan)
    assert caught.value.reference == "plan-stale"
    (line,) = caught.value.context.splitlines()
    assert line.startswith("web resource pop_/page.js: was W/")
    assert (installed.state(), list_runs(tmp_path)) == (before, [])


def test_plan_for_another_organization_is_refused(installed: World, tmp_path: Path) -> None:
    operator = installed.operator(tmp_path)
    plan = replace(
        plan_changes(SECOND, operator.planner.read(SECOND), URL), organization_id="other"
    )
    with pytest.raises(PlanRefusedError) as caught:
        operator.apply(plan)
    assert caught.value.reference == "plan-for-another-environment"


def test_failed_run_is_kept_as_it_is_when_asked_to(installed: World, tmp_path: Path) -> None:
    refusing(installed, "PublishXml")
    before = installed.state()
    operator = replace(installed.operator(tmp_path), keep=True)
    with pytest.raises(DataverseError) as caught:
        apply(operator, PATCHED)
    (run,) = list_runs(tmp_path)
    assert f"d365pop resume {run.name}" in caught.value.hint
    assert f"d365pop rollback {run.name}" in caught.value.hint
    assert installed.state().published == before.published
    assert installed.state().drafts != before.drafts


def test_rollback_that_fails_says_what_it_did_and_has_its_exit_code(
    installed: World, tmp_path: Path
) -> None:
    refusing(installed, "PublishXml", "PATCH http://127.0.0.1:4711/api/data/v9.2/systemforms")
    operator = installed.operator(tmp_path, _refusing_later(installed, []))
    with pytest.raises(RollbackFailedError) as caught:
        apply(operator, PATCHED)
    assert caught.value.exit_code is ExitCode.ROLLBACK_FAILED
    assert "The rollback failed too" in caught.value.message
    assert "d365pop rollback" in caught.value.hint


def _refusing_later(world: World, written: list[str]) -> Sender:
    """Refuse forms, and after the first refusal web resources too."""
    answer = World.send

    def send(request: Request) -> Response:
        is_form = request.method == "PATCH" and "systemforms" in request.url
        is_script = request.method == "PATCH" and "webresourceset" in request.url
        if is_form or (is_script and written):
            written.append(request.url)
            return REFUSAL
        return answer(world, request)

    return send


def test_change_between_publish_and_proof_fails_the_proof(installed: World, tmp_path: Path) -> None:
    published: list[str] = []

    def send(request: Request) -> Response:
        if published and "WhoAmI" in request.url:
            there = installed.operator(tmp_path).planner.read(FIRST).web_resources[LIBRARY]
            edit(installed, "webresourceset", there.web_resource_id, content(b"theirs"))
            published.clear()
        response = installed.send(request)
        if "PublishXml" in request.url:
            published.append(request.url)
        return response

    with pytest.raises(VerificationError) as caught:
        apply(installed.operator(tmp_path, send), PATCHED)
    assert caught.value.exit_code is ExitCode.VERIFICATION_FAILED
    assert caught.value.context == f"web resource {LIBRARY}: its content differs"
    assert "d365pop rollback" in caught.value.hint


def test_rollback_of_a_form_edited_since_takes_out_our_handlers_alone(
    installed: World, tmp_path: Path
) -> None:
    outcome = apply(installed.operator(tmp_path), PATCHED)
    operator = installed.operator(tmp_path)
    form = next(each for each in operator.planner.read(PATCHED).forms if each.table == "contact")
    theirs = form.draft_xml.replace("<tabs>", "<tabs><!-- theirs -->")
    edit(installed, "systemforms", form.form_id, {"formxml": theirs})
    inverse = operator.plan_rollback(outcome.run)
    operator.roll_back(outcome.run, inverse)
    now = next(each for each in operator.planner.read(PATCHED).forms if each.table == "contact")
    assert "<!-- theirs -->" in now.published_xml
    assert "Pop.onLoad" not in now.published_xml
    assert any("was edited since" in sentence for sentence in inverse.irreversible)


def test_rollback_of_a_form_edited_since_keeps_the_handlers_from_before_the_run(
    installed: World, tmp_path: Path
) -> None:
    operator = installed.operator(tmp_path)
    outcome = apply(operator, PATCHED)

    def account() -> RemoteForm:
        forms = operator.planner.read(PATCHED).forms
        return next(each for each in forms if each.table == "account")

    theirs = account().draft_xml.replace("<tabs>", "<tabs><!-- theirs -->")
    edit(installed, "systemforms", account().form_id, {"formxml": theirs})
    inverse = operator.plan_rollback(outcome.run)
    (publish,) = (step for step in inverse.steps if isinstance(step, Publish))
    assert f"form account / {account().name}" in publish.pending_of_others

    # Somebody stopped it between the edit and the publish, and began it anew.
    (step,) = (
        step for step in inverse.steps if isinstance(step, EditForm) and step.table == "account"
    )
    edit(installed, "systemforms", step.form_id, {"formxml": step.after})
    operator.roll_back(outcome.run, operator.plan_rollback(outcome.run))
    published = account().published_xml
    assert "<!-- theirs -->" in published
    assert "Pop.onLoad" in published
    assert "Pop.onSave" not in published


def test_rollback_over_a_later_deploy_is_refused(installed: World, tmp_path: Path) -> None:
    first = apply(installed.operator(tmp_path), PATCHED)
    apply(installed.operator(tmp_path / "another machine"), SECOND)
    with pytest.raises(PlanRefusedError) as caught:
        installed.operator(tmp_path).plan_rollback(first.run, over_later=True)
    assert caught.value.reference == "deployed-since"


def test_run_that_was_rolled_back_is_not_resumed(installed: World, tmp_path: Path) -> None:
    operator = installed.operator(tmp_path)
    outcome = apply(operator, PATCHED)
    operator.roll_back(outcome.run, operator.plan_rollback(outcome.run))
    with pytest.raises(PlanRefusedError) as caught:
        operator.resume(outcome.run)
    assert caught.value.reference == "run-rolled-back"


@pytest.mark.parametrize("end", [KeyboardInterrupt(), NetworkError("timeout", "No answer.")])
def test_run_that_ends_in_its_proof_says_how_to_go_on(
    installed: World, tmp_path: Path, end: BaseException
) -> None:
    published: list[Request] = []

    def ending(request: Request) -> Response:
        if published:
            raise end
        if "PublishXml" in request.url:
            published.append(request)
        return installed.send(request)

    with pytest.raises((InterruptedRunError, NetworkError)) as caught:
        apply(installed.operator(tmp_path, ending), PATCHED)
    (run,) = list_runs(tmp_path)
    assert caught.value.context == "Everything is written, but not read back yet."
    assert f"Go on with: d365pop resume {run.name}" in caught.value.hint
    assert run.state is RunState.APPLIED
    assert installed.operator(tmp_path).resume(run.name).proof.is_empty


def test_ctrl_c_while_a_failed_run_is_taken_back_hides_no_failure(
    installed: World, tmp_path: Path
) -> None:
    failed: list[Request] = []

    def sender(request: Request) -> Response:
        if failed:
            raise KeyboardInterrupt
        if "PublishXml" in request.url:
            failed.append(request)
            return REFUSAL
        return installed.send(request)

    with pytest.raises(RollbackFailedError) as caught:
        apply(installed.operator(tmp_path, sender), PATCHED)
    (run,) = list_runs(tmp_path)
    assert "missing privilege" in caught.value.message
    assert caught.value.message.endswith("The rollback failed too: Interrupted.")
    assert caught.value.hint == f"Try it again with: d365pop rollback {run.name}"


def test_run_that_somebody_rolls_back_while_its_resume_begins_is_not_resumed(
    installed: World, tmp_path: Path
) -> None:
    before = installed.state()

    def stopping(request: Request) -> Response:
        if "PublishXml" in request.url:
            raise KeyboardInterrupt
        return installed.send(request)

    with pytest.raises(InterruptedRunError):
        apply(installed.operator(tmp_path, stopping), PATCHED)
    (run,) = (each.name for each in list_runs(tmp_path))
    somebody = installed.operator(tmp_path)
    inverse = [somebody.plan_rollback(run)]

    def overtaking(request: Request) -> Response:
        if inverse:
            somebody.roll_back(run, inverse.pop())
        return installed.send(request)

    with pytest.raises(PlanRefusedError) as caught:
        installed.operator(tmp_path, overtaking).resume(run)
    assert caught.value.reference == "run-rolled-back"
    assert installed.state() == before


def test_proven_run_that_is_resumed_is_proven_again_and_writes_nothing(
    installed: World, tmp_path: Path
) -> None:
    run = apply(installed.operator(tmp_path), PATCHED).run
    requests: list[Request] = []

    def noting(request: Request) -> Response:
        requests.append(request)
        return installed.send(request)

    outcome = installed.operator(tmp_path, noting).resume(run)
    assert (outcome.run, outcome.proof.is_empty) == (run, True)
    assert {request.method for request in requests} == {"GET"}
    there = installed.operator(tmp_path).planner.read(PATCHED).web_resources[LIBRARY]
    edit(installed, "webresourceset", there.web_resource_id, content(b"theirs"))
    with pytest.raises(VerificationError):
        installed.operator(tmp_path).resume(run)


def test_proven_run_whose_smoke_test_failed_is_proven_again_and_writes_nothing(
    installed: World, tmp_path: Path
) -> None:
    operator = installed.operator(tmp_path)
    run = apply(operator, PATCHED).run
    with operator.journaled(run) as journal:
        journal.smoked([(False, "softphone pane: not connected")])
    methods: list[str] = []

    def noting(request: Request) -> Response:
        methods.append(request.method)
        return installed.send(request)

    assert installed.operator(tmp_path, noting).resume(run).proof.is_empty
    assert {*methods} == {"GET"}
    assert [each.state for each in list_runs(tmp_path)] == [RunState.SMOKE_FAILED]


def test_resumed_rollback_leaves_a_draft_of_others_that_it_has_written_again_a_draft(
    installed: World, tmp_path: Path
) -> None:
    operator = installed.operator(tmp_path)
    page = operator.planner.read(FIRST).web_resources["pop_/page.js"]
    edit(installed, "webresourceset", page.web_resource_id, content(b"theirs"))
    before = installed.state()
    run = apply(operator, PATCHED).run

    def stopping(request: Request) -> Response:
        answer = installed.send(request)
        if request.method == "PATCH" and b64encode(b"theirs") in (request.body or b""):
            raise KeyboardInterrupt
        return answer

    stopped = installed.operator(tmp_path, stopping)
    with pytest.raises(InterruptedRunError):
        stopped.roll_back(run, stopped.plan_rollback(run))
    assert installed.state() == before
    (back,) = [each.name for each in list_runs(tmp_path) if each.kind is PlanKind.ROLLBACK]
    assert installed.operator(tmp_path).resume(back).proof.is_empty
    assert installed.state() == before
    states = {each.name: each.state for each in list_runs(tmp_path)}
    assert states == {run: RunState.ROLLED_BACK, back: RunState.PROVEN}


def test_rollback_is_resumed_elsewhere_only_with_the_run_that_it_takes_back(
    installed: World, tmp_path: Path
) -> None:
    before = installed.state()
    run = apply(installed.operator(tmp_path / "here"), PATCHED).run

    def stopping(request: Request) -> Response:
        if request.method == "PATCH":
            raise KeyboardInterrupt
        return installed.send(request)

    stopped = installed.operator(tmp_path / "here", stopping)
    with pytest.raises(InterruptedRunError):
        stopped.roll_back(run, stopped.plan_rollback(run))
    (back,) = [each.name for each in list_runs(tmp_path / "here") if each.name != run]
    artefact = str(tmp_path / "there" / back)
    shutil.copytree(tmp_path / "here" / back, artefact)
    elsewhere = installed.operator(tmp_path / "elsewhere")
    halfway = installed.state()
    with pytest.raises(UsageError) as caught:
        elsewhere.resume(artefact)
    assert (caught.value.reference, installed.state()) == ("original-run-missing", halfway)
    shutil.copytree(tmp_path / "here" / run, tmp_path / "there" / run)
    assert elsewhere.resume(artefact).proof.is_empty
    assert installed.state() == before
    states = {each.name: each.state for each in list_runs(tmp_path / "there")}
    assert states == {run: RunState.ROLLED_BACK, back: RunState.PROVEN}


def test_what_others_began_since_a_run_stopped_is_not_published_without_a_word(
    installed: World, tmp_path: Path
) -> None:
    answer, before = installed.send, installed.state()
    refusing(installed, "PublishXml")
    with pytest.raises(DataverseError):
        apply(replace(installed.operator(tmp_path), keep=True), PATCHED)
    installed.send = answer  # type: ignore[method-assign]  # it refuses no more
    (run,) = list_runs(tmp_path)
    ours = installed.operator(tmp_path)
    views = "savedqueries?$select=savedqueryid,name&$filter=returnedtypecode eq 'contact'"
    view = next(ours.dataverse.rows("list views", views))
    edit(installed, "savedqueries", str(view["savedqueryid"]), {"description": "theirs"})
    (form,) = [each for each in ours.planner.read(PATCHED).forms if each.table == "account"]
    theirs = form.draft_xml.replace("<tabs>", "<!-- theirs --><tabs>", 1)
    edit(installed, "systemforms", form.form_id, {"formxml": theirs})
    with pytest.raises(PlanRefusedError) as caught:
        installed.operator(tmp_path).resume(run.name)
    assert caught.value.reference == "pending-of-others"
    assert f"view contact / {view['name']}" in caught.value.context
    assert f"form account / {form.name}" in caught.value.context
    edit(installed, "systemforms", form.form_id, {"formxml": form.draft_xml})
    assert installed.state().published == before.published
    outcome = installed.operator(tmp_path).resume(run.name, publish_pending=True)
    assert outcome.proof.is_empty


def test_rollback_of_an_unmanaged_update_leaves_every_column_as_it_was(
    installed: World, tmp_path: Path
) -> None:
    before = installed.components()
    operator = installed.operator(tmp_path)
    run = apply(operator, RELABELLED).run
    assert installed.components() != before
    operator.roll_back(run, inverse := operator.plan_rollback(run))
    # Dataverse says of itself which version brought a component, and what is unpublished.
    mutable = {"introducedversion", "componentstate"}
    assert [
        _changes(rows, before[table]) - mutable for table, rows in installed.components().items()
    ] == [set()] * len(before)
    assert inverse.irreversible == ()


def test_title_that_others_gave_since_is_left_to_them_by_a_rollback(
    installed: World, tmp_path: Path
) -> None:
    operator = installed.operator(tmp_path)
    run = apply(operator, RELABELLED).run
    edit(
        installed,
        "webresourceset",
        str(RELABELLED.solution.web_resources[0].web_resource_id),
        {"displayname": "Theirs"},
    )
    inverse = operator.plan_rollback(run)
    assert inverse.irreversible == ("The title of web resource pop_/form.js was changed since.",)


def test_title_alone_that_an_update_changes_is_published(installed: World, tmp_path: Path) -> None:
    apply(installed.operator(tmp_path), RELABELLED)
    rows = installed.components()["webresource__published"]
    assert {
        row["name"]: (row["displayname"], row["description"])
        for row in rows
        if str(row["name"]).startswith("pop_")
    } == {"pop_/form.js": ("The handler", "Loads"), "pop_/page.js": ("pop_/page.js", None)}


def _changes(rows: list[dict[str, object]], before: list[dict[str, object]]) -> set[str]:
    """Return the columns that differ; a row too many or too few counts as all of them."""
    if len(rows) != len(before):
        return {"rows"}
    return {
        column
        for row, earlier in zip(rows, before, strict=True)
        for column in row
        if row[column] != earlier[column]
    }


def test_import_of_others_right_before_ours_stays_published_and_is_never_rolled_back(
    empty: World, tmp_path: Path
) -> None:
    theirs = empty.operator(tmp_path / "theirs")

    def overtaking(request: Request) -> Response:
        if request.url.endswith("ImportSolutionAsync"):
            apply(theirs, SECOND)
        return empty.send(request)

    operator = empty.operator(tmp_path / "ours", overtaking)
    with pytest.raises(OvertakenError) as caught:
        apply(operator, FIRST)
    assert caught.value.reference == "import-overtaken"
    (run,) = list_runs(tmp_path / "ours")
    ours = empty.operator(tmp_path / "ours")
    for again in (ours.resume, ours.plan_rollback):
        with pytest.raises(PlanRefusedError) as refused:
            again(run.name)
        assert refused.value.reference == "import-overtaken"
    assert empty.state().published == scenarios()["update"].new.published
    apply(theirs, SECOND)
    assert empty.state() == scenarios()["update"].new


def test_other_build_of_our_version_that_came_in_after_the_plan_is_not_imported_over(
    installed: World, tmp_path: Path
) -> None:
    theirs = desired(
        SECOND.solution.version,
        (
            *SECOND.solution.web_resources[1:],
            script(LIBRARY, "Pop = {onLoad() {}, onSave() { 9 }}"),
        ),
        SECOND.registrations,
        '{"a":2}',
    )
    operator = installed.operator(tmp_path / "ours")
    plan = plan_changes(SECOND, operator.planner.read(SECOND), URL)
    apply(installed.operator(tmp_path / "theirs"), theirs)
    there, requests = installed.state(), []

    def noting(request: Request) -> Response:
        requests.append(request.url)
        return installed.send(request)

    with pytest.raises(PlanRefusedError) as caught:
        installed.operator(tmp_path / "ours", noting).apply(plan, just_read=True)
    assert caught.value.reference == "changed-meanwhile"
    assert "Nothing was written." in caught.value.context
    assert installed.state() == there
    assert not [url for url in requests if url.endswith("ImportSolutionAsync")]


def _others_at_first_write(world: World, entity_set: str, row_id: str, body: JsonObject) -> Sender:
    """Let somebody else write a row just before our first write."""
    left = [body]

    def send(request: Request) -> Response:
        if request.method != "GET" and left:
            edit(world, entity_set, row_id, left.pop())
        return world.send(request)

    return send


def _row(world: World, item: str) -> tuple[str, str]:
    """Return the set and the id of a component of ours."""
    remote = world.operator(Path()).planner.read(SECOND)
    if item == "value":
        connection, sql = world.connection, "SELECT environmentvariablevalueid FROM "
        ((value_id,),) = connection.execute(sql + "environmentvariablevalue")
        return "environmentvariablevalues", str(value_id)
    if item == "definition":
        return "environmentvariabledefinitions", remote.variables[VARIABLE.lower()].definition_id
    return "webresourceset", remote.web_resources[item].web_resource_id


@pytest.mark.parametrize(
    ("wanted", "item", "theirs", "named"),
    [
        (SECOND, "value", {"value": '"theirs"'}, f"environment variable {VARIABLE}"),
        (SECOND, "pop_/new.js", content(b"theirs"), "web resource pop_/new.js"),
        (RELABELLED, LIBRARY, {"displayname": "Theirs"}, f"web resource {LIBRARY}"),
        (RELABELLED, "definition", {"displayname": "Theirs"}, f"environment variable {VARIABLE}"),
    ],
    ids=["value", "web resource", "title", "title of a variable"],
)
def test_rollback_leaves_alone_what_somebody_changes_while_it_runs(
    installed: World, tmp_path: Path, wanted: Desired, item: str, theirs: JsonObject, named: str
) -> None:
    operator = installed.operator(tmp_path)
    run = apply(operator, wanted).run
    entity_set, row_id = _row(installed, item)
    inverse = operator.plan_rollback(run)
    meddled = installed.operator(
        tmp_path, _others_at_first_write(installed, entity_set, row_id, theirs)
    )
    with pytest.raises(PlanRefusedError) as caught:
        meddled.roll_back(run, inverse, just_read=True)
    assert (caught.value.reference, named in caught.value.message) == ("changed-meanwhile", True)
    assert f"d365pop rollback {run}" in caught.value.hint
    # Asked for again, it takes back the rest, and says what it left.
    again = operator.plan_rollback(run)
    assert any(named in sentence for sentence in again.irreversible)
    operator.roll_back(run, again, just_read=True)
    ((key, value),) = theirs.items()
    now = operator.dataverse.rows("read", f"{entity_set}?$select={key}")
    drafts = f"{entity_set}/Microsoft.Dynamics.CRM.RetrieveUnpublishedMultiple()?$select={key}"
    found = [*now, *operator.dataverse.rows("read", drafts)] if "web" in entity_set else [*now]
    assert value in [row.get(key) for row in found]


@pytest.mark.parametrize(
    "theirs", [MANAGED_NEXT, MANAGED_OTHER_BUILD], ids=["version", "build of the same version"]
)
def test_uninstall_is_not_asked_for_over_what_came_meanwhile(
    empty: World, tmp_path: Path, theirs: Desired
) -> None:
    run = apply(empty.operator(tmp_path), MANAGED).run
    operator = empty.operator(tmp_path)
    inverse = operator.plan_rollback(run)
    left = [theirs]

    def send(request: Request) -> Response:
        if request.method != "GET" and left:
            deploy(empty, left.pop(), tmp_path / "theirs")
        return empty.send(request)

    with pytest.raises(PlanRefusedError) as caught:
        empty.operator(tmp_path, send).roll_back(run, inverse, just_read=True)
    assert caught.value.reference == "changed-meanwhile"
    solution = operator.planner.read(MANAGED).solution
    assert solution is not None
    assert (solution.version, solution.description) == (
        theirs.solution.version,
        theirs.description,
    )


def test_rolling_back_twice_does_nothing_the_second_time(installed: World, tmp_path: Path) -> None:
    operator = installed.operator(tmp_path)
    outcome = apply(operator, PATCHED)
    operator.roll_back(outcome.run, operator.plan_rollback(outcome.run))
    assert operator.roll_back(outcome.run, operator.plan_rollback(outcome.run)) is None


def test_managed_version_that_drops_a_component_is_an_upgrade(empty: World, tmp_path: Path) -> None:
    deploy(empty, MANAGED, tmp_path)
    outcome = apply(empty.operator(tmp_path), MANAGED_NEXT)
    step = outcome.plan.steps[0]
    assert isinstance(step, ImportPackage)
    assert (step.kind, step.reason) == (
        ImportKind.UPGRADE,
        "version 1.0.0.0 is installed; web resources that it drops: 1",
    )
    assert [row[0] for row in empty.select_names()] == [LIBRARY]


def test_managed_update_says_beforehand_that_it_cannot_be_taken_back(
    empty: World, tmp_path: Path
) -> None:
    deploy(empty, MANAGED, tmp_path)
    plan = plan_changes(MANAGED_NEXT, empty.operator(tmp_path).planner.read(MANAGED_NEXT), URL)
    assert any("no older managed version" in sentence for sentence in plan.irreversible)


def test_managed_update_that_fails_says_what_stays_of_it_and_of_a_failed_import_that_nothing_does(
    empty: World, tmp_path: Path
) -> None:
    forms = (*FORMS, FormRegistration(FormSelector("contact"), (ON_LOAD,)))
    wanted = replace(MANAGED_NEXT, registrations=forms)
    deploy(empty, MANAGED, tmp_path)
    answer = empty.send
    refusing(empty, "StageAndUpgrade")
    with pytest.raises(DataverseError) as refused:
        apply(empty.operator(tmp_path), wanted)
    assert "Nothing of it was left to take back." in refused.value.context
    assert "Not restored" not in refused.value.context
    empty.send = answer  # type: ignore[method-assign]  # it refuses no more
    operator = empty.operator(tmp_path)
    failed = list_runs(tmp_path)[-1].name
    assert operator.plan_rollback(failed, over_later=True).irreversible == ()
    refusing(empty, "PATCH")
    with pytest.raises(DataverseError) as stopped:
        apply(empty.operator(tmp_path), wanted)
    assert "Nothing of it could be taken back." in stopped.value.context
    assert "Not restored: Dataverse takes no older managed version" in stopped.value.context


def test_newer_version_is_left_alone_when_told_so(installed: World, tmp_path: Path) -> None:
    deploy(installed, SECOND, tmp_path)
    operator = installed.operator(tmp_path)
    remote = operator.planner.read(FIRST)
    with pytest.raises(PlanRefusedError, match="is older than"):
        plan_changes(FIRST, remote, URL)
    plan = plan_changes(FIRST, remote, URL, PlanOptions(skip_lower=True))
    assert [(leave.item, leave.reason) for leave in plan.left] == [
        ("solution Pop", "skipped: 1.1.0.0 is installed, and is newer than 1.0.0.0")
    ]


def running_import(world: World, tmp_path: Path) -> None:
    """Let somebody's import be asked for, and not run before time passes."""
    dataverse = world.operator(tmp_path).dataverse
    import_solution_async(
        dataverse,
        import_job_id="11111111-1111-4111-8111-111111111111",
        upload_id=stage_solution(dataverse, SECOND.package).upload_id,
        overwrite_unmanaged=False,
    )


def test_import_of_others_that_runs_is_waited_for(installed: World, tmp_path: Path) -> None:
    said: list[str] = []
    operator = replace(installed.operator(tmp_path), say=said.append)
    plan = plan_changes(FIRST, operator.planner.read(FIRST), URL)
    plan = replace(plan, steps=plan_changes(PATCHED, operator.planner.read(PATCHED), URL).steps)
    running_import(installed, tmp_path)
    # When it has ended, the plan is no longer true: it is refused, not applied over it.
    with pytest.raises(PlanRefusedError) as caught:
        operator.apply(plan, just_read=True)
    assert caught.value.reference == "plan-stale"
    assert said[0].startswith("waiting for ")


def test_import_of_others_is_not_waited_for_when_told_so(installed: World, tmp_path: Path) -> None:
    operator = replace(installed.operator(tmp_path), wait=False)
    plan = plan_changes(PATCHED, operator.planner.read(PATCHED), URL)
    running_import(installed, tmp_path)
    with pytest.raises(PlanRefusedError) as caught:
        operator.apply(plan, just_read=True)
    assert (caught.value.reference, list_runs(tmp_path)) == ("environment-busy", [])


def test_rollback_does_not_wait_for_an_import_of_others_when_told_so(
    installed: World, tmp_path: Path
) -> None:
    run = apply(installed.operator(tmp_path), PATCHED).run
    operator = replace(installed.operator(tmp_path), wait=False)
    inverse = operator.plan_rollback(run)
    running_import(installed, tmp_path)
    there = installed.state()
    with pytest.raises(PlanRefusedError) as caught:
        operator.roll_back(run, inverse, just_read=True)
    assert (caught.value.reference, installed.state()) == ("environment-busy", there)
    assert [each.state for each in list_runs(tmp_path)] == [RunState.PROVEN]


def test_rollback_waits_for_an_import_of_others_and_is_refused_where_it_moved_what_was_read(
    installed: World, tmp_path: Path
) -> None:
    run = apply(installed.operator(tmp_path), PATCHED).run
    said: list[str] = []
    operator = replace(installed.operator(tmp_path), say=said.append)
    inverse = operator.plan_rollback(run)
    running_import(installed, tmp_path)
    with pytest.raises(PlanRefusedError) as caught:
        operator.roll_back(run, inverse, just_read=True)
    assert caught.value.reference == "plan-stale"
    assert caught.value.hint == "Run the same line again: it starts from what is there now."
    assert said[0].startswith("waiting for ")


def two_runs(installed: World, folder: Path) -> tuple[Operator, str, str]:
    """Deploy twice the same version, with another value the second time."""
    operator = installed.operator(folder)
    first = apply(operator, PATCHED).run
    later = apply(operator, replace(PATCHED, variable_values={VARIABLE: "{}"})).run
    return operator, first, later


def test_rollback_under_a_later_run_of_the_same_version_is_refused_unless_told(
    installed: World, tmp_path: Path
) -> None:
    operator, first, later = two_runs(installed, tmp_path)
    with pytest.raises(PlanRefusedError) as caught:
        operator.plan_rollback(first)
    assert (caught.value.reference, caught.value.context) == ("later-run-stands", later)
    assert f"d365pop rollback {later}" in caught.value.hint
    kept = operator.plan_rollback(first, over_later=True)
    assert f"The environment variable {VARIABLE} was changed since." in kept.irreversible
    before = scenarios()["update"].before.state()
    operator.roll_back(later, operator.plan_rollback(later), just_read=True)
    operator.roll_back(first, operator.plan_rollback(first), just_read=True)
    assert installed.state() == before


def test_rollback_under_a_later_run_that_cannot_be_read_is_refused_unless_told(
    installed: World, tmp_path: Path
) -> None:
    operator, first, later = two_runs(installed, tmp_path)
    (tmp_path / later / "journal.jsonl").write_text("{}\n", "utf-8")
    with pytest.raises(PlanRefusedError) as caught:
        operator.plan_rollback(first)
    assert caught.value.reference == "later-run-unreadable"
    assert caught.value.context.startswith(f"{later}: ")
    kept = operator.plan_rollback(first, over_later=True)
    assert f"The environment variable {VARIABLE} was changed since." in kept.irreversible


def test_run_that_was_killed_before_its_first_line_is_known_when_it_was_gone_on_with(
    installed: World, tmp_path: Path
) -> None:
    run = apply(installed.operator(tmp_path), PATCHED).run
    (tmp_path / run / "journal.jsonl").write_text("", "utf-8")
    installed.operator(tmp_path).resume(run)
    (known,) = list_runs(tmp_path, URL)
    assert (known.state, known.done) == (RunState.PROVEN, known.steps)
    (tmp_path / run / "journal.jsonl").write_text('{"at": "20', "utf-8")
    operator = installed.operator(tmp_path)
    operator.roll_back(run, operator.plan_rollback(run), just_read=True)
    states = {each.kind: each.state for each in list_runs(tmp_path, URL)}
    assert states == {PlanKind.DEPLOY: RunState.ROLLED_BACK, PlanKind.ROLLBACK: RunState.PROVEN}


def test_import_of_others_that_never_ends_is_still_running(
    installed: World, tmp_path: Path
) -> None:
    operator = installed.operator(tmp_path)
    plan = plan_changes(PATCHED, operator.planner.read(PATCHED), URL)
    running_import(installed, tmp_path)
    installed.time.waiting.clear()
    with pytest.raises(StillRunningError) as caught:
        operator.apply(plan, just_read=True)
    assert caught.value.exit_code is ExitCode.STILL_RUNNING


def test_undeploy_is_refused_while_a_form_of_others_needs_the_solution(
    installed: World, tmp_path: Path
) -> None:
    operator = installed.operator(tmp_path)
    others = replace(FIRST, registrations=(FormRegistration(FormSelector("lead"), (ON_LOAD,)),))
    lead = operator.planner.read(others).forms[0]
    edit(installed, "systemforms", lead.form_id, {"formxml": register(lead.draft_xml, [ON_LOAD])})
    with pytest.raises(PlanRefusedError) as caught:
        operator.planner.undeploy(FIRST, publish_pending=False)
    assert caught.value.reference == "solution-in-use"
    assert caught.value.message == "Pop is needed by 1 component of others."
    assert caught.value.context == f"form lead / {lead.name} ({lead.form_id.strip('{}')})"


def test_undeploy_is_refused_while_a_handler_of_others_calls_our_script_on_our_form(
    installed: World, tmp_path: Path
) -> None:
    operator = installed.operator(tmp_path)
    account = next(
        each for each in operator.planner.read(FIRST).forms if "Pop.onLoad" in each.draft_xml
    )
    theirs = replace(ON_LOAD, function_name="Pop.theirs")
    edit(
        installed,
        "systemforms",
        account.form_id,
        {"formxml": register(account.draft_xml, [theirs])},
    )
    before = installed.state()
    with pytest.raises(PlanRefusedError) as caught:
        operator.planner.undeploy(FIRST, publish_pending=True)
    assert caught.value.reference == "solution-in-use"
    assert f"form account / {account.name}" in caught.value.context
    assert installed.state() == before


def test_undeploy_names_a_web_resource_of_others_and_without_its_name_the_id(
    installed: World, tmp_path: Path
) -> None:
    operator = installed.operator(tmp_path)
    there = operator.planner.read(FIRST).web_resources[LIBRARY]
    found = Dependent(there.web_resource_id, 61)
    named = f"web resource {LIBRARY} ({there.web_resource_id})"
    assert describe_dependent(operator.dataverse, found) == named
    gone = Dependent("00000000-0000-4000-8000-000000000001", 61)
    assert describe_dependent(operator.dataverse, gone) == f"web resource {gone.object_id}"
    other = Dependent(gone.object_id, 29)
    assert describe_dependent(operator.dataverse, other) == (
        f"component of type 29 {other.object_id}"
    )


def test_drift_after_a_push_compares_with_what_was_pushed(empty: World, tmp_path: Path) -> None:
    operator = empty.operator(tmp_path)
    first = apply(operator, FIRST).run
    pushed = replace(FIRST, solution=PATCHED.solution)
    push = operator.apply(plan_push(pushed, operator.planner.read(pushed), URL), just_read=True).run

    def drift() -> tuple[list[str], list[str]]:
        found = last_deployed(tmp_path, f"{URL}/")
        assert found
        return [run.name for run in found[1]], [d.item for d in operator.planner.drift(found[0])]

    assert drift() == ([first, push], [])
    there = operator.planner.read(FIRST).web_resources[LIBRARY]
    edit(empty, "webresourceset", there.web_resource_id, content(b"theirs"))
    assert drift() == ([first, push], [f"web resource {LIBRARY}"])
    edit(empty, "webresourceset", there.web_resource_id, content(there.draft))
    operator.roll_back(push, operator.plan_rollback(push))
    assert drift() == ([first], [])


def test_drift_names_what_changed_and_who_did_it(installed: World, tmp_path: Path) -> None:
    operator = installed.operator(tmp_path)
    assert operator.planner.drift(FIRST) == ()
    there = operator.planner.read(FIRST).web_resources[LIBRARY]
    edit(installed, "webresourceset", there.web_resource_id, content(b"theirs"))
    (found,) = operator.planner.drift(FIRST)
    assert (found.item, found.what) == (f"web resource {LIBRARY}", "has an unpublished edit")
    assert (bool(found.modified_on), bool(found.modified_by)) == (True, True)


def test_phantom_layer_is_no_drift_and_a_real_one_is(empty: World, tmp_path: Path) -> None:
    deploy(empty, MANAGED, tmp_path)
    operator = empty.operator(tmp_path)
    there = operator.planner.read(MANAGED).web_resources[LIBRARY]
    edit(empty, "webresourceset", there.web_resource_id, content(there.draft))
    assert operator.planner.drift(MANAGED) == ()
    edit(empty, "webresourceset", there.web_resource_id, content(b"theirs"))
    assert [each.what for each in operator.planner.drift(MANAGED)] == [
        "has an unpublished edit",
        "is hidden by an unmanaged layer over content",
    ]


def test_deploy_with_nothing_to_do_makes_nine_reads(installed: World, tmp_path: Path) -> None:
    sent: list[str] = []

    def send(request: Request) -> Response:
        sent.append(request.method)
        return installed.send(request)

    deploy(installed, FIRST, tmp_path, send)
    assert (sent, list_runs(tmp_path)) == (["GET"] * 9, [])


def test_managed_first_install_is_taken_back_whole(empty: World, tmp_path: Path) -> None:
    before = empty.state()
    operator = empty.operator(tmp_path)
    outcome = apply(operator, MANAGED)
    operator.roll_back(outcome.run, operator.plan_rollback(outcome.run))
    assert empty.state() == before
