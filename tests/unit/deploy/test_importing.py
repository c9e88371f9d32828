"""Watching an import: staged first, followed to its end, and a time-out is no failure."""

import json
import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import nullcontext
from dataclasses import replace

import pytest

from d365pop.dataverse.client import Dataverse
from d365pop.deploy.clock import Clock
from d365pop.deploy.following import LONGEST_ABSENCE, NO_HANDLES, ImportHandles, ImportWatch
from d365pop.deploy.importing import import_package
from d365pop.deploy.meanwhile import refuse_installed, refuse_overtaken
from d365pop.deploy.plan import ImportKind, ImportPackage
from d365pop.deploy.polling import poll_interval
from d365pop.errors import (
    DataverseError,
    ExitCode,
    NetworkError,
    OvertakenError,
    PlanRefusedError,
    StillRunningError,
)
from d365pop.transport import Request, Response, Transport

STEP = ImportPackage(
    kind=ImportKind.FIRST_INSTALL,
    solution="ScreenPop",
    version="1.0.0.0",
    description="Built as b.",
    installed_version="",
    installed_description="",
    reason="",
    components=(),
    overwrite_unmanaged=False,
    package=b"PK",
)
STAGED = {
    "StageSolutionUploadId": "upload-1",
    "StageSolutionStatus": "Passed",
    "SolutionValidationResults": [],
    "MissingDependencies": [],
}
RUNNING = {"statecode": 1, "statuscode": 20, "message": None, "errorcode": None}
SUCCEEDED = {"statecode": 3, "statuscode": 30, "message": None, "errorcode": None}
FAILED = {
    "statecode": 3,
    "statuscode": 31,
    "message": "Import failed.",
    "errorcode": -2147188707,
}
FAILED_DATA = (
    "<importexportxml><webResources><webResource id='{1}' LocalizedName='pre_/a.js'>"
    "<result result='failure' errorcode='0x8004F114' errortext='Too large.'/>"
    "</webResource></webResources></importexportxml>"
)


class Tokens:
    def token(self) -> str:
        return "token"

    def renew(self) -> str:
        return "token"


class Time:
    def __init__(self) -> None:
        self.seconds = 0.0

    def clock(self) -> Clock:
        return Clock(lambda: self.seconds, self._sleep)

    def _sleep(self, seconds: float) -> None:
        self.seconds += seconds


def environment(
    operations: Iterator[Mapping[str, object]], staged: Mapping[str, object], data: str = ""
) -> Callable[[Request], Response]:
    def answer(request: Request) -> Response:
        path = request.url.partition("/api/data/v9.2/")[2]
        if path.startswith(("solutions?", "asyncoperations?", "importjobs?")):
            return ok({"value": []})
        if path == "StageSolution":
            return ok({"StageSolutionResults": staged})
        if path == "ImportSolutionAsync":
            sent = json.loads(request.body or b"{}")
            assert sent["SolutionParameters"] == {"StageSolutionUploadId": "upload-1"}
            return ok({"ImportJobKey": sent["ImportJobId"], "AsyncOperationId": "op-1"})
        if path.startswith("asyncoperations"):
            return ok({"asyncoperationid": "op-1", "friendlymessage": None, **next(operations)})
        assert path.startswith("importjobs")
        return ok({"importjobid": "j", "progress": 40.0, "data": data})

    return answer


def solution(version: str, description: str) -> dict[str, object]:
    return {
        "solutionid": "s",
        "uniquename": STEP.solution,
        "friendlyname": "Pop",
        "version": version,
        "description": description,
        "ismanaged": False,
        "publisherid": {"uniquename": "p", "customizationprefix": "pre"},
    }


def ok(body: Mapping[str, object]) -> Response:
    return Response(200, body=json.dumps(body).encode())


def run(
    sender: Callable[[Request], Response],
    timeout: float = 60.0,
    warnings: list[str] | None = None,
    earlier: ImportHandles = NO_HANDLES,
) -> tuple[list[float], float]:
    time = Time()
    heard: list[float] = []
    watch = ImportWatch(
        advanced=heard.append,
        announced=lambda _: None,
        started=lambda _: None,
        warned=warnings.append if warnings is not None else lambda _: None,
        timeout=timeout,
    )
    dataverse = Dataverse("https://contoso.crm.dynamics.com", Transport(sender), Tokens())
    import_package(dataverse, STEP, watch, time.clock(), earlier)
    return heard, time.seconds


def test_import_is_followed_until_it_has_succeeded() -> None:
    heard, _ = run(environment(iter([RUNNING, RUNNING, SUCCEEDED]), STAGED))
    assert heard == [0.4, 0.4, 1.0]


def test_refused_package_is_never_imported() -> None:
    staged = {
        **STAGED,
        "StageSolutionStatus": "Failed",
        "SolutionValidationResults": [
            {
                "SolutionValidationResultType": "Error",
                "ErrorCode": -2147187402,
                "Message": "The prefix is taken.",
                "AdditionalInfo": "",
            }
        ],
    }
    with pytest.raises(DataverseError) as caught:
        run(environment(iter([]), staged))
    assert caught.value.reference == "package-refused"
    assert "The prefix is taken." in caught.value.context


def test_failed_import_names_each_component_and_its_reason() -> None:
    with pytest.raises(DataverseError) as caught:
        run(environment(iter([RUNNING, FAILED]), STAGED, FAILED_DATA))
    assert caught.value.reference == "import-failed"
    assert caught.value.code == "0x8004801d"
    *reasons, support = caught.value.context.splitlines()
    assert reasons == ["Import failed.", "webResource pre_/a.js: 0x8004f114 Too large."]
    assert re.fullmatch(
        r"import job [-0-9a-f]{36}, async operation \S+, for Microsoft's support", support
    )


def test_import_that_outlasts_us_is_still_running_and_no_failure() -> None:
    def forever() -> Iterator[Mapping[str, object]]:
        while True:
            yield RUNNING

    with pytest.raises(StillRunningError) as caught:
        run(environment(forever(), STAGED), timeout=30.0)
    assert caught.value.exit_code == ExitCode.STILL_RUNNING
    assert "async operation op-1" in caught.value.context


@pytest.mark.parametrize(
    ("waited", "interval"),
    [(0.0, 0.1), (1.0, 0.25), (4.0, 1.0), (20.0, 1.0), (200.0, 10.0)],
    ids=["at-once", "early", "second", "steady", "twentieth"],
)
def test_poll_is_quick_early_and_rare_late(waited: float, interval: float) -> None:
    assert poll_interval(waited) == pytest.approx(interval)


def test_component_that_failed_inside_an_import_that_ended_well_is_a_failure() -> None:
    with pytest.raises(DataverseError) as caught:
        run(environment(iter([SUCCEEDED]), STAGED, FAILED_DATA))
    assert caught.value.reference == "import-failed"
    assert "0x8004f114 Too large." in caught.value.context


def test_warning_of_a_component_is_passed_on() -> None:
    warned = FAILED_DATA.replace("failure", "warning")
    heard: list[str] = []
    run(environment(iter([SUCCEEDED]), STAGED, warned), warnings=heard)
    assert heard == ["webResource pre_/a.js: 0x8004f114 Too large."]


def test_results_that_cannot_be_read_do_not_hide_why_the_import_failed() -> None:
    with pytest.raises(DataverseError) as caught:
        run(environment(iter([FAILED]), STAGED, "<broken"))
    assert caught.value.context.splitlines()[0] == "Import failed."
    assert "cannot be read" in caught.value.context


def lossy(sent: list[str], *, there: bool) -> Callable[[Request], Response]:
    """Return an environment that never answers the import, which began or did not."""

    def answer(request: Request) -> Response:
        path = request.url.partition("/api/data/v9.2/")[2]
        if path == "ImportSolutionAsync":
            sent.append(json.loads(request.body or b"{}")["ImportJobId"])
            raise NetworkError("connection-dropped", "The connection broke.")
        if path.startswith("importjobs(") and not there:
            return Response(404, body=b'{"error":{"code":"0x80040217","message":"none"}}')
        if path.startswith("importjobs("):
            return ok({"importjobid": "j", "progress": 99, "completedon": "now", "data": ""})
        return environment(iter([]), STAGED)(request)

    return answer


def test_lost_answer_to_the_import_is_looked_up_and_its_job_followed() -> None:
    sent: list[str] = []
    heard, _ = run(lossy(sent, there=True))
    assert (len(sent), heard) == (1, [1.0])


def test_import_that_never_began_is_asked_for_once_more_under_the_same_id() -> None:
    sent: list[str] = []
    with pytest.raises(NetworkError):
        run(lossy(sent, there=False))
    assert (len(sent), len(set(sent))) == (2, 1)


def test_import_that_a_killed_run_asked_for_is_followed_and_not_sent_again() -> None:
    sent: list[str] = []
    heard, _ = run(lossy(sent, there=True), earlier=ImportHandles("job-of-before"))
    assert (sent, heard) == ([], [1.0])


GONE = Response(404, body=b'{"error":{"code":"0x80040217","message":"none"}}')


def purged(installed: str, *, job: bool, operation: bool) -> Callable[[Request], Response]:
    """Return an environment in which an import ended long ago, and rows of it are deleted."""
    known = environment(iter([SUCCEEDED] * 9), STAGED)

    def answer(request: Request) -> Response:
        path = request.url.partition("/api/data/v9.2/")[2]
        assert path != "StageSolution", "imported again"
        if path.startswith("asyncoperations(") and not operation:
            return GONE
        if path.startswith("importjobs("):
            done = {"importjobid": "j", "progress": 99, "completedon": "now", "data": ""}
            return ok(done) if job else GONE
        if path.startswith("solutions?"):
            return ok({"value": [solution("1.0.0.0", installed)]})
        return known(request)

    return answer


@pytest.mark.parametrize(
    ("job", "operation"),
    [(True, False), (False, True), (False, False)],
    ids=["operation deleted", "job deleted", "both deleted"],
)
def test_import_whose_rows_are_deleted_has_ended_and_is_not_waited_for(
    *, job: bool, operation: bool
) -> None:
    answer = purged("Built as b.", job=job, operation=operation)
    heard, seconds = run(answer, timeout=3600.0, earlier=ImportHandles("job", "op-1"))
    assert heard[-1] == 1.0
    assert seconds < 2 * LONGEST_ABSENCE


def test_import_whose_rows_are_deleted_is_asked_for_again_where_another_build_is_there() -> None:
    answer = purged("Built as a.", job=False, operation=False)
    with pytest.raises(AssertionError, match="imported again"):
        run(answer, earlier=ImportHandles("job", "op-1"))


def test_import_that_a_killed_run_never_asked_for_is_sent() -> None:
    sent: list[str] = []
    with pytest.raises(NetworkError):
        run(lossy(sent, there=False), earlier=ImportHandles("job-of-before"))
    assert "job-of-before" not in sent


def test_import_that_others_began_after_the_reading_is_never_queued_behind() -> None:
    asked = []
    answer = environment(iter([]), STAGED)

    def busy(request: Request) -> Response:
        asked.append(request.url.rpartition("/")[2].partition("?")[0])
        if "/asyncoperations?" in request.url:
            return ok({"value": [{"name": "Theirs", "startedon": None}]})
        return answer(request)

    with pytest.raises(PlanRefusedError) as caught:
        run(busy)
    assert caught.value.reference == "import-begun-meanwhile"
    assert asked == ["importjobs", "StageSolution", "asyncoperations"]


@pytest.mark.parametrize(
    ("theirs", "overtaken"),
    [
        pytest.param({}, False, id="nobody"),
        pytest.param({"before": "10:00"}, False, id="known-before"),
        pytest.param({"between": "10:01"}, True, id="between"),
        pytest.param({"after": "10:03"}, False, id="after-ours"),
    ],
)
def test_import_of_others_counts_that_ended_between_the_look_and_ours(
    theirs: dict[str, str], *, overtaken: bool
) -> None:
    jobs = {**theirs, "ours": "10:02"}

    def answer(_: Request) -> Response:
        rows = [{"importjobid": job, "startedon": moment} for job, moment in jobs.items()]
        return ok({"value": rows})

    dataverse = Dataverse("https://contoso.crm.dynamics.com", Transport(answer), Tokens())
    with pytest.raises(OvertakenError) if overtaken else nullcontext():
        refuse_overtaken(dataverse, STEP, "OURS", ("before",))


@pytest.mark.parametrize(
    ("installed", "refused"),
    [
        pytest.param(("0.9.0.0", "Built as a."), False, id="as-it-was-read"),
        pytest.param(("1.0.0.0", "Built as b."), False, id="as-it-shall-be"),
        pytest.param(("0.9.0.0", "Built as c."), True, id="another-build-of-the-same-version"),
        pytest.param(("1.0.0.0", "Built as c."), True, id="another-build-of-our-version"),
        pytest.param(("0.9.5.0", "Built as a."), True, id="another-version"),
        pytest.param(None, True, id="gone"),
    ],
)
def test_import_goes_over_a_build_that_the_plan_knows_alone(
    installed: tuple[str, str] | None, *, refused: bool
) -> None:
    step = replace(STEP, installed_version="0.9.0.0", installed_description="Built as a.")
    there = [
        solution(version, description)
        for version, description in ([installed] if installed else [])
    ]
    transport = Transport(lambda _: ok({"value": there}))
    dataverse = Dataverse("https://contoso.crm.dynamics.com", transport, Tokens())
    with pytest.raises(PlanRefusedError) if refused else nullcontext():
        refuse_installed(dataverse, step)
