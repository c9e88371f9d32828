import pytest

from d365pop.dataverse.import_results import MissingDependency
from d365pop.dataverse.solutions import (
    AsyncOperation,
    AsyncStatus,
    ImportJob,
    StartedImport,
    import_solution_async,
    retrieve_async_operation,
    retrieve_components,
    retrieve_import_data,
    retrieve_import_job,
    retrieve_solution,
    stage_solution,
)
from d365pop.errors import DataverseError
from d365pop.models import Json, RemoteSolution
from d365pop.transport import Response
from tests.unit.dataverse.fake import answer, environment, refusal, rows

JOB = "1b1fa80d-aa0f-4291-b60c-b0745304ce24"
OPERATION = "310799b8-dc6c-ee11-9ae7-000d3aaae21d"
STARTED = answer(200, {"ImportJobKey": JOB, "AsyncOperationId": OPERATION})


def operation_row(**changes: Json) -> dict[str, Json]:
    values: dict[str, Json] = {
        "statecode": 3,
        "statuscode": 30,
        "message": None,
        "friendlymessage": None,
        "errorcode": None,
    }
    return values | changes


def test_installed_solution_comes_with_its_publisher_s_prefix() -> None:
    row: dict[str, Json] = {
        "solutionid": "s1",
        "uniquename": "ScreenPop",
        "version": "1.2.0.0",
        "ismanaged": False,
        "friendlyname": "Screen pop",
        "description": None,
        "publisherid": {"uniquename": "Maker", "customizationprefix": "new"},
    }
    server = environment(rows(row))
    assert retrieve_solution(server.client, "ScreenPop") == RemoteSolution(
        solution_id="s1",
        unique_name="ScreenPop",
        version="1.2.0.0",
        managed=False,
        display_name="Screen pop",
        description="",
        publisher_unique_name="Maker",
        publisher_prefix="new",
    )
    assert server.calls == [
        (
            "GET solutions?$select=solutionid,uniquename,friendlyname,description,version,ismanaged"
            "&$expand=publisherid($select=uniquename,customizationprefix)"
            "&$filter=uniquename eq 'ScreenPop'"
        )
    ]


def test_components_of_a_solution_are_their_types_by_id_in_lower_case() -> None:
    server = environment(
        rows({"objectid": "A1", "componenttype": 61}, {"objectid": "b2", "componenttype": 380})
    )
    assert retrieve_components(server.client, "s1") == {"a1": 61, "b2": 380}
    assert server.calls == [
        "GET solutioncomponents?$select=objectid,componenttype&$filter=_solutionid_value eq s1"
    ]


def test_solution_that_is_not_installed_is_none() -> None:
    assert retrieve_solution(environment(rows()).client, "ScreenPop") is None


def staged(**changes: Json) -> dict[str, Json]:
    results: dict[str, Json] = {
        "StageSolutionUploadId": "u1",
        "StageSolutionStatus": "Passed",
        "SolutionValidationResults": [],
        "MissingDependencies": [],
    }
    return {"StageSolutionResults": results | changes}


def test_package_is_staged_as_base64() -> None:
    server = environment(answer(200, staged()))
    result = stage_solution(server.client, b"PK")
    assert (result.upload_id, result.status, result.passed) == ("u1", "Passed", True)
    assert server.calls == ["POST StageSolution"]
    assert server.body() == {"CustomizationFile": "UEs="}


def test_validation_messages_and_dependencies_are_kept() -> None:
    validation: Json = {
        "SolutionValidationResultType": "Error",
        "ErrorCode": -2147188707,
        "Message": "Some dependencies are missing.",
        "AdditionalInfo": None,
    }
    dependency: Json = {
        "RequiredComponentSchemaName": "new_/a.js",
        "RequiredSolutionName": "Base",
        "RequiredComponentType": 61,
        "DependentComponentType": 60,
        "DependentComponentDisplayName": "Account",
    }
    body = staged(
        StageSolutionStatus="Failed",
        SolutionValidationResults=[validation],
        MissingDependencies=[dependency],
    )
    result = stage_solution(environment(answer(200, body)).client, b"PK")
    assert not result.passed
    assert [(each.kind, each.code, each.message) for each in result.validation] == [
        ("Error", "0x8004801d", "Some dependencies are missing.")
    ]
    assert result.missing_dependencies == (
        MissingDependency("61", "new_/a.js", "Base", "60", "Account"),
    )


def test_missing_dependency_means_not_passed_whatever_the_status() -> None:
    body = staged(MissingDependencies=[{"RequiredComponentType": 61}])
    assert not stage_solution(environment(answer(200, body)).client, b"PK").passed


def test_import_of_a_staged_package_names_its_upload_and_is_sent_once() -> None:
    server = environment(STARTED)
    started = import_solution_async(
        server.client, upload_id="u1", import_job_id=JOB, overwrite_unmanaged=True
    )
    assert started == StartedImport(JOB, OPERATION)
    assert server.calls == ["POST ImportSolutionAsync"]
    assert not server.requests[0].idempotent
    assert server.body() == {
        "OverwriteUnmanagedCustomizations": True,
        "PublishWorkflows": True,
        "ImportJobId": JOB,
        "SolutionParameters": {"StageSolutionUploadId": "u1"},
    }


@pytest.mark.parametrize(
    ("changes", "finished", "succeeded"),
    [
        ({}, True, True),
        ({"statecode": 0, "statuscode": 0}, False, False),
        ({"statecode": 2, "statuscode": 20}, False, False),
        ({"statuscode": 31}, True, False),
        ({"statuscode": 32}, True, False),
        ({"statecode": 2, "statuscode": 30}, False, False),
        ({"statecode": 2, "statuscode": 77}, False, False),
        ({"statuscode": 77}, True, False),
    ],
)
def test_operation_is_finished_by_its_state_and_succeeds_by_its_status(
    changes: dict[str, Json], *, finished: bool, succeeded: bool
) -> None:
    server = environment(answer(200, operation_row(**changes)))
    operation = retrieve_async_operation(server.client, OPERATION)
    assert operation is not None
    assert (operation.finished, operation.succeeded) == (finished, succeeded)


def test_failed_operation_tells_its_reason() -> None:
    row = operation_row(
        statuscode=31, message="technical", friendlymessage="readable", errorcode=-2147188685
    )
    server = environment(answer(200, row))
    assert retrieve_async_operation(server.client, OPERATION) == AsyncOperation(
        async_operation_id=OPERATION,
        finished=True,
        status=AsyncStatus.FAILED,
        message="readable",
        error_code="0x80048033",
    )
    assert server.calls == [
        (
            f"GET asyncoperations({OPERATION})"
            "?$select=statecode,statuscode,message,friendlymessage,errorcode,completedon"
        )
    ]


def test_operation_and_job_that_are_not_there_yet_are_none() -> None:
    server = environment(refusal(404, "0x80040217"), refusal(404, "0x80040217"))
    client = server.client
    assert retrieve_async_operation(client, OPERATION) is None
    assert retrieve_import_job(client, JOB) is None


@pytest.mark.parametrize(
    "response",
    [refusal(403, "0x80040220"), refusal(400, "0x80040216"), refusal(404, "0x8006088a")],
    ids=["no privilege", "bad request", "no such route"],
)
def test_other_refusals_are_errors(response: Response) -> None:
    server = environment(response, response)
    client = server.client
    with pytest.raises(DataverseError):
        retrieve_async_operation(client, OPERATION)
    with pytest.raises(DataverseError):
        retrieve_import_job(client, JOB)


@pytest.mark.parametrize(
    ("row", "progress"),
    [({"progress": 14.8387}, 14.8387), ({"progress": 80}, 80.0), ({"progress": None}, 0.0)],
    ids=["fraction", "whole", "not-yet"],
)
def test_import_job_tells_its_progress(row: dict[str, Json], progress: float) -> None:
    server = environment(answer(200, row))
    assert retrieve_import_job(server.client, JOB) == ImportJob(progress, completed=False)


def test_import_job_that_is_completed_says_so() -> None:
    server = environment(answer(200, {"progress": 99, "completedon": "2026-11-26T15:00:00Z"}))
    assert retrieve_import_job(server.client, JOB) == ImportJob(99.0, completed=True)
    assert server.calls == [f"GET importjobs({JOB})?$select=progress,completedon"]


def test_import_job_tells_what_became_of_its_components() -> None:
    server = environment(answer(200, {"data": "<a/>"}), refusal(404, "0x80040217"))
    assert retrieve_import_data(server.client, JOB) == "<a/>"
    assert retrieve_import_data(server.client, JOB) == ""
