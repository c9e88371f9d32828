"""The executor: steps in order, each journaled first, and a full stop at the first failure."""

import base64
import json
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TypeVar

import pytest

from d365pop.dataverse.client import Dataverse
from d365pop.deploy.clock import Clock
from d365pop.deploy.executor import Executor
from d365pop.deploy.journal import Journal, open_journal
from d365pop.deploy.looking import look
from d365pop.deploy.plan import (
    DeleteVariable,
    EditForm,
    Plan,
    Publish,
    SetVariable,
    Step,
    UpdateWebResource,
    WriteRow,
)
from d365pop.errors import (
    ConfigurationError,
    D365PopError,
    DataverseError,
    ExitCode,
    InterruptedRunError,
    NetworkError,
    PlanRefusedError,
)
from d365pop.own_rows import RowKind
from d365pop.parallel import Pool, one_by_one
from d365pop.transport import Request, Response, Transport

T = TypeVar("T")

UPDATE = UpdateWebResource("id-a", "pre_/a.js", "differs", b"old", b"new", 'W/"3"')
EDIT = EditForm("form-1", "contact", "Contact", "register", 'W/"7"', "<form/>", "<form> </form>")
SET = SetVariable("pre_Settings", "differs", None, "{}")
PUBLISH = Publish(("contact",), ("pre_/a.js",), ())


class Tokens:
    def token(self) -> str:
        return "secret-token"

    def renew(self) -> str:
        return "secret-token"


class Heard:
    """Progress as a list of words."""

    def __init__(self) -> None:
        self.words: list[str] = []

    def started(self, index: int, step: Step) -> None:
        self.words.append(f"start {index} {type(step).__name__}")

    def advanced(self, fraction: float) -> None:
        self.words.append(f"at {fraction}")

    def warned(self, text: str) -> None:
        self.words.append(text)

    def finished(self, index: int, step: Step, seconds: float) -> None:
        self.words.append(f"end {index} {type(step).__name__} {seconds}")


def empty(_: Request) -> Response:
    return Response(204)


def refusing(method: str, part: str, status: int, code: str) -> Callable[[Request], Response]:
    def answer(request: Request) -> Response:
        if request.method == method and part in request.url:
            body = json.dumps({"error": {"code": code, "message": "No."}})
            return Response(status, body=body.encode())
        return list_of() if request.method == "GET" else empty(request)

    return answer


def list_of(*rows: dict[str, object]) -> Response:
    return Response(200, body=json.dumps({"value": rows}).encode())


def run(
    tmp_path: Path,
    steps: tuple[Step, ...],
    sender: Callable[[Request], Response],
    pool: Pool = one_by_one,
) -> tuple[Heard, list[dict[str, object]], D365PopError | None]:
    heard = Heard()
    plan = Plan("https://contoso.crm.dynamics.com", "org", steps, ())
    dataverse = Dataverse(plan.environment_url, Transport(sender, sleep=lambda _: None), Tokens())
    failure = None
    with open_journal(tmp_path, "prod", plan) as journal:
        executor = Executor(
            dataverse, journal, heard, Clock(lambda: 0.0, lambda _: None), 10.0, pool
        )
        try:
            executor.run(plan)
        except D365PopError as error:
            failure = error
        text = (journal.folder / "journal.jsonl").read_text(encoding="utf-8")
    assert "secret-token" not in text
    return heard, [json.loads(line) for line in text.splitlines()], failure


def test_steps_run_in_order_and_each_is_journaled_before_and_after(tmp_path: Path) -> None:
    sent = []

    def sender(request: Request) -> Response:
        sent.append((request.method, request.headers.get("If-Match")))
        return Response(204)

    heard, records, failure = run(tmp_path, (UPDATE, EDIT), sender)
    assert failure is None
    assert sent == [("PATCH", 'W/"3"'), ("PATCH", 'W/"7"')]
    assert [record["event"] for record in records] == [
        "planned",
        "starts",
        "done",
        "starts",
        "done",
    ]
    assert heard.words == [
        "start 0 UpdateWebResource",
        "end 0 UpdateWebResource 0.0",
        "start 1 EditForm",
        "end 1 EditForm 0.0",
    ]


def test_first_failure_stops_the_run_and_is_journaled(tmp_path: Path) -> None:
    sender = refusing("PATCH", "webresourceset", 403, "0x80040220")
    heard, records, failure = run(tmp_path, (UPDATE, EDIT), sender)
    assert isinstance(failure, DataverseError)
    assert heard.words == ["start 0 UpdateWebResource"]
    assert [record["event"] for record in records] == ["planned", "starts", "failed"]
    assert records[-1]["reference"] == failure.reference


class Rows:
    """One web resource and one form, each with a content that may be another than expected."""

    def __init__(self, *, content: bytes, form_xml: str, lost: bool = False) -> None:
        self.content, self.form_xml, self.lost = content, form_xml, lost
        self.writes: list[str] = []

    def __call__(self, request: Request) -> Response:
        if request.method == "PATCH":
            self.writes.append(request.headers["If-Match"])
            if self.lost and len(self.writes) == 1:
                raise NetworkError("connection-dropped", "The connection broke.")
            code = json.dumps({"error": {"code": "0x80060882", "message": "Changed."}})
            return Response(412, body=code.encode())
        row = {
            "@odata.etag": 'W/"99"',
            "webresourceid": "id-a",
            "name": "pre_/a.js",
            "content": base64.b64encode(self.content).decode(),
            "ismanaged": False,
            "formid": "form-1",
            "objecttypecode": "contact",
            "formactivationstate": 1,
            "iscustomizable": {"Value": True},
            "formxml": self.form_xml,
        }
        return Response(200, body=json.dumps(row).encode())


@pytest.mark.parametrize("lost", [True, False], ids=["lost-answer", "row-changed"])
@pytest.mark.parametrize("step", [UPDATE, EDIT], ids=["web-resource", "form"])
def test_write_that_was_carried_out_is_not_sent_again(
    tmp_path: Path, step: Step, *, lost: bool
) -> None:
    rows = Rows(content=b"new", form_xml="<form> </form>", lost=lost)
    heard, _, failure = run(tmp_path, (step,), rows)
    assert failure is None
    assert (len(rows.writes), heard.words[-1][:5]) == (1 + lost, "end 0")


def test_web_resource_read_without_a_version_is_compared_before_it_is_written(
    tmp_path: Path,
) -> None:
    rows = Rows(content=b"theirs", form_xml="<form/>")
    _, _, failure = run(tmp_path, (replace(UPDATE, row_version=""),), rows)
    assert isinstance(failure, PlanRefusedError)
    assert (failure.reference, rows.writes) == ("changed-meanwhile", [])


@pytest.mark.parametrize("step", [UPDATE, EDIT], ids=["web-resource", "form"])
def test_row_that_somebody_else_changed_is_left_to_them(tmp_path: Path, step: Step) -> None:
    rows = Rows(content=b"theirs", form_xml="<form>theirs</form>")
    _, _, failure = run(tmp_path, (step,), rows)
    assert isinstance(failure, PlanRefusedError)
    assert (failure.reference, failure.exit_code) == ("changed-meanwhile", ExitCode.PLAN_REFUSED)
    assert len(rows.writes) == 1


def test_row_with_another_version_but_the_same_content_is_written_for_that_version(
    tmp_path: Path,
) -> None:
    rows = Rows(content=b"old", form_xml="<form/>")
    _, _, failure = run(tmp_path, (UPDATE,), rows)
    assert isinstance(failure, DataverseError)
    assert rows.writes == ['W/"3"', *['W/"99"'] * 3]


def test_other_refusal_of_a_form_stays_what_it_is(tmp_path: Path) -> None:
    sender = refusing("PATCH", "systemforms", 400, "0x80048425")
    _, _, failure = run(tmp_path, (EDIT,), sender)
    assert isinstance(failure, DataverseError)
    assert failure.code == "0x80048425"


@pytest.mark.parametrize(
    ("step", "reference"),
    [(PUBLISH, "web-resource-missing"), (SET, "variable-missing")],
    ids=["publish", "variable"],
)
def test_component_that_the_import_did_not_bring_is_named(
    tmp_path: Path, step: Step, reference: str
) -> None:
    _, _, failure = run(tmp_path, (step,), lambda _: list_of())
    assert isinstance(failure, DataverseError)
    assert failure.reference == reference


@pytest.mark.parametrize(
    "step",
    [
        SetVariable("pre_Settings", "back", "ours", None),
        SetVariable("pre_Settings", "back", "ours", "former"),
        DeleteVariable("pre_Settings", "back", "ours"),
    ],
    ids=["clear", "set", "delete"],
)
def test_value_that_somebody_else_set_is_left_to_them(tmp_path: Path, step: Step) -> None:
    variable: dict[str, object] = {
        "environmentvariabledefinitionid": "d",
        "schemaname": "pre_Settings",
        "environmentvariabledefinition_environmentvariablevalue": [
            {"environmentvariablevalueid": "v", "value": "theirs"}
        ],
    }
    writes: list[str] = []

    def sender(request: Request) -> Response:
        if request.method != "GET":
            writes.append(request.url)
        return list_of(variable)

    _, _, failure = run(tmp_path, (step,), sender)
    assert isinstance(failure, PlanRefusedError)
    assert (failure.reference, writes) == ("changed-meanwhile", [])


def test_command_read_without_a_version_is_compared_before_it_is_written(tmp_path: Path) -> None:
    methods: list[str] = []

    def sender(request: Request) -> Response:
        methods.append(request.method)
        return list_of({"appactionid": "a", "uniquename": "pre_phone", "fonticon": "Theirs"})

    step = WriteRow(RowKind.COMMAND, "pre_phone", "a", "back", {"fonticon": "A"}, {"fonticon": "B"})
    _, _, failure = run(tmp_path, (step,), sender)
    assert isinstance(failure, PlanRefusedError)
    assert (failure.reference, methods) == ("changed-meanwhile", ["GET"])


def test_value_that_went_with_its_variable_is_not_taken_away_again() -> None:
    def look_at(step: SetVariable) -> Step | None:
        transport = Transport(lambda _: list_of(), sleep=lambda _: None)
        return look(Dataverse("https://contoso.crm.dynamics.com", transport, Tokens()), step)

    assert look_at(SetVariable("pre_Settings", "undeploy", "{}", None)) is None
    with pytest.raises(DataverseError):
        look_at(SET)


def test_ctrl_c_says_what_was_written_and_what_goes_on(tmp_path: Path) -> None:
    def sender(request: Request) -> Response:
        if "systemforms" in request.url:
            raise KeyboardInterrupt
        return Response(204)

    _, records, failure = run(tmp_path, (UPDATE, EDIT), sender)
    assert isinstance(failure, InterruptedRunError)
    assert failure.message == "Interrupted in step 2 of 2."
    assert failure.context.startswith("Written before: 1 of 2 steps")
    assert [record["event"] for record in records][-1] == "failed"


def test_ctrl_c_among_writes_at_the_same_time_names_the_step_that_it_stopped(
    tmp_path: Path,
) -> None:
    other = replace(UPDATE, web_resource_id="id-b", name="pre_/b.js")

    def sender(request: Request) -> Response:
        if "id-b" in request.url:
            raise KeyboardInterrupt
        return Response(204)

    _, records, failure = run(tmp_path, (UPDATE, other, other), sender)
    assert isinstance(failure, InterruptedRunError)
    assert failure.message == "Interrupted in step 2 of 3."
    assert failure.context == (
        "Written before: 1 of 3 steps. What step 2 has asked for goes on in the environment."
    )
    assert [(each["event"], each.get("step")) for each in records[2:]] == [
        ("done", 0),
        ("failed", 1),
    ]


def test_ctrl_c_between_writes_names_the_step_that_did_not_begin(tmp_path: Path) -> None:
    def stopping(tasks: Sequence[Callable[[], T]]) -> list[T]:
        tasks[0]()
        raise KeyboardInterrupt

    _, records, failure = run(tmp_path, (UPDATE, UPDATE), lambda _: Response(204), stopping)
    assert isinstance(failure, InterruptedRunError)
    assert (failure.message, failure.context) == (
        "Interrupted before step 2 of 2.",
        "Written before: 1 of 2 steps.",
    )
    assert [(each["event"], each.get("step")) for each in records[2:]] == [
        ("done", 0),
        ("failed", 1),
    ]


def test_ctrl_c_while_the_journal_is_flushed_says_how_far_the_run_came(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    starts = Journal.starts

    def pressed(journal: Journal, indexes: list[int]) -> None:
        starts(journal, indexes)
        if indexes == [1]:
            raise KeyboardInterrupt

    monkeypatch.setattr(Journal, "starts", pressed)
    _, _, failure = run(tmp_path, (UPDATE, EDIT), lambda _: Response(204))
    assert isinstance(failure, InterruptedRunError)
    assert failure.message == "Interrupted before step 2 of 2."


def test_failure_that_a_full_disk_does_not_take_is_told_all_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise ConfigurationError("journal-unwritable", "The journal cannot be written.")

    monkeypatch.setattr(Journal, "failed", full)
    _, _, failure = run(tmp_path, (EDIT,), refusing("PATCH", "systemforms", 400, "0x80048425"))
    assert isinstance(failure, DataverseError)
    assert failure.context.splitlines()[-1] == "The journal cannot be written."


def test_failure_in_a_later_step_says_what_was_written_before(tmp_path: Path) -> None:
    sender = refusing("PATCH", "systemforms", 400, "0x80048425")
    _, _, failure = run(tmp_path, (UPDATE, EDIT), sender)
    assert failure is not None
    assert failure.context.endswith("Written before: 1 of 2 steps.")
