"""The server on a socket: start and stop, states on disk, ports in use, many clients at once."""

import base64
import http.client
import json
import socket
import ssl
import struct
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from d365pop.emulator.disturbances import Disturbance, Kind
from d365pop.emulator.server import EmulatorOptions, RunningEmulator, start
from d365pop.errors import ConfigurationError, NetworkError
from tests.local_dataverse import LocalDataverse
from tests.unit.emulator.harness import PackageSource


def raw(server: RunningEmulator, text: bytes) -> bytes:
    """Send bytes and return the answer until the server closes."""
    with socket.create_connection(("127.0.0.1", server.port), timeout=30) as connection:
        connection.sendall(text)
        connection.shutdown(socket.SHUT_WR)
        answer = b""
        while part := connection.recv(65536):
            answer += part
    return answer


def has_ipv6() -> bool:
    """Whether something can listen on the loopback address of IPv6."""
    try:
        with socket.create_server(("::1", 0), family=socket.AF_INET6):
            return True
    except OSError:
        return False


def test_server_answers_as_soon_as_it_is_started() -> None:
    with start(EmulatorOptions()) as server:
        client = LocalDataverse(server.url)
        assert client.call("GET", "RetrieveVersion()")["Version"].startswith("9.2.")
        assert client.rows("accounts?$top=1")


def test_rows_survive_a_restart(tmp_path: Path) -> None:
    options = EmulatorOptions(state=tmp_path / "state.sqlite")
    with start(options) as server:
        LocalDataverse(server.url).call("POST", "accounts", {"name": "Kept"})
    with start(options) as server:
        rows = LocalDataverse(server.url).rows("accounts?$filter=name eq 'Kept'")
    assert len(rows) == 1


def test_two_lines_of_prefer_and_a_url_in_plain_utf_8_are_understood() -> None:
    with start(EmulatorOptions()) as server:
        LocalDataverse(server.url).call("POST", "accounts", {"name": "Müller"})
        address = "/api/data/v9.2/accounts?$select=name&$filter=name%20eq%20'Müller'&$count=true"
        lines = (
            f"GET {address} HTTP/1.1",
            f"Host: 127.0.0.1:{server.port}",
            f"Authorization: Bearer {server.token()}",
            "Prefer: odata.maxpagesize=1",
            'Prefer: odata.include-annotations="Microsoft.Dynamics.CRM.*"',
            "Connection: close",
        )
        answer = raw(server, "\r\n".join([*lines, "", ""]).encode())
    assert b'"@odata.count":1,"@Microsoft.Dynamics.CRM.totalrecordcount":1' in answer
    assert b"odata.maxpagesize=1" in answer.partition(b"\r\n\r\n")[0]


def test_port_in_use_is_one_clear_error() -> None:
    with start(EmulatorOptions()) as server, pytest.raises(NetworkError) as caught:
        start(EmulatorOptions(port=server.port))
    assert caught.value.reference == "port-in-use"
    assert str(server.port) in caught.value.message


def test_port_in_use_leaves_no_new_state_file_behind(tmp_path: Path) -> None:
    new, known = tmp_path / "new.sqlite", tmp_path / "known.sqlite"
    start(EmulatorOptions(state=known)).stop()
    with start(EmulatorOptions()) as server:
        for state in (new, known):
            with pytest.raises(NetworkError):
                start(EmulatorOptions(port=server.port, state=state))
    assert (new.exists(), known.exists()) == (False, True)


@pytest.mark.skipif(not has_ipv6(), reason="this machine has no IPv6")
@pytest.mark.parametrize("host", ["::1", "::"])
def test_address_may_be_one_of_ipv6(host: str) -> None:
    with start(EmulatorOptions(host=host)) as server:
        assert server.url == f"http://[::1]:{server.port}"
        assert LocalDataverse(server.url).call("GET", "WhoAmI")["UserId"]


def test_port_is_free_after_the_stop() -> None:
    with start(EmulatorOptions()) as server:
        LocalDataverse(server.url)
        port = server.port
    with start(EmulatorOptions(port=port)) as again:
        assert again.port == port
        again.stop()


def test_address_of_another_machine_is_refused() -> None:
    with pytest.raises(NetworkError) as caught:
        start(EmulatorOptions(host="192.0.2.1"))
    assert caught.value.reference == "cannot-listen"


def test_broken_state_file_is_one_clear_error(tmp_path: Path) -> None:
    file = tmp_path / "state.sqlite"
    file.write_bytes(b"no database at all" * 20)
    with pytest.raises(ConfigurationError, match=r"state\.sqlite"):
        start(EmulatorOptions(state=file))


def test_import_that_lasts_long_ends_when_the_server_stops(tmp_path: Path) -> None:
    options = EmulatorOptions(state=tmp_path / "state.sqlite", import_seconds=86400.0)
    file = base64.b64encode(PackageSource().zip()).decode()
    flags = {"OverwriteUnmanagedCustomizations": True, "PublishWorkflows": False}
    with start(options) as server:
        client = LocalDataverse(server.url)
        keys = client.call("POST", "ImportSolutionAsync", {"CustomizationFile": file, **flags})
        row = client.call("GET", f"asyncoperations({keys['AsyncOperationId']})")
        assert row["statecode"] == 0
    with start(options) as server:
        client = LocalDataverse(server.url)
        row = client.call("GET", f"asyncoperations({keys['AsyncOperationId']})")
        assert row["statecode"] == 3


def test_many_clients_write_without_losing_a_row() -> None:
    with start(EmulatorOptions()) as server:
        client = LocalDataverse(server.url)

        def create(number: int) -> None:
            client.call("POST", "accounts", {"name": f"Parallel {number:03d}"})
            client.rows("accounts?$select=name&$filter=startswith(name,'Parallel')")

        with ThreadPoolExecutor(8) as pool:
            list(pool.map(create, range(64)))
        rows = client.rows("accounts?$select=name,versionnumber&$filter=startswith(name,'Para')")
        assert sorted(row["name"] for row in rows) == [f"Parallel {n:03d}" for n in range(64)]
        assert len({row["versionnumber"] for row in rows}) == 64


def test_connection_is_kept_for_further_requests() -> None:
    with start(EmulatorOptions()) as server:
        connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=30)
        connection.request("GET", "/_emulator/health")
        first = connection.getresponse()
        first.read()
        kept = connection.sock
        connection.request("GET", "/_emulator/health")
        second = connection.getresponse()
        assert json.load(second)["product"] == "d365pop-emulator"
        assert connection.sock is kept
        connection.close()


def test_kept_connection_is_ended_with_the_server() -> None:
    server = start(EmulatorOptions())
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=30)
    connection.request("GET", "/_emulator/health")
    connection.getresponse().read()
    server.stop()
    kept = connection.sock
    assert kept.recv(1) == b""
    connection.close()


def test_client_that_goes_away_leaves_no_trace(capsys: pytest.CaptureFixture[str]) -> None:
    with start(EmulatorOptions()) as server:
        with socket.create_connection(("127.0.0.1", server.port)) as connection:
            # An abrupt end: what was sent is answered by a reset.
            linger = struct.pack("ii", 1, 0)
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
            connection.sendall(
                b"POST /api/data/v9.2/accounts HTTP/1.1\r\nContent-Length: 9\r\n\r\n"
            )
        assert LocalDataverse(server.url).call("GET", "WhoAmI")["UserId"]
    assert capsys.readouterr() == ("", "")


@pytest.mark.parametrize(
    ("rest", "status"),
    [
        (b"Content-Length: many\r\n\r\n", b"411"),
        (b"Content-Length: 134217729\r\n\r\n", b"413"),
        (b"Transfer-Encoding: gzip\r\n\r\n", b"501"),
        (b"Transfer-Encoding: chunked\r\nContent-Length: 2\r\n\r\n2\r\n{}\r\n0\r\n\r\n", b"400"),
        (b"Transfer-Encoding: chunked\r\n\r\n", b"400"),
        (b"Transfer-Encoding: chunked\r\n\r\n-2\r\n{}\r\n0\r\n\r\n", b"400"),
        (b"Transfer-Encoding: chunked\r\n\r\n1\r\n{}\r\n0\r\n\r\n", b"400"),
        (b"Transfer-Encoding: chunked\r\n\r\n8000001\r\n{}\r\n0\r\n\r\n", b"413"),
    ],
)
def test_body_that_is_not_as_long_as_stated_is_refused(rest: bytes, status: bytes) -> None:
    with start(EmulatorOptions()) as server:
        line = b"POST /api/data/v9.2/accounts HTTP/1.1\r\nHost: 127.0.0.1\r\n"
        assert raw(server, line + rest).startswith(b"HTTP/1.1 " + status)


def test_body_in_chunks_is_read_and_the_connection_kept() -> None:
    with start(EmulatorOptions()) as server:
        headers = {"Authorization": f"Bearer {server.token()}", "Content-Type": "application/json"}
        connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=30)
        parts = iter([b'{"name":', b'"in chunks \xc3\xa4"', b"}"])
        path = "/api/data/v9.2/accounts"
        connection.request("POST", path, parts, headers, encode_chunked=True)
        created = connection.getresponse()
        created.read()
        address = urlsplit(created.headers["OData-EntityId"]).path
        connection.request("GET", address, headers=headers)
        row = json.loads(connection.getresponse().read())
        connection.close()
    assert (created.status, row["name"]) == (204, "in chunks ä")


def test_other_names_are_answered_and_stand_in_the_certificate(tmp_path: Path) -> None:
    options = EmulatorOptions(host="0.0.0.0", names=("dataverse",), tls=tmp_path)  # noqa: S104
    with start(options) as server:
        assert urlsplit(server.url).hostname == "127.0.0.1"
        trusting = ssl.create_default_context(cafile=str(tmp_path / "ca.pem"))
        headers = {"Authorization": f"Bearer {server.token()}"}
        statuses = {}
        for name in ("Dataverse", "localhost", "stranger"):
            plain = socket.create_connection(("127.0.0.1", server.port), timeout=30)
            verified = name if name != "stranger" else "dataverse"
            connection = http.client.HTTPSConnection(name, server.port, timeout=30)
            connection.sock = trusting.wrap_socket(plain, server_hostname=verified)
            connection.request("GET", "/api/data/v9.2/WhoAmI", headers=headers)
            statuses[name] = connection.getresponse().status
            connection.close()
    assert statuses == {"Dataverse": 200, "localhost": 200, "stranger": 421}


@pytest.mark.parametrize(
    ("kind", "error", "rows"),
    [
        (Kind.DROP_BEFORE, http.client.RemoteDisconnected, 0),
        (Kind.DROP_AFTER, http.client.RemoteDisconnected, 1),
        (Kind.RESET, ConnectionResetError, 0),
    ],
)
def test_connection_ends_on_the_wire_as_the_fault_says(
    kind: Kind, error: type[Exception], rows: int
) -> None:
    with start(EmulatorOptions(faults=(Disturbance(kind, path="accounts", count=1),))) as running:
        headers = {"Authorization": f"Bearer {running.token()}"}
        address, path = ("127.0.0.1", running.port), "/api/data/v9.2/accounts"
        connection = http.client.HTTPConnection(*address, timeout=30)
        connection.request("POST", path, b'{"name":"wire"}', headers)
        with pytest.raises(error) as raised:
            connection.getresponse()
        # A lost connection is told by a subclass of a reset one.
        assert raised.type is error
        connection.close()
        connection.request("GET", f"{path}?$filter=name%20eq%20'wire'", headers=headers)
        found = json.loads(connection.getresponse().read())["value"]
        connection.close()
    assert len(found) == rows


def test_head_has_no_body() -> None:
    with start(EmulatorOptions()) as server:
        answer = raw(server, b"HEAD /_emulator/health HTTP/1.0\r\nHost: 127.0.0.1\r\n\r\n")
        assert answer.endswith(b"\r\n\r\n")


def test_garbage_does_not_end_the_server() -> None:
    with start(EmulatorOptions()) as server:
        assert b"400" in raw(server, b"\x00\xff nothing\r\n\r\n")
        assert LocalDataverse(server.url).call("GET", "WhoAmI")["UserId"]


def test_address_can_be_given_in_numbers() -> None:
    with start(EmulatorOptions(host="127.0.0.2")) as server:
        assert urlsplit(server.url).hostname == "127.0.0.2"
        assert LocalDataverse(server.url).call("GET", "WhoAmI")["UserId"]
