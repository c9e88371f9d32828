"""The executor: steps in order, each journaled first, and a full stop at the first failure."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from d365pop.dataverse.client import Dataverse
from d365pop.deploy.clock import Clock
from d365pop.deploy.executor import Executor
from d365pop.deploy.journal import open_journal
from d365pop.deploy.plan import EditForm, Plan, Publish, SetVariable, Step, UpdateWebResource
from d365pop.errors import (
    D365PopError,
    DataverseError,
    ExitCode,
    InterruptedRunError,
    PlanRefusedError,
)
from d365pop.transport import Request, Response, Transport

UPDATE = UpdateWebResource("id-a", "pre_/a.js", "differs", b"old", b"new")
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
    tmp_path: Path, steps: tuple[Step, ...], sender: Callable[[Request], Response]
) -> tuple[Heard, list[dict[str, object]], D365PopError | None]:
    heard = Heard()
    plan = Plan("https://contoso.crm.dynamics.com", "org", steps, ())
    dataverse = Dataverse(plan.environment_url, Transport(sender), Tokens())
    failure = None
    with open_journal(tmp_path, "prod") as journal:
        executor = Executor(dataverse, journal, heard, Clock(lambda: 0.0), 10.0)
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
    assert sent == [("PATCH", "*"), ("PATCH", 'W/"7"')]
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


def test_form_changed_since_the_plan_is_a_stale_plan(tmp_path: Path) -> None:
    sender = refusing("PATCH", "systemforms", 412, "0x80060882")
    _, _, failure = run(tmp_path, (EDIT,), sender)
    assert isinstance(failure, PlanRefusedError)
    assert (failure.reference, failure.exit_code) == ("form-changed", ExitCode.PLAN_REFUSED)


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


def test_failure_in_a_later_step_says_what_was_written_before(tmp_path: Path) -> None:
    sender = refusing("PATCH", "systemforms", 400, "0x80048425")
    _, _, failure = run(tmp_path, (UPDATE, EDIT), sender)
    assert failure is not None
    assert failure.context.endswith("Written before: 1 of 2 steps; nothing of it is undone.")
