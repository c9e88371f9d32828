"""``$batch``: many requests in one, change sets that happen together or not at all."""

import json
from collections.abc import Sequence

import pytest

from d365pop.emulator.protocol import Response
from d365pop.emulator.security.privileges import privilege_id
from d365pop.emulator.seed_roles import ADMINISTRATOR
from tests.unit.emulator.harness import API, BASE, LocalEnvironment

GONE = "00000000-0000-4000-8000-00000000dead"


def http(method: str, target: str, body: object = None, content_id: str = "") -> str:
    """Return one request of a batch."""
    lines = ["Content-Type: application/http", "Content-Transfer-Encoding: binary"]
    lines += [f"Content-ID: {content_id}"] if content_id else []
    lines += ["", f"{method} {target} HTTP/1.1", "Content-Type: application/json; type=entry"]
    return "\r\n".join([*lines, "", "" if body is None else json.dumps(body)])


def wrapped(boundary: str, parts: Sequence[str]) -> str:
    """Return parts between boundaries."""
    return "".join(f"--{boundary}\r\n{part}\r\n" for part in parts) + f"--{boundary}--\r\n"


def change_set(*parts: str) -> str:
    """Return a change set."""
    return 'Content-Type: multipart/mixed; boundary="inner"\r\n\r\n' + wrapped("inner", parts)


def send(
    local: LocalEnvironment,
    *parts: str,
    boundary: str = "boundary=b_1",
    lead: str = "",
    **headers: str,
) -> Response:
    """Send a batch as the deployment user."""
    return local.send(
        "POST",
        f"{API}$batch",
        (lead + wrapped("b_1", parts)).encode(),
        authorization=f"Bearer {local.token}",
        content_type=f"multipart/mixed; {boundary}",
        **headers,
    )


def statuses(response: Response) -> list[int]:
    """Return the status of each answer within a batch's answer."""
    text = response.body.decode()
    return [int(line.split()[1]) for line in text.splitlines() if line.startswith("HTTP/1.1 ")]


def names(local: LocalEnvironment) -> list[str]:
    """Return the names of the accounts that a test here makes."""
    found: list[str] = local.filtered("accounts", "name", "startswith(name,'Batch')")
    return found


@pytest.mark.parametrize("boundary", ["boundary=b_1", 'boundary="b_1"', "Boundary=b_1;x=y"])
@pytest.mark.parametrize("lead", ["", "\r\n", "preamble\r\n"])
def test_batch_is_read_however_its_boundary_is_written(
    local: LocalEnvironment, boundary: str, lead: str
) -> None:
    response = send(local, http("GET", "WhoAmI"), boundary=boundary, lead=lead)
    assert response.status == 200
    assert response.header("Content-Type").startswith("multipart/mixed; boundary=batchresponse_")
    assert statuses(response) == [200]


@pytest.mark.parametrize(
    "target",
    [
        "WhoAmI",
        f"{API}WhoAmI()",
        f"{BASE}{API}WhoAmI",
        "accounts?$top=1",
        "accounts?%24top=1&%24filter=name%20ne%20'x'",
        "accounts?$filter=name ne 'x'",
    ],
)
def test_target_may_be_absolute_rooted_or_relative(local: LocalEnvironment, target: str) -> None:
    assert statuses(send(local, http("GET", target))) == [200]


@pytest.mark.parametrize("target", [f"http://evil.example{API}WhoAmI", "http://[x/"])
def test_target_on_another_host_or_none_is_refused(local: LocalEnvironment, target: str) -> None:
    response = send(local, http("GET", target))
    assert (response.status, statuses(response)) == (400, [400])


def test_change_set_makes_all_of_its_rows(local: LocalEnvironment) -> None:
    parts = [http("POST", "accounts", {"name": f"Batch {n}"}, str(n)) for n in (1, 2)]
    response = send(local, change_set(*parts))
    assert (response.status, statuses(response)) == (200, [204, 204])
    assert b"Content-ID: 2\r\n" in response.body
    assert names(local) == ["Batch 1", "Batch 2"]


def test_written_row_of_a_batch_is_addressed_by_both_headers(local: LocalEnvironment) -> None:
    lines = send(local, http("POST", "accounts", {"name": "Batch"})).body.decode().splitlines()
    told = dict(line.split(": ", 1) for line in lines if ": " in line)
    assert told["Location"] == told["OData-EntityId"]


def test_row_that_came_back_is_named_by_later_requests(local: LocalEnvironment) -> None:
    made = http("POST", "accounts?$select=name", {"name": "Batch"}, "1")
    made = made.replace("Content-Type: application/json", "Prefer: return=representation", 1)
    bound = http("POST", "contacts", {"lastname": "B", "parentcustomerid_account@odata.bind": "$1"})
    changed = http("PATCH", "$1", {"telephone1": "2065550102"})
    assert statuses(send(local, change_set(made, bound, changed))) == [201, 204, 204]
    assert local.filtered("accounts", "telephone1", "name eq 'Batch'") == ["2065550102"]


def test_reference_before_its_request_is_named(local: LocalEnvironment) -> None:
    bound = http("POST", "contacts", {"lastname": "B", "parentcustomerid_account@odata.bind": "$1"})
    response = send(local, change_set(bound, http("POST", "accounts", {"name": "Batch"}, "1")))
    assert statuses(response) == [400]
    assert b"Content-ID Reference: '$1' does not exist in the batch context." in response.body
    assert names(local) == []


def test_header_lines_of_one_name_are_one_list(local: LocalEnvironment) -> None:
    asked = http("GET", "accounts?$select=name")
    lines = "Prefer: odata.maxpagesize=1\r\nPrefer: return=minimal"
    asked = asked.replace("Content-Type: application/json; type=entry", lines)
    assert b"$skiptoken" in send(local, asked).body


def test_change_set_that_fails_leaves_nothing_behind(local: LocalEnvironment) -> None:
    made = http("POST", "accounts", {"name": "Batch"})
    failing = http("PATCH", f"accounts({GONE})", {"nonsense": 1})
    response = send(local, change_set(made, failing))
    assert (response.status, statuses(response)) == (400, [400])
    assert names(local) == []


def test_privilege_taken_by_a_change_set_that_fails_is_held_again(
    local: LocalEnvironment,
) -> None:
    taken = {"PrivilegeId": privilege_id("prvCreateContact")}
    role = f"roles({ADMINISTRATOR})/Microsoft.Dynamics.CRM.RemovePrivilegeRole"
    failing = http("PATCH", f"accounts({GONE})", {"nonsense": 1})
    assert statuses(send(local, change_set(http("POST", role, taken), failing))) == [400]
    local.create("contacts", {"lastname": "Batch"})


def test_later_request_of_a_change_set_names_an_earlier_one(local: LocalEnvironment) -> None:
    made = http("POST", "accounts", {"name": "Batch"}, "1")
    bound = http("POST", "contacts", {"lastname": "B", "parentcustomerid_account@odata.bind": "$1"})
    changed = http("PATCH", "$1", {"telephone1": "2065550102"})
    assert statuses(send(local, change_set(made, bound, changed))) == [204, 204, 204]
    row = local.get("contacts?$filter=parentcustomerid_account/name eq 'Batch'&$select=lastname")
    assert [found["lastname"] for found in row["value"]] == ["B"]
    assert local.filtered("accounts", "telephone1", "name eq 'Batch'") == ["2065550102"]


def test_unknown_content_id_is_refused(local: LocalEnvironment) -> None:
    body = {"lastname": "B", "parentcustomerid_account@odata.bind": "$9"}
    assert statuses(send(local, change_set(http("POST", "contacts", body)))) == [400]


def test_read_within_a_change_set_is_refused(local: LocalEnvironment) -> None:
    assert statuses(send(local, change_set(http("GET", "WhoAmI")))) == [400]


def test_batch_stops_at_the_first_fault(local: LocalEnvironment) -> None:
    made = http("POST", "accounts", {"name": "Batch"})
    response = send(local, http("GET", f"accounts({GONE})"), made)
    assert (response.status, statuses(response), names(local)) == (404, [404], [])


def test_batch_goes_on_where_the_client_prefers_so(local: LocalEnvironment) -> None:
    made = http("POST", "accounts", {"name": "Batch"})
    missing = http("GET", f"accounts({GONE})")
    response = send(local, missing, made, prefer="odata.continue-on-error")
    assert (response.status, statuses(response), names(local)) == (200, [404, 204], ["Batch"])


@pytest.mark.parametrize(
    ("content_type", "body"),
    [
        ("application/json", "{}"),
        ("multipart/mixed", "--b_1--"),
        ("multipart/mixed; boundary=b_1", ""),
        ("multipart/mixed; boundary=b_1", "--b_1\r\nContent-Type: application/http\r\n\r\n"),
        ("multipart/mixed; boundary=b_1", "--b_1\r\nnonsense\r\n--b_1--"),
        ("multipart/mixed; boundary=b_1", "--other\r\n\r\n--other--"),
    ],
)
def test_body_that_is_no_batch_is_refused(
    local: LocalEnvironment, content_type: str, body: str
) -> None:
    signed = {"authorization": f"Bearer {local.token}", "content_type": content_type}
    assert local.send("POST", f"{API}$batch", body.encode(), **signed).status == 400


@pytest.mark.parametrize(
    "part",
    [
        http("POST", "$batch"),
        "Content-Type: text/plain\r\n\r\nGET WhoAmI HTTP/1.1",
        "Content-Type: application/http\r\n\r\nWhoAmI",
    ],
)
def test_part_that_is_no_request_is_refused(local: LocalEnvironment, part: str) -> None:
    assert send(local, part).status == 400


def test_batch_of_more_than_a_thousand_requests_is_refused(local: LocalEnvironment) -> None:
    response = send(local, *[http("GET", "WhoAmI")] * 1001)
    assert response.status == 400
    assert b"limit of 1000" in response.body
