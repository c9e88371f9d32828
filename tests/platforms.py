"""Whether d365pop installs on a platform, asked of wheels' names: nothing of it is run there.

Run by ``python3 dev.py platforms``: resolves for every platform and Python with wheels alone, then
starts the built wheel with uvx and pipx from an empty cache on this machine.
"""

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parents[1]
UV: Final = Path(sys.executable).with_name("uv")
PYTHONS: Final = ("3.11", "3.12", "3.13", "3.14")
PLATFORMS: Final = (
    "x86_64-manylinux_2_28",
    "aarch64-manylinux_2_28",
    "x86_64-apple-darwin",
    "aarch64-apple-darwin",
    "x86_64-pc-windows-msvc",
    "aarch64-pc-windows-msvc",
)


def failures() -> Iterator[str]:
    """Yield what does not resolve or start."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        build = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "-o", name]
        subprocess.run(build, cwd=ROOT, check=True, stdout=subprocess.DEVNULL)
        (wheel,) = folder.glob("*.whl")
        for platform in PLATFORMS:
            for python in PYTHONS:
                yield from refused(f"{platform}, Python {python}", resolve(platform, python))
        yield from refused("uvx from an empty cache", start(wheel, folder / "cache"))
        os.environ |= {"PIPX_HOME": str(folder / "pipx"), "PIP_CACHE_DIR": str(folder / "pip")}
        yield from refused("pipx run from an empty cache", start_with_pipx(wheel))


def resolve(platform: str, python: str) -> list[str]:
    """Return the line that resolves the dependencies, none built from source."""
    options = ["--only-binary", ":all:", "--quiet", "--output-file", os.devnull]
    target = ["--python-platform", platform, "--python-version", python]
    return [str(UV), "pip", "compile", *options, *target, str(ROOT / "pyproject.toml")]


def start(wheel: Path, cache: Path) -> list[str]:
    """Return the line that runs the wheel as somebody who has nothing yet."""
    only = ["--cache-dir", str(cache), "--python", sys.executable]
    return [str(UV), "tool", "run", *only, "--from", str(wheel), "d365pop", "--help"]


def start_with_pipx(wheel: Path) -> list[str]:
    """Return the line that runs the wheel with pipx."""
    options = ["--python", sys.executable, "--spec", str(wheel)]
    return [sys.executable, "-m", "pipx", "run", *options, "d365pop", "--help"]


def refused(what: str, command: list[str]) -> Iterator[str]:
    """Run the line, tell how it went, and yield ``what`` where it failed."""
    result = subprocess.run(command, capture_output=True, text=True, check=False)
    print(f"{'no ' if result.returncode else 'yes'}  {what}", flush=True)  # noqa: T201
    if result.returncode:
        print(result.stderr)  # noqa: T201
        yield what


if __name__ == "__main__":
    raise SystemExit(1 if list(failures()) else 0)
