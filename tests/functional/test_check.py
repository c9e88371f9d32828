"""``d365pop check``: what it finds in good and broken packages, where it says so, how it ends."""

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from lxml import etree

from d365pop.errors import ExitCode
from d365pop.report.names import ReportFormat
from d365pop.solution.package import read_package, write_package
from tests.workspace import Workspace, clean_environment

NAME = "GenesysScreenPop_1.0.0.0.zip"
LEAK = b"window.parent.postMessage({ number: '1' }, '*');\n"


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    """A workspace with the package in it; what it caches is shared by this module's tests."""
    workspace = Workspace.make(tmp_path_factory.mktemp("built"))
    assert workspace.run("build").returncode == ExitCode.OK
    return workspace


@pytest.fixture
def workspace(built: Workspace, tmp_path: Path) -> Workspace:
    """A copy with a good and two broken packages."""
    folder = tmp_path / "work"
    shutil.copytree(built.folder, folder)
    good = (folder / "dist" / NAME).read_bytes()
    (folder / "good.zip").write_bytes(good)
    parts = read_package(good)
    script = next(part for part in parts if "formjs" in part.replace(".", ""))
    (folder / "broken.zip").write_bytes(
        write_package({**parts, "WebResources/left.xml": b"<left />"})
    )
    (folder / "leaky.zip").write_bytes(write_package({**parts, script: parts[script] + LEAK}))
    return Workspace(folder, built.url)


def findings(workspace: Workspace, *arguments: str) -> list[tuple[str, bool]]:
    """Return rule and knownness of each finding of a package without its scripts."""
    result = workspace.run("check", "--no-scripts", "--format", "json", *arguments)
    document = json.loads(result.stdout)
    return [(f["rule"], f["known"]) for p in document["packages"] for f in p["findings"]]


def test_our_own_build_passes_with_its_scripts(workspace: Workspace) -> None:
    result = workspace.run("check")
    assert (result.returncode, result.stderr) == (ExitCode.OK, "")
    assert result.stdout.startswith(f"dist/{NAME}\n")
    assert result.stdout.endswith("Passed: nothing is high or worse.\n")


def test_both_packages_of_a_build_are_checked_from_another_folder(workspace: Workspace) -> None:
    folder = workspace.folder / "project"
    folder.mkdir()
    (folder / "own.js").write_text("export const lookup = undefined;\n", encoding="utf-8")
    text = (workspace.folder / "d365pop.toml").read_text("utf-8")
    written = f'{text}\n[bundle]\nextensions = "own.js"\n'
    (folder / "d365pop.toml").write_text(written, encoding="utf-8")
    result = workspace.run(
        "check", "--no-scripts", "--format", "json", "--config", "project/d365pop.toml"
    )
    assert result.returncode == ExitCode.OK, result.stderr
    paths = [package["path"] for package in json.loads(result.stdout)["packages"]]
    assert paths == [f"dist/{NAME}", f"dist/{NAME.replace('.zip', '_managed.zip')}"]


def test_folder_of_a_package_is_checked_like_its_zip(workspace: Workspace) -> None:
    folder = workspace.folder / "unpacked"
    for part, content in read_package((workspace.folder / "good.zip").read_bytes()).items():
        target = folder / part
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content)
    assert findings(workspace, "unpacked") == findings(workspace, "good.zip") == []


def test_script_that_posts_to_every_origin_fails_the_check(workspace: Workspace) -> None:
    result = workspace.run("check", "leaky.zip", "--format", "json")
    assert result.returncode == ExitCode.CHECK_FINDINGS, result.stderr
    (package,) = json.loads(result.stdout)["packages"]
    (found,) = [finding for finding in package["findings"] if finding["failing"]]
    assert "*" in found["message"] + found["evidence"]
    assert found["line"] > 1


def test_scripts_that_are_left_out_are_named(workspace: Workspace) -> None:
    result = workspace.run("check", "leaky.zip", "--no-scripts")
    assert result.returncode == ExitCode.OK
    assert "not checked   scripts and the functions of handlers: --no-scripts" in result.stdout
    assert "nothing of what was checked is high or worse" in result.stdout


@pytest.mark.parametrize(
    ("fail_on", "code"),
    [
        ("critical", ExitCode.OK),
        ("high", ExitCode.OK),
        ("medium", ExitCode.CHECK_FINDINGS),
        ("low", ExitCode.CHECK_FINDINGS),
    ],
)
def test_threshold_decides_the_exit_code(
    workspace: Workspace, fail_on: str, code: ExitCode
) -> None:
    result = workspace.run("check", "broken.zip", "--no-scripts", "--fail-on", fail_on)
    assert result.returncode == code, result.stdout


def test_accepted_findings_do_not_fail_and_new_ones_do(workspace: Workspace) -> None:
    common = ("check", "--no-scripts", "--fail-on", "low")
    accepted = workspace.run(*common, "broken.zip", "--write-baseline", "accepted.json")
    assert accepted.returncode == ExitCode.OK, accepted.stdout
    known = findings(workspace, "broken.zip", "--baseline", "accepted.json")
    assert known == [(rule, True) for rule, _ in known] != []
    parts = read_package((workspace.folder / "broken.zip").read_bytes())
    (workspace.folder / "worse.zip").write_bytes(
        write_package({**parts, "WebResources/other.xml": b"<other />"})
    )
    worse = workspace.run(*common, "worse.zip", "--baseline", "accepted.json")
    assert worse.returncode == ExitCode.CHECK_FINDINGS
    assert f"{len(known)} more in the baseline." in worse.stdout
    good = workspace.run(*common, "good.zip", "--baseline", "accepted.json")
    assert good.returncode == ExitCode.OK
    assert "that no longer occur" in good.stdout


def test_old_baseline_decides_while_a_new_one_is_written(workspace: Workspace) -> None:
    empty = workspace.folder / "empty.json"
    empty.write_text('{"format": 1, "findings": []}', encoding="utf-8")
    result = workspace.run(
        *("check", "broken.zip", "--no-scripts", "--fail-on", "low"),
        *("--baseline", "empty.json", "--write-baseline", "new.json"),
    )
    assert result.returncode == ExitCode.CHECK_FINDINGS
    assert json.loads((workspace.folder / "new.json").read_text("utf-8"))["findings"]


@pytest.mark.parametrize("shown", [ReportFormat.TEXT, ReportFormat.HTML, ReportFormat.AZURE])
def test_file_of_a_report_is_what_stdout_shows(workspace: Workspace, shown: ReportFormat) -> None:
    options = [f"--report={name}=reports/{name}" for name in ReportFormat]
    result = workspace.run("check", "broken.zip", "--no-scripts", "--format", shown, *options)
    assert (result.returncode, result.stderr) == (ExitCode.OK, "")
    written = {
        path.name: path.read_text("utf-8") for path in (workspace.folder / "reports").iterdir()
    }
    assert set(written) == set(ReportFormat)
    assert written[shown] == result.stdout


def test_several_reports_are_written_by_one_run(workspace: Workspace) -> None:
    result = workspace.run(
        *("check", "broken.zip", "good.zip", "--no-scripts"),
        *("--report", "sarif=a.sarif", "--report", "junit=a.xml"),
    )
    assert result.returncode == ExitCode.OK, result.stderr
    sarif = json.loads((workspace.folder / "a.sarif").read_text("utf-8"))
    uris = {
        r["locations"][0]["physicalLocation"]["artifactLocation"]["uri"].partition("/")[0]
        for r in sarif["runs"][0]["results"]
    }
    assert uris == {"broken.zip"}
    suites = etree.parse(str(workspace.folder / "a.xml")).getroot()
    assert [suite.get("name") for suite in suites] == ["broken.zip", "good.zip"]


def test_github_gets_annotations_on_stderr_and_a_summary(workspace: Workspace) -> None:
    summary = workspace.folder / "summary.md"
    summary.write_text("# Before\n", encoding="utf-8")
    result = workspace.run(
        *("check", "broken.zip", "--no-scripts", "--format", "json", "--fail-on", "low"),
        GITHUB_ACTIONS="true",
        GITHUB_STEP_SUMMARY=str(summary),
    )
    assert result.returncode == ExitCode.CHECK_FINDINGS
    json.loads(result.stdout)
    assert "::error file=broken.zip/" in result.stderr
    assert summary.read_text("utf-8").startswith("# Before\n## d365pop check: failed\n")


def test_azure_gets_issues_on_stderr_and_a_summary(workspace: Workspace) -> None:
    scratch = workspace.folder / "scratch"
    result = workspace.run(
        *("check", "broken.zip", "--no-scripts", "--format", "json"),
        TF_BUILD="True",
        AGENT_TEMPDIRECTORY=str(scratch),
    )
    assert result.returncode == ExitCode.OK
    json.loads(result.stdout)
    (summary,) = scratch.iterdir()
    assert "##vso[task.logissue type=warning;sourcepath=broken.zip/" in result.stderr
    assert f"##vso[task.uploadsummary]{summary}\n" in result.stderr
    assert "##vso[task.complete result=SucceededWithIssues;]" in result.stderr
    assert summary.read_text("utf-8").startswith("## d365pop check: passed\n")


def test_name_in_a_package_is_no_command_in_a_log(workspace: Workspace) -> None:
    parts = read_package((workspace.folder / "good.zip").read_bytes())
    name = "WebResources/##vso[task.setvariable variable=x]y"
    (workspace.folder / "evil.zip").write_bytes(write_package({**parts, name: b"x"}))
    result = workspace.run("check", "evil.zip", "--no-scripts", "--fail-on", "low")
    assert result.returncode == ExitCode.CHECK_FINDINGS
    assert "**vso[task.setvariable variable=x]y" in result.stdout
    assert "##vso[" not in result.stdout + result.stderr


@pytest.mark.parametrize(
    ("code", "reference", "arguments"),
    [
        (ExitCode.USAGE, "package-not-found", ["none.zip"]),
        (ExitCode.BUNDLE, "package-invalid", ["d365pop.toml"]),
        (ExitCode.USAGE, "report-option-invalid", ["good.zip", "--report", "sarif"]),
        (ExitCode.USAGE, "report-option-invalid", ["good.zip", "--report", "pdf=x"]),
        (
            ExitCode.USAGE,
            "report-file-twice",
            ["good.zip", "--report", "json=x", "--report", "html=x"],
        ),
        (ExitCode.CONFIGURATION, "baseline-unreadable", ["good.zip", "--baseline", "none.json"]),
        (ExitCode.CONFIGURATION, "baseline-unreadable", ["good.zip", "--baseline", "good.zip"]),
        (ExitCode.USAGE, "schemas-missing", ["good.zip", "--schemas", "none.zip"]),
        (
            ExitCode.CONFIGURATION,
            "output-unwritable",
            ["good.zip", "--no-scripts", "--report", "json=good.zip/x"],
        ),
        (ExitCode.CONFIGURATION, "configuration-missing", ["--config", "none.toml"]),
    ],
    ids=lambda value: str(value) if isinstance(value, str) else "",
)
def test_check_without_a_result_never_passes(
    workspace: Workspace, code: ExitCode, reference: str, arguments: list[str]
) -> None:
    result = workspace.run("check", *arguments)
    assert (result.returncode, result.stdout) == (code, ""), result.stderr
    assert f"({reference})" in result.stderr
    assert "Traceback" not in result.stderr


def test_package_that_cannot_be_read_costs_no_other_its_report(workspace: Workspace) -> None:
    (workspace.folder / "half.zip").write_bytes(b"PK\3\4 and no more")
    assert findings(workspace, "half.zip", "good.zip", "broken.zip") == [
        ("package-unreadable", False),
        ("file-unreferenced", False),
    ]
    result = workspace.run("check", "--no-scripts", "half.zip", "good.zip")
    assert result.returncode == ExitCode.CHECK_FINDINGS
    assert "half.zip\n  critical" in result.stdout


def test_threshold_below_low_is_refused(workspace: Workspace) -> None:
    result = workspace.run("check", "good.zip", "--fail-on", "informational")
    assert result.returncode == ExitCode.USAGE


def test_microsofts_schemas_are_taken_along(workspace: Workspace, shared: Path) -> None:
    schemas = shared / "schemas" / "9.0.0.2090-portable"
    result = workspace.run("check", "good.zip", "--no-scripts", "--schemas", str(schemas))
    assert result.returncode == ExitCode.OK, result.stderr
    without = workspace.run("check", "good.zip", "--no-scripts")
    counted = [text.rpartition(" by ")[2].split()[0] for text in (result.stdout, without.stdout)]
    assert int(counted[0]) == int(counted[1]) + 1


def test_every_sample_package_is_checked(workspace: Workspace, shared: Path) -> None:
    samples = sorted((shared / "samples" / "packages").glob("*.zip"))
    result = workspace.run("check", "--format", "json", *map(str, samples))
    assert result.returncode in {ExitCode.OK, ExitCode.CHECK_FINDINGS}, result.stderr
    document = json.loads(result.stdout)
    assert [package["path"] for package in document["packages"]] == [
        path.resolve().as_posix() for path in samples
    ]
    assert all(package["not_checked"] == [] for package in document["packages"])


@pytest.mark.skipif(sys.platform == "win32", reason="pseudo-terminals are POSIX")
def test_terminal_shows_the_same_words_in_colour(workspace: Workspace) -> None:
    plain = workspace.run("check", "broken.zip", "--no-scripts")
    screen = on_a_terminal(workspace, "check", "broken.zip", "--no-scripts")
    assert "\x1b[1;32mPassed" in screen
    shown = re.sub(r"\x1b\[[0-9;]*m", "", screen)
    assert shown.split() == plain.stdout.split()


def test_reader_that_leaves_does_not_change_the_verdict(workspace: Workspace) -> None:
    with subprocess.Popen(
        [sys.executable, "-m", "d365pop", "check", "broken.zip", "--no-scripts", "--fail-on=low"],
        cwd=workspace.folder,
        env=clean_environment(),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as process:
        assert process.stdout
        process.stdout.close()
        assert process.stderr
        assert process.stderr.read() == b""
    assert process.returncode == ExitCode.CHECK_FINDINGS


def on_a_terminal(workspace: Workspace, *arguments: str) -> str:
    """Return what a terminal shows of a run that asks nothing."""
    ours, theirs = os.openpty()
    with subprocess.Popen(
        [sys.executable, "-m", "d365pop", *arguments],
        cwd=workspace.folder,
        env={**clean_environment(), "TERM": "xterm"},
        stdin=subprocess.DEVNULL,
        stdout=theirs,
    ):
        os.close(theirs)
        screen = b"".join(_chunks(ours))
    os.close(ours)
    return screen.decode()


def _chunks(terminal: int) -> Iterator[bytes]:
    try:
        while chunk := os.read(terminal, 4096):
            yield chunk
    except OSError:
        return  # Linux says so when the other side is closed


def test_report_over_the_package_itself_is_refused(workspace: Workspace) -> None:
    assert workspace.run("build").returncode == ExitCode.OK
    package = "dist/GenesysScreenPop_1.0.0.0.zip"
    before = (workspace.folder / package).read_bytes()
    for option in ("--report", f"json={package}"), ("--write-baseline", package):
        result = workspace.run("check", package, *option)
        assert result.returncode == ExitCode.USAGE
        assert "(output-is-input)" in result.stderr
    assert (workspace.folder / package).read_bytes() == before
