"""Sets up .venv and hands the line to d365pop, or runs the project's tests and checks.

Standard library only, on Linux, macOS and Windows. What it says goes to stderr: stdout belongs
to the program that it starts. It must at least parse on old Pythons, to say that they are,
and it stays one file: before it ran, nothing else of ours can be imported.
"""

from __future__ import annotations

import hashlib
import importlib.util
import json
import os
import re
import shutil
import subprocess
import sys
import venv
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

HELP = """\
python3 dev.py <d365pop command ...>   set up .venv, then run d365pop: deploy --env local, preview
python3 dev.py test [pytest options]   every test, on all cores (-n 0: on one); gets a Chromium
python3 dev.py check                   linters, types, leaks: what .ci/run runs before the tests
python3 dev.py coverage                the tests with branch coverage
python3 dev.py bench [options]         ratios to a floor measured in the same run
python3 dev.py fuzz TARGET [options]   zip, package or form, until it is stopped
python3 dev.py fuzz http [requests]    20,000 requests of any kind to the local Dataverse
python3 dev.py soak NAME [options]     emulator: mixed clients with faults; deploy: drawn schedules
python3 dev.py platforms               whether it installs on Linux, macOS, Windows; uvx, pipx here
python3 dev.py pages                   write the pages of docs/ that come from the program
python3 dev.py site                    docs/ as a static site, in dist/site
python3 dev.py lock [uv options]       write requirements/*.txt and the npm lock anew (--upgrade)
python3 dev.py help                    the commands of d365pop
"""

ROOT = Path(__file__).resolve().parent
VENV = ROOT / ".venv"
STAMP = VENV / "d365pop-setup.json"
WEBRESOURCES = ROOT / "webresources"
TOOLCHAIN = ROOT / "d365pop" / "bundle" / "toolchain" / "toolchain.json"
PROJECT_INPUTS = (
    "pyproject.toml",
    "hatch_build.py",
    "hatch_phone_table.py",
    "d365pop/__init__.py",
    "webresources/package-lock.json",
)
PIPX = "pipx==1.18.4"  # starts the wheel as its users do
UV = "uv==0.13.9"  # writes the requirements; nobody needs it to install them
FUZZER = "atheris==3.0.0"  # has wheels for some platforms only, and no test needs it

# Files stay whole: what a module's tests share is made once.
PARALLEL = ("--numprocesses=auto", "--maxprocesses=4", "--dist=loadfile")

BROWSER_NAMES = (
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
    "chrome",
    "msedge",
    "microsoft-edge",
)
BROWSER_PATHS = (
    "/usr/bin/chromium",
    "/usr/bin/chromium-browser",
    "/usr/bin/google-chrome",
    "/snap/bin/chromium",
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
    "/Applications/Microsoft Edge.app/Contents/MacOS/Microsoft Edge",
    r"C:\Program Files\Google\Chrome\Application\chrome.exe",
    r"C:\Program Files (x86)\Google\Chrome\Application\chrome.exe",
    r"C:\Program Files (x86)\Microsoft\Edge\Application\msedge.exe",
)

# Spelt so that this file passes its own check.
LEAK = re.compile(
    r"[p]ypi\.org|[p]ythonhosted\.org|[n]pmjs\.(?:org|com)|[y]arnpkg\.com"
    r"|(?<![\w.~])/(?:[w]ork|[t]mp|[r]oot|[h]ome/\w+)(?=[/\s\"'`)]|$)"
    r"|[A-Z]:\\[U]sers\\"
)


class DevError(Exception):
    """Something that the person at the keyboard has to do first."""


def say(text: str) -> None:
    """Tell the person what happens."""
    print(text, file=sys.stderr, flush=True)


def in_venv(name: str) -> Path:
    """Return the path of a program of the virtual environment."""
    if os.name == "nt":
        return VENV / "Scripts" / f"{name}.exe"
    return VENV / "bin" / name


def file_hash(*paths: Path) -> str:
    """Return one SHA-256 for the contents of the files."""
    digest = hashlib.sha256()
    for path in paths:
        digest.update(hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()


# -- setting up ------------------------------------------------------------------------------------


def read_stamp() -> dict[str, str]:
    """Return what was set up here, by Python and by place: neither may change under a venv."""
    try:
        stamp: dict[str, str] = json.loads(STAMP.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return stamp if stamp.get("place") == place() and in_venv("python").exists() else {}


def place() -> str:
    """Return what a virtual environment is bound to."""
    return f"{sys.version_info.major}.{sys.version_info.minor} {VENV}"


def remember(**facts: str) -> None:
    """Add to what is known to be set up."""
    stamp = {**read_stamp(), **facts, "place": place()}
    STAMP.write_text(json.dumps(stamp, indent=2) + "\n", encoding="utf-8")


def set_up(requirements: str) -> None:
    """Bring .venv to what ``requirements/<requirements>`` and the project ask for."""
    if not read_stamp():
        make_venv()
    wanted = file_hash(ROOT / "requirements" / requirements)
    if read_stamp().get(requirements) != wanted:
        install_requirements(requirements)
        remember(**{requirements: wanted})
        if requirements == "dev.txt":  # holds all of run.txt, at the same versions
            remember(**{"run.txt": file_hash(ROOT / "requirements" / "run.txt")})
    project = file_hash(*(ROOT / name for name in PROJECT_INPUTS))
    if read_stamp().get("project") != project or not TOOLCHAIN.exists():
        say("Installing d365pop from this folder, with its JavaScript toolchain ...")
        pip("-e", str(ROOT), "--no-deps", "--no-build-isolation")
        remember(project=project)


def make_venv() -> None:
    """Make .venv anew."""
    if importlib.util.find_spec("ensurepip") is None:
        raise DevError(
            "This Python cannot make virtual environments with pip.\n"
            "On Debian and Ubuntu: apt-get install python3-venv"
        )
    say(f"Making .venv with Python {sys.version.split()[0]} ...")
    try:
        venv.EnvBuilder(with_pip=True, clear=True).create(VENV)
    except (OSError, subprocess.CalledProcessError) as exc:
        raise DevError(f"The virtual environment {VENV} cannot be made: {exc}") from exc
    remember()


def install_requirements(name: str) -> None:
    """Install a hash-pinned list."""
    path = ROOT / "requirements" / name
    count = len(re.findall(r"^\S+==", path.read_text(encoding="utf-8"), re.MULTILINE))
    say(f"Installing requirements/{name} (at most {count} packages, once; hashes are checked) ...")
    pip("--require-hashes", "-r", str(path))


def pip(*arguments: str) -> None:
    """Run ``pip install``, showing one line per package and everything when it fails."""
    command = [str(in_venv("python")), "-m", "pip", "install", "--no-input", *arguments]
    environment = {**os.environ, "PIP_DISABLE_PIP_VERSION_CHECK": "1", "PIP_USER": "0"}
    output = []
    with subprocess.Popen(
        command,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        encoding="utf-8",
        errors="replace",
        env=environment,
    ) as process:
        for line in process.stdout or ():
            output.append(line)
            if line.startswith(("Collecting ", "Processing ")):
                say("  " + re.split(r"[/\\]", line.split()[1])[-1])
    if process.returncode:
        say("".join(output[-40:]))
        raise DevError(
            f"pip failed with exit code {process.returncode}; its last lines are above.\n"
            "Check the connection to the package index, then run the same line again."
        )


# -- a browser -------------------------------------------------------------------------------------


def find_browser(
    environ: Mapping[str, str], which: Callable[[str], str | None], exists: Callable[[str], bool]
) -> str | None:
    """Return a Chromium of this machine: the one that is asked for, else one that is known.

    Raises:
        DevError: the one that is asked for does not exist.
    """
    asked = environ.get("D365POP_CHROMIUM")
    if asked:
        if exists(asked):
            return asked
        raise DevError(f"D365POP_CHROMIUM names {asked}, which does not exist")
    on_path = (found for name in BROWSER_NAMES if (found := which(name)))
    return next(on_path, None) or next((path for path in BROWSER_PATHS if exists(path)), None)


def ensure_browser() -> str:
    """Return the path of a Chromium; get one where there is none.

    Raises:
        DevError: there is none and none can be had.
    """
    return (
        find_browser(os.environ, shutil.which, os.path.exists)
        or playwright_browser()
        or debian_browser()
        or playwright_install()
    )


def playwright_browser() -> str | None:
    """Return the Chromium that Playwright fetched earlier."""
    script = (
        "from playwright.sync_api import sync_playwright as start\n"
        "with start() as p: print(p.chromium.executable_path)"
    )
    result = subprocess.run(
        [str(in_venv("python")), "-c", script], capture_output=True, text=True, check=False
    )
    path = result.stdout.strip()
    return path if path and Path(path).exists() else None


def debian_browser() -> str | None:
    """Install Debian's Chromium where this is root on Debian."""
    if not is_debian(Path("/etc/os-release")) or os.geteuid() != 0:
        return None
    say("No Chromium found: installing Debian's package ...")
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    for line in (["update"], ["install", "-y", "--no-install-recommends", "chromium"]):
        command = ["apt-get", "-q", *line]
        if subprocess.run(command, stdout=sys.stderr, env=environment, check=False).returncode:
            say("apt-get failed; trying Playwright's own Chromium instead.")
            return None
    return find_browser(os.environ, shutil.which, os.path.exists)


def is_debian(release: Path) -> bool:
    """Tell Debian from its children, some of which ship an empty Chromium package."""
    if os.name == "nt" or not release.exists():
        return False
    lines = release.read_text(encoding="utf-8").splitlines()
    return bool({"ID=debian", 'ID="debian"'} & set(lines))


def playwright_install() -> str:
    """Let Playwright fetch its Chromium."""
    say("No Chromium found: fetching Playwright's own ...")
    command = [str(in_venv("python")), "-m", "playwright", "install", "chromium"]
    subprocess.run(command, stdout=sys.stderr, check=False)
    path = playwright_browser()
    if path is None:
        raise DevError(
            "The browser tests need a Chromium, and none could be found or installed.\n"
            "Install Chromium or Chrome, or name one: D365POP_CHROMIUM=<path>"
        )
    return path


# -- our own commands ------------------------------------------------------------------------------


def run(command: Sequence[str | Path], cwd: Path = ROOT) -> int:
    """Run a program and return its exit code."""
    return subprocess.run([str(part) for part in command], cwd=cwd, check=False).returncode


def test(arguments: Sequence[str]) -> int:
    """Run the tests with a browser and ESLint at hand."""
    set_up("dev.txt")
    install_node_modules()
    os.environ["D365POP_CHROMIUM"] = ensure_browser()
    return run([in_venv("python"), "-m", "pytest", *PARALLEL, *arguments])


def coverage(arguments: Sequence[str]) -> int:
    """Run the tests under coverage and show what no test reached."""
    set_up("dev.txt")
    install_node_modules()
    os.environ["D365POP_CHROMIUM"] = ensure_browser()
    python = in_venv("python")
    tests = run([python, "-m", "coverage", "run", "-m", "pytest", *arguments])
    return tests or run([python, "-m", "coverage", "report"])


def bench(arguments: Sequence[str]) -> int:
    """Measure."""
    set_up("dev.txt")
    return run([in_venv("python"), ROOT / "tests" / "bench" / "bench.py", *arguments])


def fuzz(arguments: Sequence[str]) -> int:
    """Fuzz the readers of strangers' bytes, or the local Dataverse's answers to any request."""
    set_up("dev.txt")
    if arguments[:1] == ["http"]:
        return run([in_venv("python"), "-m", "tests.fuzz.http_surface", *arguments[1:]])
    pip(FUZZER)
    return run([in_venv("python"), "-m", "tests.fuzz.fuzz", *arguments])


SOAKS = {"emulator": "tests.soak.emulator", "deploy": "tests.reliability.soak"}


def soak(arguments: Sequence[str]) -> int:
    """Run something for long under faults; it stops by itself."""
    name = arguments[0] if arguments else ""
    if name not in SOAKS:
        say(f"Name one of: {', '.join(SOAKS)}")
        return 2
    set_up("dev.txt")
    return run([in_venv("python"), "-m", SOAKS[name], *arguments[1:]])


def platforms(arguments: Sequence[str]) -> int:
    """Resolve for every platform and Python, and start the wheel from an empty cache."""
    if arguments:
        raise DevError("dev.py platforms takes no options")
    set_up("dev.txt")
    pip(UV, PIPX)
    return run([in_venv("python"), "-m", "tests.platforms"])


def pages(arguments: Sequence[str]) -> int:
    """Write the references of docs/ anew, and name those that changed."""
    if arguments:
        raise DevError("dev.py pages takes no options")
    set_up("dev.txt")
    return run([in_venv("python"), "-m", "tests.pages"])


def site(arguments: Sequence[str]) -> int:
    """Build the site of docs/; a dead link or a page without a place is an error."""
    set_up("dev.txt")
    return run([in_venv("python"), "-m", "mkdocs", "build", "-f", ".ci/mkdocs.yml", *arguments])


def check(arguments: Sequence[str]) -> int:
    """Run every linter and type check, the later ones also when an earlier one fails."""
    if arguments:
        raise DevError("dev.py check takes no options")
    set_up("dev.txt")
    install_node_modules()
    python, tsc = in_venv("python"), WEBRESOURCES / "node_modules" / "typescript" / "bin" / "tsc"
    steps: dict[str, Callable[[], int]] = {
        "ruff check": lambda: run([python, "-m", "ruff", "check", "."]),
        "ruff format": lambda: run([python, "-m", "ruff", "format", "--check", "."]),
        "mypy": lambda: run([python, "-m", "mypy"]),
        "tsc, web resources": lambda: run([in_venv("node"), tsc, "-p", WEBRESOURCES]),
        "tsc, shell": lambda: run([in_venv("node"), tsc, "-p", "tests/js/tsconfig.shell.json"]),
        "leaks": check_leaks,
    }
    failed = []
    for name, step in steps.items():
        say(f"== {name}")
        if step():
            failed.append(name)
    say(f"FAILED: {', '.join(failed)}" if failed else f"All {len(steps)} checks passed.")
    return 1 if failed else 0


def install_node_modules() -> None:
    """Install what type-checks the web resources, and what the script rules are compared with."""
    lock = file_hash(WEBRESOURCES / "package-lock.json")
    if read_stamp().get("node_modules") == lock and (WEBRESOURCES / "node_modules").is_dir():
        return
    say("Installing the locked JavaScript development packages ...")
    if run([in_venv("npm"), "ci", "--ignore-scripts", "--loglevel=error"], cwd=WEBRESOURCES):
        raise DevError("npm could not install the packages of webresources/package-lock.json")
    remember(node_modules=lock)


def leaks(text: str) -> Iterator[tuple[int, str]]:
    """Yield line number and text of every registry host and machine path."""
    for number, line in enumerate(text.splitlines(), 1):
        if found := LEAK.search(line):
            yield number, found.group()


def check_leaks() -> int:
    """Look through all tracked text for what belongs to one machine only."""
    listed = subprocess.run(
        ["git", "ls-files", "-z"],  # noqa: S607 - git is where the person keeps it
        cwd=ROOT,
        capture_output=True,
        check=True,
    )
    found = 0
    for name in filter(None, listed.stdout.decode().split("\0")):
        path = ROOT / name
        content = path.read_bytes() if path.is_file() else b""
        if b"\0" in content:
            continue
        for number, leak in leaks(content.decode("utf-8", "replace")):
            found += 1
            say(f"{name}:{number}: {leak}")
    return 1 if found else 0


def lock(arguments: Sequence[str]) -> int:
    """Resolve anew; ``dev.txt`` first, because ``run.txt`` must have the same versions."""
    set_up("run.txt")
    pip(UV)
    resolve = [str(in_venv("uv")), "pip", "compile", "--quiet", "--universal", "--no-header"]
    resolve += ["--generate-hashes", "--no-annotate", "--python-version", "3.11", *arguments]
    dev = ["--group", "dev", "pyproject.toml", "-o", "requirements/dev.txt"]
    base = ["--group", "build", "-c", "requirements/dev.txt", "pyproject.toml"]
    return (
        run([*resolve, *dev])
        or run([*resolve, *base, "-o", "requirements/run.txt"])
        or run([in_venv("npm"), "install", "--package-lock-only"], cwd=WEBRESOURCES)
    )


def hand_over(arguments: Sequence[str]) -> int:
    """Become d365pop, in the folder where the person stands."""
    set_up("run.txt")
    program = str(in_venv("d365pop"))
    if os.name != "nt":  # exec on Windows returns to the shell at once
        os.execv(program, [program, *arguments])  # noqa: S606 - no shell is wanted
    return subprocess.call([program, *arguments])


COMMANDS: dict[str, Callable[[Sequence[str]], int]] = {
    "test": test,
    "check": check,
    "coverage": coverage,
    "bench": bench,
    "fuzz": fuzz,
    "soak": soak,
    "platforms": platforms,
    "pages": pages,
    "site": site,
    "lock": lock,
}


def main(arguments: Sequence[str]) -> int:
    """Dispatch the line and return the exit code."""
    if sys.version_info < (3, 11):  # noqa: UP036 - this line is for those who have an older one
        say(f"d365pop needs Python 3.11 or newer; this is {sys.version.split()[0]}")
        return 3
    if not arguments or arguments[0] in {"-h", "--help"}:
        print(HELP, end="")
        return 0
    own = COMMANDS.get(arguments[0])
    if arguments == ["help"]:
        arguments = ["--help"]
    try:
        return own(arguments[1:]) if own else hand_over(arguments)
    except DevError as exc:
        say(f"dev.py: {exc}")
        return 3
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
