"""The files of the shell and of the simulator fit together and need nobody else."""

import re
from importlib.resources import files
from pathlib import Path

import pytest

EMULATOR = Path(str(files("d365pop.emulator")))
FOLDERS = {"/_shell/": EMULATOR / "shell", "/_softphone/": EMULATOR / "softphone_pages"}
PAGES = [
    pytest.param(prefix, path, id=f"{folder.name}/{path.name}")
    for prefix, folder in FOLDERS.items()
    for path in sorted(folder.iterdir())
]
# The library of the panels: the server serves it at the address that the platform has it.
SERVED = re.findall(r'_file\("([a-z.-]+)"\)', (EMULATOR / "static_files.py").read_text("utf-8"))
REFERENCE = re.compile(r"""(?:src|href)="(/_[a-z]+/[^"]+)"|from "\./([^"]+)";""")
FOREIGN = re.compile(r"https?://(?!www\.w3\.org/2000/svg)[^\s\"'`]+")


def references(text: str, prefix: str) -> list[str]:
    return [absolute or prefix + relative for absolute, relative in REFERENCE.findall(text)]


@pytest.mark.parametrize(("prefix", "path"), PAGES)
def test_every_file_that_is_named_exists(prefix: str, path: Path) -> None:
    for reference in references(path.read_text("utf-8"), prefix):
        assert reference.startswith(prefix)
        assert (FOLDERS[prefix] / reference.removeprefix(prefix)).is_file(), reference


@pytest.mark.parametrize(("prefix", "path"), PAGES)
def test_nothing_is_loaded_from_elsewhere(prefix: str, path: Path) -> None:
    assert prefix in FOLDERS
    assert FOREIGN.findall(path.read_text("utf-8")) == []


@pytest.mark.parametrize(("prefix", "path"), PAGES)
def test_no_file_lies_there_unused(prefix: str, path: Path) -> None:
    others = [other for other in FOLDERS[prefix].iterdir() if other != path]
    named = {name for other in others for name in references(other.read_text("utf-8"), prefix)}
    assert path.name in {"index.html", *SERVED} or prefix + path.name in named


@pytest.mark.parametrize(("prefix", "path"), PAGES)
def test_every_script_is_type_checked(prefix: str, path: Path) -> None:
    assert prefix in FOLDERS
    if path.suffix == ".js":
        assert path.read_text("utf-8").startswith("// @ts-check\n/**")
