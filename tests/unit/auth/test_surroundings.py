"""What a sign-in takes from files, pipes and variables, and what it says is missing."""

import os
from pathlib import Path

import pytest

from d365pop.auth.kinds import AzureCli, File, Secret
from d365pop.auth.readiness import missing, require_secrets
from d365pop.auth.surroundings import LARGEST, Surroundings
from d365pop.errors import ConfigurationError


@pytest.fixture
def pipe(tmp_path: Path) -> Path:
    """Return the name of a pipe that hands out a secret once, as ``<(...)`` of a shell does."""
    reading, writing = os.pipe()
    os.write(writing, b"hunter2\n")
    os.close(writing)
    name = tmp_path / "pipe"
    name.symlink_to(f"/proc/self/fd/{reading}")
    if not name.exists():
        pytest.skip("this system names no open files")
    return name


def test_secret_comes_out_of_a_pipe_that_can_be_read_once(pipe: Path) -> None:
    kind, surroundings = Secret("id", File(pipe)), Surroundings({})
    require_secrets(kind, surroundings)
    assert surroundings.text(kind.secret, "client secret") == "hunter2"


@pytest.mark.parametrize("excess", [1, 10 * LARGEST])
def test_file_too_large_for_a_secret_is_not_read_to_its_end(tmp_path: Path, excess: int) -> None:
    path = tmp_path / "disk.img"
    with path.open("wb") as file:
        file.truncate(LARGEST + excess)
    with pytest.raises(ConfigurationError) as caught:
        Surroundings({}).content(File(path), "client secret")
    assert caught.value.reference == "secret-too-large"


def test_largest_secret_is_read(tmp_path: Path) -> None:
    path = tmp_path / "chain.pem"
    path.write_bytes(b"x" * LARGEST)
    assert len(Surroundings({}).content(File(path), "certificate")) == LARGEST


def test_folder_is_no_secret(tmp_path: Path) -> None:
    assert missing(Secret("id", File(tmp_path)), Surroundings({})) == f"the file {tmp_path}"


def test_azure_cli_that_is_not_installed_is_missing(tmp_path: Path) -> None:
    surroundings = Surroundings({"PATH": str(tmp_path)})
    assert missing(AzureCli(), surroundings) == "the program az"
    program = tmp_path / ("az.cmd" if os.name == "nt" else "az")
    program.touch(mode=0o755)
    assert missing(AzureCli(), surroundings) == ""
