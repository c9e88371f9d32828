"""Every failure ends in one clear message, the right exit code and nothing half-done."""

import http.server
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from d365pop.errors import ExitCode
from tests.local_dataverse import LocalDataverse
from tests.workspace import Workspace, free_port

APPLICATION = "11111111-2222-3333-4444-555555555555"
CHALLENGE = (
    "Bearer authorization_uri={0}/11111111-2222-3333-4444-555555555555/oauth2/authorize, "
    "resource_id={0}/"
)


def fails(workspace: Workspace, code: ExitCode, reference: str, *arguments: str) -> str:
    result = workspace.run(*arguments)
    assert (result.returncode, result.stdout) == (code, ""), result.stderr
    assert f"({reference})" in result.stderr
    assert "Traceback" not in result.stderr
    assert "hint:" in result.stderr
    return result.stderr


@contextmanager
def server(answers: dict[str, tuple[int, dict[str, str], bytes]]) -> Iterator[str]:
    """Run a server that knows these paths (query left away) and answers 404 to all others."""

    class Handler(http.server.BaseHTTPRequestHandler):
        def _answer(self) -> None:
            path = self.path.partition("?")[0]
            status, headers, body = answers.get(path, (404, {}, b"not here"))
            length = int(self.headers.get("Content-Length") or 0)
            self.rfile.read(length)
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        do_GET = do_POST = _answer  # noqa: N815 - the library's own names

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002
            """Keep the test's output clean."""

    running = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=running.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{running.server_address[1]}"
    finally:
        running.shutdown()
        running.server_close()
        thread.join()


def real_environment(workspace: Workspace, url: str) -> None:
    workspace.configure('client_id = ""', f'client_id = "{APPLICATION}"')
    path = workspace.folder / "d365pop.toml"
    text = path.read_text(encoding="utf-8")
    environment = (
        f'\n[environments.prod]\nurl = "{url}"\nsign_in = "client-secret"\n'
        f'client_id = "{APPLICATION}"\n'
    )
    path.write_text(text + environment, encoding="utf-8")


def test_closed_port_is_a_network_error(workspace: Workspace) -> None:
    real_environment(workspace, f"http://127.0.0.1:{free_port()}")
    result = workspace.run("deploy", "--env", "prod", "--yes", D365POP_CLIENT_SECRET="x")
    assert result.returncode == ExitCode.NETWORK
    assert "(connection-refused)" in result.stderr


def test_host_that_does_not_exist_is_a_network_error(workspace: Workspace) -> None:
    real_environment(workspace, "https://no-such-host.invalid")
    result = workspace.run("deploy", "--env", "prod", "--yes", D365POP_CLIENT_SECRET="x")
    assert result.returncode == ExitCode.NETWORK
    assert "no-such-host.invalid" in result.stderr


def test_url_that_is_no_environment_is_said_so(workspace: Workspace) -> None:
    with server({}) as url:
        real_environment(workspace, url)
        result = workspace.run(
            "deploy", "--env", "prod", "--yes", D365POP_CLIENT_SECRET="secret-value"
        )
    assert result.returncode == ExitCode.CONFIGURATION
    assert "(not-an-environment)" in result.stderr
    assert "secret-value" not in result.stderr


def test_token_that_is_refused_is_a_sign_in_error(workspace: Workspace) -> None:
    url = workspace.url
    port = int(url.rpartition(":")[2])
    refusal = (401, {"WWW-Authenticate": CHALLENGE.format(url)}, b'{"error":{"code":"0x0"}}')
    tenant = "/11111111-2222-3333-4444-555555555555"
    answers = {
        "/_emulator/health": (200, {}, b'{"product":"d365pop-emulator"}'),
        "/api/data/v9.2/": refusal,
        "/api/data/v9.2/WhoAmI": refusal,
        "/api/data/v9.2/asyncoperations": refusal,
        f"{tenant}/oauth2/v2.0/token": (200, {}, b'{"access_token":"stale","expires_in":3600}'),
    }
    with server(answers) as running:
        workspace.configure(str(port), running.rpartition(":")[2])
        refusal = (401, {"WWW-Authenticate": CHALLENGE.format(running)}, refusal[2])
        answers |= {path: refusal for path in answers if path.startswith("/api/")}
        errors = fails(workspace, ExitCode.SIGN_IN, "token-refused", "deploy", "--env", "local")
    assert "stale" not in errors


def test_malformed_configuration_names_the_line(workspace: Workspace) -> None:
    workspace.configure("[solution]", "[solution")
    errors = fails(
        workspace,
        ExitCode.CONFIGURATION,
        "configuration-malformed",
        "deploy",
        "--env",
        "local",
    )
    assert "| [solution\n" in errors


@pytest.mark.parametrize(
    ("arguments", "reference"),
    [
        (("deploy", "--env", "nowhere"), "environment-unknown"),
        (("build", "--config", "other.toml"), "configuration-missing"),
    ],
    ids=["environment", "file"],
)
def test_configuration_that_is_missing_is_said_so(
    workspace: Workspace, arguments: tuple[str, ...], reference: str
) -> None:
    fails(workspace, ExitCode.CONFIGURATION, reference, *arguments)


@pytest.mark.skipif(sys.platform == "win32", reason="no such name is looked for there")
@pytest.mark.parametrize("command", ["runs", "init"])
def test_name_that_no_file_can_have_is_no_defect(workspace: Workspace, command: str) -> None:
    fails(workspace, ExitCode.CONFIGURATION, "place-unusable", command, "a" * 300)


def test_secret_that_is_not_set_is_asked_for_by_its_name(workspace: Workspace) -> None:
    real_environment(workspace, "https://contoso.crm.dynamics.com")
    errors = fails(
        workspace, ExitCode.CONFIGURATION, "secret-missing", "deploy", "--env", "prod", "--yes"
    )
    assert "D365POP_CLIENT_SECRET" in errors


def test_stranger_on_the_local_port_is_not_taken_for_the_emulator(workspace: Workspace) -> None:
    port = workspace.url.rpartition(":")[2]
    with server({}) as url:
        workspace.configure(port, url.rpartition(":")[2])
        fails(workspace, ExitCode.NETWORK, "not-a-local-dataverse", "deploy", "--env", "local")


def test_unknown_command_is_a_usage_error(workspace: Workspace) -> None:
    result = workspace.run("deplyo")
    assert result.returncode == ExitCode.USAGE
    assert "Traceback" not in result.stderr


def test_preview_before_deploy_says_what_to_type(
    workspace: Workspace, dataverse: LocalDataverse
) -> None:
    assert dataverse.url == workspace.url
    errors = fails(workspace, ExitCode.USAGE, "nothing-deployed", "preview", "--no-browser")
    assert "d365pop deploy --env local" in errors


def test_init_never_replaces_a_file_by_itself(workspace: Workspace) -> None:
    before = (workspace.folder / "d365pop.toml").read_bytes()
    fails(workspace, ExitCode.USAGE, "file-exists", "init")
    assert (workspace.folder / "d365pop.toml").read_bytes() == before
    assert workspace.run("init", "--force").returncode == ExitCode.OK
    assert workspace.run("build").returncode == ExitCode.OK


def test_journal_folder_that_cannot_be_made_stops_before_the_first_write(
    workspace: Workspace, dataverse: LocalDataverse
) -> None:
    (workspace.folder / ".d365pop" / "runs").write_text("in the way", encoding="utf-8")
    dataverse.clear_requests()
    result = workspace.run("deploy", "--env", "local")
    assert result.returncode == ExitCode.CONFIGURATION
    assert "(journal-unwritable)" in result.stderr
    assert dataverse.writes() == []
