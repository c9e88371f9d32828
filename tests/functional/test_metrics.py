"""``d365pop metrics``: what a manager sees, in every format, and what is refused."""

import csv
import io
import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from d365pop.emulator import seed
from d365pop.emulator.seed_roles import ADMINISTRATOR
from d365pop.emulator.server import EmulatorOptions, start
from d365pop.errors import ExitCode
from tests.insights import CONNECTION, TOKEN, running_insights
from tests.local_dataverse import LocalDataverse
from tests.workspace import Workspace

SPAN = ("--since", "2025-03-01", "--until", "2025-04-01")
CALLS = {"agents": 8, "calls": 4_000, "from": "2025-03-01", "days": 28}
METRICS = ("metrics", "--env", "local")


@pytest.fixture
def dataverse(workspace: Workspace, tmp_path: Path) -> Iterator[LocalDataverse]:
    """Run a local Dataverse with four weeks of calls."""
    file = tmp_path / "seed.json"
    file.write_text(json.dumps({"calls": CALLS}), encoding="utf-8")
    with start(EmulatorOptions(port=workspace.port, seed=file)) as server:
        yield LocalDataverse(server.url)


@pytest.mark.usefixtures("dataverse")
def test_summary_is_for_people(workspace: Workspace) -> None:
    done = workspace.run(*METRICS, *SPAN)
    assert done.returncode == ExitCode.OK, done.stderr
    assert "\nPhone calls: 4,000\n" in done.stdout
    assert "\nMatch rate: not measured\n  no application_insights" in done.stdout
    assert "Agent 0001" not in done.stdout


@pytest.mark.usefixtures("dataverse")
def test_json_and_csv_say_the_same(workspace: Workspace) -> None:
    told = json.loads(workspace.run(*METRICS, *SPAN, "--format", "json").stdout)
    lines = list(csv.reader(io.StringIO(workspace.run(*METRICS, *SPAN, "--format", "csv").stdout)))
    in_json = {each["key"]: each["value"] for each in told["metrics"] if each["value"] is not None}
    in_csv = {row[0]: float(row[2]) for row in lines[1:] if not row[1] and row[0] in in_json}
    assert in_json == in_csv
    assert in_json["calls"] == 4_000
    assert sum(week["calls"] for week in told["weeks"]) == 4_000


@pytest.mark.usefixtures("dataverse")
def test_before_and_after_is_the_same_however_often_it_is_asked(workspace: Workspace) -> None:
    line = (*METRICS, *SPAN, "--change", "2025-03-15", "--format", "json")
    first, second = workspace.run(*line), workspace.run(*line)
    assert first.stdout == second.stdout
    found = json.loads(first.stdout)["comparison"]
    assert (found["agents"], found["verdict"]) == (8, "refuted")
    assert found["calls_before"] + found["calls_after"] <= 4_000


@pytest.mark.usefixtures("dataverse")
def test_agents_are_named_only_where_they_are_asked_for(workspace: Workspace) -> None:
    told = json.loads(workspace.run(*METRICS, *SPAN, "--agents", "--format", "json").stdout)
    assert sorted(each["name"] for each in told["agents"]) == [
        f"Agent {n:04d}" for n in range(1, 9)
    ]


@pytest.mark.usefixtures("dataverse")
def test_time_without_calls_is_not_measured(workspace: Workspace) -> None:
    done = workspace.run(*METRICS, "--since", "2024-03-01", "--until", "2024-04-01")
    assert done.returncode == ExitCode.OK, done.stderr
    assert "\nPhone calls: not measured\n  no phone call that this sign-in may read" in done.stdout


def test_nothing_is_written(workspace: Workspace, dataverse: LocalDataverse) -> None:
    dataverse.clear_requests()
    assert workspace.run(*METRICS, *SPAN, "--agents").returncode == ExitCode.OK
    assert dataverse.writes() == []


@pytest.mark.usefixtures("dataverse")
def test_page_is_one_file(workspace: Workspace) -> None:
    line = (*METRICS, *SPAN, "--change", "2025-03-15", "--format", "html")
    page = workspace.run(*line).stdout
    assert page.startswith("<!doctype html>")
    assert "15 to 20 % less: refuted" in page
    assert page.rstrip().endswith("</html>")


@pytest.mark.usefixtures("dataverse")
@pytest.mark.parametrize(
    ("times", "verdict"), [(1.25, "shown"), (1.0, "refuted"), (1.05, "refuted")]
)
def test_baseline_shows_or_refutes_the_claim(
    workspace: Workspace, times: float, verdict: str
) -> None:
    now = json.loads(workspace.run(*METRICS, *SPAN, "--agents", "--format", "json").stdout)
    rows = [f"{a['name']},{a['calls']},{a['minutes'] * times}" for a in now["agents"]]
    text = "\n".join(["agent,calls,minutes", *rows[:-1], "Somebody Else,10,50"])
    (workspace.folder / "before.csv").write_text(text, encoding="utf-8")
    line = (*METRICS, *SPAN, "--baseline", "before.csv", "--format", "json")
    found = json.loads(workspace.run(*line).stdout)
    comparison = found["comparison"]
    assert (comparison["verdict"], comparison["agents"], comparison["left_out"]) == (verdict, 7, 2)
    assert comparison["change"]["relative"] == pytest.approx(1 / times - 1)
    assert found["agents"] is None


def test_bad_row_of_a_baseline_is_named_before_anything_is_asked(workspace: Workspace) -> None:
    file = workspace.folder / "before.csv"
    file.write_text("agent,calls,minutes\nAnn,3,9\nBob,no,9\n", encoding="utf-8")
    done = workspace.run(*METRICS, *SPAN, "--baseline", "before.csv")
    assert (done.returncode, done.stdout) == (ExitCode.CONFIGURATION, "")
    assert "before.csv:3 is no baseline: calls is 'no'" in done.stderr
    assert "(metrics-baseline-invalid)" in done.stderr


def test_baseline_is_not_written_over(workspace: Workspace) -> None:
    file = workspace.folder / "before.csv"
    file.write_text("agent,calls,minutes\nAnn,3,9\n", encoding="utf-8")
    done = workspace.run(*METRICS, "--baseline", "before.csv", "--out", "before.csv")
    assert (done.returncode, "(output-is-input)" in done.stderr) == (ExitCode.USAGE, True)


def test_report_goes_to_a_file_where_one_is_named(
    workspace: Workspace, dataverse: LocalDataverse
) -> None:
    done = workspace.run(*METRICS, *SPAN, "--format", "csv", "--out", "reports/pop.csv")
    assert (done.returncode, done.stdout) == (ExitCode.OK, "")
    assert (workspace.folder / "reports" / "pop.csv").read_bytes().startswith(b"metric,part,")
    assert dataverse.requests()


@pytest.mark.parametrize(
    ("options", "reference"),
    [
        (("--since", "soon"), "date-invalid"),
        (("--since", "30d", "--until", "2020-01-01"), "span-empty"),
        ((*SPAN, "--change", "2025-05-01"), "change-outside"),
        (("--change", "2025-05-01", "--baseline", "b.csv"), "options-exclude-each-other"),
        (("--baseline", "nowhere.csv"), "file-unreadable"),
    ],
)
def test_wrong_time_is_a_usage_error(
    workspace: Workspace, options: tuple[str, ...], reference: str
) -> None:
    done = workspace.run(*METRICS, *options)
    assert (done.returncode, done.stdout) == (ExitCode.USAGE, "")
    assert f"({reference})" in done.stderr


def test_reader_without_the_privilege_is_told_which(
    workspace: Workspace, dataverse: LocalDataverse
) -> None:
    link = f"systemusers({seed.ADMINISTRATOR_ID})/systemuserroles_association"
    dataverse.call("DELETE", f"{link}({ADMINISTRATOR})/$ref")
    done = workspace.run(*METRICS, *SPAN)
    assert (done.returncode, done.stdout) == (ExitCode.DATAVERSE, "")
    assert "(metrics-privilege-missing)" in done.stderr
    assert "prvReadActivity" in done.stderr


@pytest.mark.usefixtures("dataverse")
@pytest.mark.parametrize(
    ("token", "measured"), [(TOKEN, True), ("wrong", False)], ids=["right token", "wrong token"]
)
def test_telemetry_is_asked_for_where_it_is_configured(
    workspace: Workspace, token: str, *, measured: bool
) -> None:
    with running_insights() as (origin, told):
        told_of_telemetry(workspace, CONNECTION, origin)
        done = workspace.run(*METRICS, *SPAN, "--format", "json", D365POP_INSIGHTS_TOKEN=token)
    assert done.returncode == ExitCode.OK, done.stderr
    assert token not in done.stdout + done.stderr
    by_key = {each["key"]: each for each in json.loads(done.stdout)["metrics"]}
    assert by_key["calls"]["value"] == 4_000
    assert told.asked[0]["timespan"] == "2025-03-01T00:00:00Z/2025-04-01T00:00:00Z"
    if measured:
        assert by_key["match-rate"]["value"] == 0.75
        assert by_key["satisfaction"]["value"] == 4.0
        assert 0 < by_key["click-to-dial"]["value"] < 0.1
    else:
        assert "does not accept the token" in by_key["match-rate"]["not_measured"]


@pytest.mark.usefixtures("dataverse")
@pytest.mark.parametrize(
    ("connection", "why"),
    [
        (CONNECTION, "set D365POP_INSIGHTS_TOKEN"),
        (CONNECTION.partition(";")[0], "has no ApplicationId"),
    ],
    ids=["no token", "no application"],
)
def test_telemetry_that_cannot_be_asked_for_says_why(
    workspace: Workspace, connection: str, why: str
) -> None:
    told_of_telemetry(workspace, connection, "https://insights.example")
    found = json.loads(workspace.run(*METRICS, *SPAN, "--format", "json").stdout)["metrics"]
    assert {bool(why in each["not_measured"]) for each in found if each["value"] is None} == {True}
    assert found[0]["value"] == 4_000


@pytest.mark.usefixtures("dataverse")
def test_throttled_telemetry_does_not_hold_the_report_up(workspace: Workspace) -> None:
    with running_insights() as (origin, told):
        told.status, told.retry_after = 429, "61"
        told_of_telemetry(workspace, CONNECTION, origin)
        done = workspace.run(*METRICS, *SPAN, "--format", "json", D365POP_INSIGHTS_TOKEN=TOKEN)
    found = json.loads(done.stdout)["metrics"]
    assert found[0]["value"] == 4_000
    assert "asked too much at present" in found[-1]["not_measured"]
    assert "waiting" not in done.stderr


@pytest.mark.usefixtures("dataverse")
def test_what_is_not_measured_has_no_count_either(workspace: Workspace) -> None:
    told = json.loads(workspace.run(*METRICS, *SPAN, "--format", "json").stdout)["metrics"]
    assert {each["count"] for each in told if each["value"] is None} == {None}
    lines = csv.reader(io.StringIO(workspace.run(*METRICS, *SPAN, "--format", "csv").stdout))
    assert {row[4] for row in lines if row[2] == "not measured"} == {""}


def told_of_telemetry(workspace: Workspace, connection: str, origin: str) -> None:
    """Configure Application Insights for the local environment."""
    lines = f'application_insights = "{connection}"\napplication_insights_api = "{origin}"\n'
    workspace.configure("softphone_url = ", f"{lines}softphone_url = ")
