"""``d365pop emulator`` as people and their pipelines run it, and what its documentation says."""

import json
import re
import subprocess
import sys
import tomllib
import urllib.request
from pathlib import Path

import pytest

from d365pop.emulator.fidelity import assumed_json
from d365pop.emulator.server import EmulatorOptions, start
from d365pop.errors import ConfigurationError

ROOT = Path(__file__).resolve().parents[2]
DOCUMENT = (ROOT / "docs/local-dataverse.md").read_text(encoding="utf-8")


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "d365pop", "emulator", *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)


def test_documented_command_lists_what_is_assumed() -> None:
    (command,) = re.findall(r"^\$ d365pop emulator (.*)$", DOCUMENT, re.MULTILINE)
    done = run(*command.split())
    assert (done.returncode, done.stderr) == (0, "")
    assert len(done.stdout.splitlines()) == len(assumed_json())
    assert "operations/exporting.py" in done.stdout


@pytest.mark.parametrize(
    ("arguments", "reference"),
    [
        (("--fault", "earthquake"), "fault-unreadable"),
        (("--limits", "many"), "limits-unreadable"),
        (("--name", "https://dataverse"), "host-name-unreadable"),
        (("--name", "dataverse", "--name", "bücher"), "host-name-unreadable"),
        (("--limits", "1,2"), "limits-unreadable"),
        (("--limits", "6000,nan,52"), "limits-unreadable"),
    ],
)
def test_what_cannot_be_is_one_clear_error(
    tmp_path: Path, arguments: tuple[str, ...], reference: str
) -> None:
    done = run("--port", "0", "--state", str(tmp_path / "s.sqlite"), *arguments)
    assert done.returncode == 2
    assert reference in done.stderr
    assert "Traceback" not in done.stderr
    assert not (tmp_path / "s.sqlite").exists()


def test_seed_file_is_planted_once(tmp_path: Path) -> None:
    seed, state = tmp_path / "seed.json", tmp_path / "state.sqlite"
    seed.write_text(json.dumps({"rows": {"accounts": [{"name": "Planted"}]}}))
    for _ in range(2):
        with start(EmulatorOptions(state=state, seed=seed)) as running:
            address = f"{running.url}/api/data/v9.2/accounts?$filter=name%20eq%20'Planted'"
            headers = {"Authorization": f"Bearer {running.token()}"}
            with urllib.request.urlopen(urllib.request.Request(address, headers=headers)) as got:
                assert len(json.load(got)["value"]) == 1


@pytest.mark.parametrize(
    "text",
    [
        *("{", "[]", '{"row": {}}', '{"rows": {"none": []}}'),
        *('{"rows": {"accounts": [{"no": 1}]}}', '{"packages": ["absent.zip"]}'),
        *('{"calls": {}}', '{"calls": {"agents": 1, "calls": 1, "from": "soon", "days": 1}}'),
        '{"calls": {"agents": 0, "calls": 1, "from": "2025-01-06", "days": 1}}',
        '{"calls": {"agents": 1, "calls": 1, "from": "2025-01-04", "days": 2}}',
    ],
)
def test_seed_file_that_does_not_fit_plants_nothing(tmp_path: Path, text: str) -> None:
    seed, state = tmp_path / "seed.json", tmp_path / "state.sqlite"
    seed.write_text(text)
    with pytest.raises(ConfigurationError) as caught:
        start(EmulatorOptions(state=state, seed=seed))
    assert caught.value.reference == "emulator-seed-unusable"
    assert not state.exists()


def test_plug_in_is_declared_for_pytest() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    assert project["project"]["entry-points"]["pytest11"] == {"d365pop": "d365pop.pytest_plugin"}


def test_fixture_serves_tests_of_others(tmp_path: Path) -> None:
    (tmp_path / "test_mine.py").write_text(
        "import ssl, urllib.error, urllib.request\n"
        "import pytest\n"
        "def call(dataverse):\n"
        "    context = ssl.create_default_context(cafile=str(dataverse.authority_file))\n"
        "    headers = {'Authorization': f'Bearer {dataverse.token}'}\n"
        "    address = f'{dataverse.url}/api/data/v9.2/WhoAmI'\n"
        "    request = urllib.request.Request(address, headers=headers)\n"
        "    with urllib.request.urlopen(request, context=context) as answer:\n"
        "        return answer.status\n"
        "def test_served(d365pop_dataverse):\n"
        "    assert call(d365pop_dataverse) == 200\n"
        "    assert d365pop_dataverse.requests() == [('GET', '/api/data/v9.2/WhoAmI', 200)]\n"
        "def test_fault(d365pop_dataverse):\n"
        "    d365pop_dataverse.fault('server-error,status=502,count=1')\n"
        "    with pytest.raises(urllib.error.HTTPError) as caught:\n"
        "        call(d365pop_dataverse)\n"
        "    assert caught.value.code == 502\n"
        "    caught.value.close()\n"
        "    assert call(d365pop_dataverse) == 200\n"
    )
    # Where the package is installed, pytest has loaded the plug-in by itself.
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "test_mine.py"]
    declared = [sys.executable, "-c", DECLARED]
    if subprocess.run(declared, check=False).returncode:
        command[4:4] = ["-p", "d365pop.pytest_plugin"]
    done = subprocess.run(
        command, capture_output=True, text=True, check=False, cwd=tmp_path, timeout=120
    )
    assert "2 passed" in done.stdout, done.stdout + done.stderr


DECLARED = (
    "import sys; from importlib.metadata import entry_points; "
    "sys.exit('d365pop' not in entry_points(group='pytest11').names)"
)
