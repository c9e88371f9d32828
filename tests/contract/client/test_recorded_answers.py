"""The client against answers that a live Dataverse gave: recorded, not made by us."""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from email import message_from_string
from pathlib import Path
from urllib.parse import unquote

import pytest

from d365pop.dataverse import Dataverse
from d365pop.dataverse.client import Call
from d365pop.dataverse.environment import WhoAmI, who_am_i
from d365pop.dataverse.import_results import (
    ComponentResult,
    MissingDependency,
    Outcome,
    failures,
    import_results,
)
from d365pop.dataverse.solutions import (
    AsyncOperation,
    AsyncStatus,
    StartedImport,
    import_solution_async,
    retrieve_async_operation,
    retrieve_solution,
    stage_solution,
)
from d365pop.errors import DataverseError
from d365pop.models import RemoteSolution
from d365pop.transport import Headers, Request, Response, RetryPolicy, Transport

URL = "https://contoso.crm4.dynamics.com"
API = f"{URL}/api/data/v9.2/"
JOB = "1b1fa80d-aa0f-4291-b60c-b0745304ce24"
OPERATION = "310799b8-dc6c-ee11-9ae7-000d3aaae21d"
UPLOAD = "b3963d4b-dc6c-ee11-9ae7-000d3aaae21d"


class FixedToken:
    """Signs in for ever."""

    def token(self) -> str:
        return "token"

    def renew(self) -> str:
        raise AssertionError


def client(send: Callable[[Request], Response]) -> Dataverse:
    return Dataverse(URL, Transport(send, RetryPolicy(deadline=0.0)), FixedToken())


@dataclass
class Replay:
    """Answers each route with the file that was recorded for it."""

    folder: Path
    bodies: dict[str, object] = field(default_factory=dict)

    def __call__(self, request: Request, /) -> Response:
        route = unquote(request.url.removeprefix(API)).partition("?")[0]
        if request.body is not None:
            self.bodies[route] = json.loads(request.body)
        files = {
            "StageSolution": "1_StageSolution",
            "ImportSolutionAsync": "2_ImportSolutionAsync",
            f"asyncoperations({OPERATION})": "3_asyncoperations_entity",
            "solutions": "5_solutions_expand_publisherid",
        }
        body = (self.folder / f"{files[route]}.response.json").read_bytes()
        return Response(200, Headers({"OData-Version": "4.0"}), body)


@pytest.fixture
def replay(shared: Path) -> Replay:
    return Replay(shared / "recorded" / "terraform-provider-power-platform" / "solution_import")


def test_one_whole_import_is_followed_to_its_end(replay: Replay) -> None:
    dataverse = client(replay)
    package = next(replay.folder.glob("0_*.zip")).read_bytes()

    staged = stage_solution(dataverse, package)
    assert (staged.upload_id, staged.status, staged.passed) == (UPLOAD, "Passed", True)
    assert (staged.validation, staged.missing_dependencies) == ((), ())

    started = import_solution_async(
        dataverse, upload_id=staged.upload_id, import_job_id=JOB, overwrite_unmanaged=False
    )
    assert started == StartedImport(JOB, OPERATION)

    assert retrieve_async_operation(dataverse, started.async_operation_id) == AsyncOperation(
        async_operation_id=OPERATION,
        finished=True,
        status=AsyncStatus.SUCCEEDED,
        message="",
        error_code="",
    )
    assert retrieve_solution(dataverse, "TerraformTestSolution") == RemoteSolution(
        solution_id="86928ed8-df37-4ce2-add5-47030a833bff",
        unique_name="TerraformTestSolution",
        version="1.1.0.0",
        managed=False,
        display_name="Terraform Test Solution",
        description="",
        publisher_unique_name="Crefda7",
        publisher_prefix="cra6e",
    )
    assert replay.bodies["ImportSolutionAsync"] == {
        "OverwriteUnmanagedCustomizations": False,
        "PublishWorkflows": True,
        "ImportJobId": JOB,
        "SolutionParameters": {"StageSolutionUploadId": UPLOAD},
    }


def test_who_am_i_is_read_with_every_header_of_a_live_answer(shared: Path) -> None:
    path = shared / "recorded" / "http" / "WhoAmI_200_full_headers_2024.http"
    text = path.read_text(encoding="utf-8").replace("\r\n", "\n")
    head, _, body = text[text.index("HTTP/1.1 200 OK\n") :].partition("\n\n")
    recorded = message_from_string(head.partition("\n")[2])
    # As an HTTP library joins fields that occur twice.
    fields = {name: ", ".join(recorded.get_all(name, [])) for name in recorded}
    response = Response(200, Headers(fields), body.encode())

    found = who_am_i(client(lambda _request: response))
    assert found == WhoAmI(
        user_id="22cc22cc-dd33-ee44-ff55-66aa66aa66aa",
        business_unit_id="11bb11bb-cc22-dd33-ee44-55ff55ff55ff",
        organization_id="00aa00aa-bb11-cc22-dd33-44ee44ee44ee",
    )

    # The same headers around an error: the id that support asks for is REQ_ID's.
    failed = Response(500, response.headers)
    with pytest.raises(DataverseError) as caught:
        who_am_i(client(lambda _request: failed))
    assert caught.value.request_id == "1ee13aa7-47f3-4a75-95fa-2916775a1f79"


REFERENCES = {
    "0x80040217": "dataverse-not-found",
    "0x80040265": "dataverse-plug-in-failed",
    "0x80072560": "dataverse-not-a-member",
    "0x80072322": "dataverse-throttled",
    "0x80060888": "dataverse-request-not-understood",
    "0x80040800": "dataverse-draft-not-supported",
}


def test_every_recorded_error_has_a_reference_of_its_own(shared: Path) -> None:
    recorded = json.loads((shared / "recorded" / "http" / "errors.json").read_text("utf-8"))
    assert {each["body"]["error"]["code"] for each in recorded} == set(REFERENCES)
    for each in recorded:
        response = Response(each["status"], body=json.dumps(each["body"]).encode())
        with pytest.raises(DataverseError) as caught:
            client(lambda _request, answer=response: answer).send(  # type: ignore[misc]
                Call("look", "GET", "things")
            )
        error = caught.value
        code, message = each["body"]["error"]["code"], each["body"]["error"]["message"]
        assert (error.reference, error.status, error.code) == (
            REFERENCES[code],
            each["status"],
            code,
        )
        assert message in error.message


def test_recorded_failure_names_the_dependency_that_is_missing(shared: Path) -> None:
    path = shared / "recorded" / "importjob_data" / "failure_missing_dependency_2019.xml"
    results = import_results(path.read_text("utf-8"))
    assert (
        failures(results)
        == results
        == (
            ComponentResult(
                kind="solutionManifest",
                name="Solution Name",
                outcome=Outcome.FAILURE,
                error_code="0x8004801d",
                error_text="Solution manifest import: FAILURE: The following solution cannot be "
                "imported: SolutionId. Some dependencies are missing. "
                "The missing dependencies are :  , ProductUpdatesOnly : False",
                missing_dependencies=(
                    MissingDependency(
                        required_type="59",
                        required_name="Account Locations",
                        required_solution="Active",
                        dependent_type="60",
                        dependent_name="Information",
                    ),
                ),
            ),
        )
    )


def test_recorded_success_has_no_failure_and_names_its_components(shared: Path) -> None:
    path = shared / "recorded" / "importjob_data" / "success_optionset_5.0.xml"
    results = import_results(path.read_text("utf-8"))
    assert failures(results) == ()
    assert [(each.kind, each.name) for each in results] == [
        ("solutionManifest", "Sample Solution for Import"),
        ("optionSet", "Example Option Set"),
        ("language", ""),
        ("rootComponent", ""),
        ("dependency", ""),
    ]
