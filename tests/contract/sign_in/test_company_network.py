"""A whole deploy through a company's proxy and CA, with a token that dies on the way."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from d365pop.emulator.server import EmulatorOptions, start
from d365pop.errors import ExitCode
from tests.contract.sign_in.cloud import HOST, LOGIN, MARK, SECRET, Cloud, running_cloud
from tests.local_dataverse import LocalDataverse
from tests.workspace import ROOT, clean_environment

APPLICATION = "00000000-0000-4000-8000-000000000000"


@pytest.fixture
def cloud(tmp_path: Path) -> Iterator[Cloud]:
    with (
        start(EmulatorOptions()) as emulator,
        running_cloud(LocalDataverse(emulator.url), tmp_path) as running,
    ):
        yield running


def run(folder: Path, cloud: Cloud, *arguments: str, **variables: str) -> tuple[int, str]:
    text = (ROOT / "d365pop.toml").read_text(encoding="utf-8")
    text = text.replace('client_id = ""', 'client_id = "genesys"')
    text += f'\n[environments.prod]\nurl = "https://{HOST}"\nsign_in = "client-secret"\n'
    text += f'client_id = "{APPLICATION}"\n'
    (folder / "d365pop.toml").write_text(text, encoding="utf-8")
    trusted = {"HTTPS_PROXY": cloud.proxy, "REQUESTS_CA_BUNDLE": str(cloud.ca_file)}
    none = {"CURL_CA_BUNDLE": "", "SSL_CERT_FILE": "", "NO_PROXY": "", "no_proxy": ""}
    done = subprocess.run(
        [sys.executable, "-m", "d365pop", *arguments],
        cwd=folder,
        env={
            **clean_environment(),
            **none,
            **trusted,
            "D365POP_CLIENT_SECRET": SECRET,
            **variables,
        },
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    return done.returncode, done.stdout + done.stderr


def test_token_that_dies_in_the_middle_of_a_deploy_is_renewed_once(
    tmp_path: Path, cloud: Cloud
) -> None:
    cloud.dies_after = 12
    code, output = run(tmp_path, cloud, "deploy", "--env", "prod", "--yes")
    assert code == ExitCode.OK, output
    assert len(cloud.tokens) == 2
    assert cloud.calls > 20
    assert cloud.connected == {f"{HOST}:443", f"{LOGIN}:443"}
    assert MARK not in output


def test_system_store_is_trusted_without_a_variable_of_the_library(
    tmp_path: Path, cloud: Cloud
) -> None:
    store = {"REQUESTS_CA_BUNDLE": "", "SSL_CERT_FILE": str(cloud.ca_file)}
    code, output = run(tmp_path, cloud, "auth", "whoami", "--env", "prod", **store)
    assert code == ExitCode.OK, output


def test_ca_that_nobody_trusts_is_refused(tmp_path: Path, cloud: Cloud) -> None:
    nothing = {"REQUESTS_CA_BUNDLE": ""}
    code, output = run(tmp_path, cloud, "auth", "whoami", "--env", "prod", **nothing)
    assert code == ExitCode.NETWORK
    assert "(tls-failed)" in output


def test_proxy_that_is_not_there_is_named(tmp_path: Path, cloud: Cloud) -> None:
    nowhere = {"HTTPS_PROXY": "http://127.0.0.1:1"}
    code, output = run(tmp_path, cloud, "auth", "whoami", "--env", "prod", **nowhere)
    assert code == ExitCode.NETWORK
    assert "(proxy-failed)" in output
