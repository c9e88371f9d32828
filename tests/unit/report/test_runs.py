"""Reports of runs: from plan and journal to every format, for success, failure and patience."""

import json
from dataclasses import replace
from importlib.resources import files

import pytest
from jsonschema import Draft202012Validator
from lxml import etree

from d365pop.deploy.following import NO_HANDLES
from d365pop.deploy.plan import Leave, Plan, PlanKind, Publish, Step, UpdateWebResource
from d365pop.deploy.run import Run, RunState
from d365pop.errors import (
    D365PopError,
    DataverseError,
    ExitCode,
    InterruptedRunError,
    StillRunningError,
    VerificationError,
)
from d365pop.models import Json
from d365pop.report.names import ReportFormat, RunFormat
from d365pop.report.run_formats import format_azure, render_run
from d365pop.report.runs import (
    CommandReport,
    ReportedDrift,
    StepState,
    gravest,
    report_drift,
    report_run,
    smoke_step,
)

SCHEMA = json.loads(files("d365pop.report").joinpath("schemas", "run-1.json").read_text("utf-8"))
STEPS: tuple[Step, ...] = (
    UpdateWebResource("id", "pre_/a.js", "its content differs", b"old", b"new"),
    Publish((), ("pre_/a.js",), ()),
)
PLAN = Plan("https://contoso.crm.dynamics.com", "org", STEPS, (Leave("form", "same"),))
REFUSED = DataverseError(
    "publish-refused",
    "No <b>publish</b> ##vso[x].",
    status=400,
    context="::error::why",
    hint="Wait.",
)
STOP = InterruptedRunError("interrupted", "Interrupted.", hint="d365pop resume run-1")
STILL = StillRunningError("still-running", "The import still runs.", hint="d365pop resume run-1")


def events(*told: tuple[int, str, dict[str, Json]]) -> tuple[dict[str, Json], ...]:
    return tuple(
        {"at": f"2026-01-01T00:00:{second:02}.000+00:00", "event": name, **facts}
        for second, name, facts in told
    )


def run(state: RunState, *told: tuple[int, str, dict[str, Json]]) -> Run:
    heard = events((0, "planned", {}), *told)
    return Run(
        "run-1",
        PlanKind.DEPLOY,
        PLAN.environment_url,
        "2026",
        state,
        2,
        1,
        "",
        "",
        NO_HANDLES,
        heard,
    )


STARTED: tuple[tuple[int, str, dict[str, Json]], ...] = (
    (1, "starts", {"steps": [0]}),
    (3, "done", {"step": 0}),
    (3, "starts", {"steps": [1]}),
)
PROVEN = run(RunState.PROVEN, *STARTED, (7, "done", {"step": 1}), (8, "proven", {}))
FAILED = run(
    RunState.FAILED, *STARTED, (4, "failed", {"step": 1, "message": "No.", "reference": "no"})
)
INTERRUPTED = run(
    RunState.STOPPED,
    *STARTED,
    (4, "failed", {"step": 1, "message": "Interrupted.", "reference": "interrupted"}),
)
KILLED = run(RunState.STOPPED, *STARTED)
OUTLASTED = run(
    RunState.STILL_RUNNING,
    *STARTED,
    (4, "still-running", {"step": 1, "message": "It runs.", "reference": "still-running"}),
)

LOOKED: list[Json] = [
    {"passed": True, "text": "softphone pane: connected"},
    {"passed": False, "text": "browser: TypeError <b>"},
]
SMOKED: tuple[tuple[int, str, dict[str, Json]], ...] = (
    *STARTED,
    (7, "done", {"step": 1}),
    (8, "proven", {}),
    (9, "smoke-begins", {}),
)
SMOKE_PASSED = run(RunState.PROVEN, *SMOKED, (12, "smoke-passed", {"findings": [LOOKED[0]]}))
SMOKE_FAILED = run(RunState.SMOKE_FAILED, *SMOKED, (12, "smoke-failed", {"findings": LOOKED}))
SMOKE_KILLED = run(RunState.PROVEN, *SMOKED)
NOT_SMOKED = VerificationError("smoke-failed", "Proven, but the smoke test failed.")

DRIFT = (
    ReportedDrift("web resource pre_/a.js", "has <b>another</b> content", "##vso[x] A", "2026"),
    ReportedDrift("form contact / Contact", "lacks its handlers", unnamed="no author is kept"),
)
REPORTS = {
    "proven": report_run("test", PLAN, PROVEN),
    "failed": report_run("test", PLAN, FAILED, error=REFUSED),
    "interrupted": report_run("test", PLAN, INTERRUPTED, error=STOP),
    "still": report_run("test", PLAN, OUTLASTED, error=STILL),
    "planned": report_run("test", PLAN, exit_code=ExitCode.DIFFERS),
    "no-plan": report_run("test", None, error=REFUSED),
    "stopped reading": report_run("test", None, error=STOP),
    "smoke passed": report_run("test", PLAN, SMOKE_PASSED),
    "smoke failed": report_run("test", PLAN, SMOKE_FAILED, error=NOT_SMOKED),
    "smoke killed": report_run("test", PLAN, SMOKE_KILLED),
    "smoke alone": report_run(
        "test", replace(PLAN, steps=()), smoke=smoke_step([(True, "all is well")], 0.0, 2.5)
    ),
    "drifted": replace(
        report_drift("test", PLAN.environment_url, DRIFT, ("compared with run run-1",)),
        exit_code=ExitCode.DIFFERS,
    ),
}
each_report = pytest.mark.parametrize("name", REPORTS)


def of(name: str) -> CommandReport:
    return CommandReport("deploy", (REPORTS[name],))


@pytest.mark.parametrize(
    ("name", "states", "state"),
    [
        ("proven", [StepState.DONE, StepState.DONE], "proven"),
        ("failed", [StepState.DONE, StepState.FAILED], "failed"),
        ("interrupted", [StepState.DONE, StepState.UNKNOWN], "stopped"),
        ("still", [StepState.DONE, StepState.UNKNOWN], "still running"),
        ("planned", [StepState.PLANNED, StepState.PLANNED], "planned"),
        ("no-plan", [], "failed"),
        ("stopped reading", [], "stopped"),
        ("smoke passed", [StepState.DONE] * 3, "proven"),
        ("smoke failed", [*[StepState.DONE] * 2, StepState.FAILED], "proven, smoke test failed"),
        ("smoke killed", [*[StepState.DONE] * 2, StepState.UNKNOWN], "proven"),
        ("smoke alone", [StepState.DONE], "nothing to do"),
    ],
)
def test_report_tells_how_far_each_step_came(
    name: str, states: list[StepState], state: str
) -> None:
    made = REPORTS[name]
    assert ([step.state for step in made.steps], made.state) == (states, state)


def test_run_is_told_in_every_format_of_a_check_that_has_a_place_for_steps() -> None:
    assert [each for each in ReportFormat if each.value not in {*RunFormat}] == [ReportFormat.SARIF]


def test_times_are_counted_from_the_beginning_of_the_run() -> None:
    made = REPORTS["proven"]
    assert [(step.began, step.seconds) for step in made.steps] == [(1.0, 2.0), (3.0, 4.0)]
    assert made.seconds == 7.0


def test_step_that_begins_again_has_neither_ended_nor_failed() -> None:
    resumed = run(
        RunState.STOPPED,
        *STARTED,
        (4, "failed", {"step": 1, "message": "No.", "reference": "no"}),
        (20, "resumed", {}),
        (21, "starts", {"steps": [0]}),
    )
    steps = report_run("test", PLAN, resumed).steps
    assert [(step.state, step.seconds) for step in steps] == [
        (StepState.UNKNOWN, None),
        (StepState.FAILED, 1.0),
    ]
    again: tuple[tuple[int, str, dict[str, Json]], ...] = (
        *STARTED,
        (20, "starts", {"steps": [0, 1]}),
        (22, "done", {"step": 1}),
    )
    steps = report_run("test", PLAN, run(RunState.STOPPED, *again)).steps
    assert [(step.began, step.seconds) for step in steps] == [(20.0, None), (20.0, 2.0)]


def test_smoke_test_is_the_last_step_with_what_was_seen() -> None:
    step = REPORTS["smoke failed"].steps[-1]
    assert (step.began, step.seconds, step.failure) == (9.0, 3.0, "browser: TypeError <b>")
    assert step.details == ("passed: softphone pane: connected", "failed: browser: TypeError <b>")


@each_report
def test_json_is_valid_for_its_schema(name: str) -> None:
    document = json.loads(render_run(RunFormat.JSON, of(name)))
    Draft202012Validator(SCHEMA).validate(document)
    assert document["exit_code"] == REPORTS[name].exit_code


def test_schema_refuses_another_shape() -> None:
    document = json.loads(render_run(RunFormat.JSON, of("proven")))
    document["runs"][0]["state"] = "fine"
    assert not Draft202012Validator(SCHEMA).is_valid(document)


def test_schema_describes_every_key_that_is_written() -> None:
    document = json.loads(render_run(RunFormat.JSON, of("failed")))
    run_keys, step_keys = SCHEMA["$defs"]["run"], SCHEMA["$defs"]["step"]
    assert sorted(document) == sorted(SCHEMA["required"])
    assert sorted(document["runs"][0]) == sorted(run_keys["required"])
    assert sorted(document["runs"][0]["steps"][0]) == sorted(step_keys["required"])


@pytest.mark.parametrize(
    ("name", "counts"),
    [
        ("proven", ("2", "0", "0")),
        ("failed", ("2", "1", "0")),
        ("still", ("3", "0", "2")),
        ("no-plan", ("1", "1", "0")),
        ("drifted", ("2", "2", "0")),
        ("smoke failed", ("3", "1", "0")),
    ],
)
def test_junit_has_a_case_for_each_step(name: str, counts: tuple[str, str, str]) -> None:
    root = etree.fromstring(render_run(RunFormat.JUNIT, of(name)).encode())
    assert (root.get("tests"), root.get("failures"), root.get("skipped")) == counts


def test_junit_says_how_long_a_step_took() -> None:
    root = etree.fromstring(render_run(RunFormat.JUNIT, of("proven")).encode())
    assert [case.get("time") for case in root.iter("testcase")] == ["2.000", "4.000"]


def test_github_gets_one_annotation_for_a_failure_and_none_for_success() -> None:
    assert render_run(RunFormat.GITHUB, of("proven")) == ""
    (line,) = render_run(RunFormat.GITHUB, of("failed")).splitlines()
    assert line.startswith("::error title=d365pop deploy::test: No <b>publish</b> **vso[x].")


def test_patience_that_ran_out_is_a_warning_and_no_failure() -> None:
    (line,) = render_run(RunFormat.GITHUB, of("still")).splitlines()
    assert line == (
        "::warning title=still running::test: The import still runs. d365pop resume run-1"
    )
    assert format_azure(of("still")).splitlines()[-1] == (
        "##vso[task.complete result=SucceededWithIssues;]d365pop deploy"
    )


def test_azure_is_told_issue_summary_and_outcome() -> None:
    issue, summary, outcome = format_azure(of("failed"), "/agent/summary.md").splitlines()
    assert issue.startswith("##vso[task.logissue type=error;]test: No ")
    assert summary == "##vso[task.uploadsummary]/agent/summary.md"
    assert outcome == "##vso[task.complete result=Failed;]d365pop deploy"
    assert format_azure(of("proven")) == ""


def test_drift_is_named_with_who_and_when_in_every_format() -> None:
    (made,) = json.loads(render_run(RunFormat.JSON, of("drifted")))["runs"]
    assert (made["state"], made["left"]) == ("drifted", ["compared with run run-1"])
    assert [tuple(each.values()) for each in made["drift"]] == [
        ("web resource pre_/a.js", "has <b>another</b> content", "##vso[x] A", "2026", ""),
        ("form contact / Contact", "lacks its handlers", None, "", "no author is kept"),
    ]
    assert render_run(RunFormat.TEXT, of("drifted")).splitlines() == [
        "test: drifted",
        "  differs  web resource pre_/a.js has <b>another</b> content (**vso[x] A, 2026)",
        "  differs  form contact / Contact lacks its handlers (no author is kept)",
        "  left     compared with run run-1",
    ]
    assert [line.partition("::test: ")[2] for line in _lines(RunFormat.GITHUB)] == [
        "web resource pre_/a.js has <b>another</b> content (**vso[x] A, 2026).",
        "form contact / Contact lacks its handlers (no author is kept).",
    ]
    assert "- form contact / Contact lacks its handlers (no author is kept)." in _lines(
        RunFormat.MARKDOWN
    )
    page = render_run(RunFormat.HTML, of("drifted"))
    assert "has &lt;b&gt;another&lt;/b&gt; content" in page
    assert "Left alone" not in page


def _lines(form: RunFormat) -> list[str]:
    return render_run(form, of("drifted")).splitlines()


@each_report
@pytest.mark.parametrize("form", [RunFormat.TEXT, RunFormat.MARKDOWN, RunFormat.HTML])
def test_foreign_text_steers_no_log_and_no_page(name: str, form: RunFormat) -> None:
    text = render_run(form, of(name))
    assert "##vso" not in text
    assert not any(line.lstrip().startswith("::error") for line in text.splitlines())
    if form is not RunFormat.TEXT:
        assert "<b>" not in text


@pytest.mark.parametrize("form", RunFormat)
def test_report_holds_no_secret_and_nothing_unseen(form: RunFormat) -> None:
    told = "said client_secret=hunter2hunter2 \u202e\x1b[2J\r\n"
    refused = DataverseError("publish-refused", told, status=400, context=told, hint=told)
    drifted = report_drift("test", "https://x", [ReportedDrift(told, told, told)], [told])
    failed = report_run("test", replace(PLAN, irreversible=(told,)), error=refused)
    text = render_run(form, CommandReport("deploy", (failed, drifted)))
    assert "hunter2" not in text
    assert not set(text) & set("\r\x1b\u202e")


def test_page_draws_the_timeline_without_styles_or_scripts_of_its_own() -> None:
    page = render_run(RunFormat.HTML, of("proven"))
    assert page.count("<rect ") == 2
    assert "<h3>Left alone</h3><ul>\n<li>form: same</li>" in page
    assert "style=" not in page
    assert "<script" not in page


@pytest.mark.parametrize(
    ("codes", "worst"),
    [
        ([], 0),
        ([0, 13], 13),
        ([13, 11], 11),
        ([11, 8, 0], 8),
        ([8, 12], 12),
        ([12, 10, 130], 10),
        ([9, 130], 130),
    ],
)
def test_gravest_exit_code_wins(codes: list[int], worst: int) -> None:
    assert gravest(codes) == worst


def test_failure_of_every_kind_is_graver_than_success() -> None:
    for kind in D365PopError.__subclasses__():
        assert gravest([0, kind.exit_code, 0]) == kind.exit_code
