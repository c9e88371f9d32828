"""Runs the steps of GitHub's composite actions and Azure's templates as their agents would.

Knows the expressions that ours use and no more: one that it does not know fails the test.
"""

import os
import re
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

Step = Mapping[str, Any]
_EXPRESSION = re.compile(r"\$\{\{ ([\w.-]+) \}\}")
_NAME = re.compile(r"\$\{\{ replace\(parameters\.(\w+), '(.)', '(.)'\) \}\}")
_MACRO = re.compile(r"\$\(([\w.]+)\)")
_SET = re.compile(r"and\(always\(\), ne\(variables\['(\w+)'\], ''\)\)")
_OUTPUT = re.compile(r"\$\[ stageDependencies\.(\w+)\.\w+\.outputs\['([\w.]+)'\] \]")
_WANTED = re.compile(
    r"and\(not\(or\(failed\(\), canceled\(\)\)\), ne\(variables\['([\w.]+)'\], '(\w+)'\),"
    r" eq\(dependencies\.(\w+)\.outputs\['\w+\.([\w.]+)'\], '(\w+)'\)\)"
)
_COMPARISON = re.compile(r"([\w.-]+) (==|!=) '([^']*)'")


@dataclass
class Agent:
    """A machine with a checkout, a PATH, variables and artefacts that outlive the job."""

    checkout: Path
    temp: Path
    artefacts: Path
    environ: dict[str, str]
    log: str = ""

    def shell(
        self, script: str, environ: Mapping[str, str], folder: str, options: tuple[str, ...]
    ) -> int:
        """Run ``script`` as the agent's bash does; return its exit code."""
        result = subprocess.run(
            ["bash", "--noprofile", "--norc", *options, "-c", script],
            cwd=self.checkout / folder,
            env={**self.environ, **environ},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=120,
            check=False,
        )
        self.log += result.stdout
        return result.returncode

    def prepend(self, folder: str) -> None:
        self.environ["PATH"] = os.pathsep.join([folder, self.environ["PATH"]])

    def upload(self, name: str, path: Path) -> None:
        """Keep a folder in place of another one of its name; GitHub only warns of none."""
        if path.is_dir():
            shutil.rmtree(self.artefacts / name, ignore_errors=True)
            shutil.copytree(path, self.artefacts / name)

    def publish(self, name: str, path: Path) -> int:
        """Keep a folder as Azure does: it must be there, and no artefact is written over."""
        if not path.is_dir() or (self.artefacts / name).exists():
            return 1
        shutil.copytree(path, self.artefacts / name)
        return 0

    def download(self, name: str, path: Path) -> None:
        shutil.copytree(self.artefacts / name, path, dirs_exist_ok=True)


@dataclass
class Composite:
    """One use of a composite action: GitHub's files, contexts and conditions."""

    action: Path
    agent: Agent
    contexts: dict[str, str]
    outputs: dict[str, str] = field(default_factory=dict)
    failed: int = 0

    def use(self, **inputs: str) -> int:
        """Run every step whose condition holds; return the first exit code that is not 0."""
        text = yaml.safe_load(self.action.read_text("utf-8"))
        unknown = set(inputs) - {name.replace("-", "_") for name in text["inputs"]}
        assert not unknown, unknown
        self.contexts["runner.temp"] = str(self.agent.temp)
        for name, told in text["inputs"].items():
            given = inputs.get(name.replace("-", "_"), str(told.get("default", "")))
            self.contexts[f"inputs.{name}"] = self.resolve(given)
        for step in text["runs"]["steps"]:
            if self.holds(step.get("if", "success()")):
                self.failed = self.run(step) or self.failed
        for name, told in text["outputs"].items():
            self.outputs[name] = self.resolve(told["value"])
        return self.failed

    def value(self, name: str) -> str:
        known = name in self.contexts or name.startswith("steps.")
        assert known, f"GitHub would know {name}, this test does not"
        return self.contexts.get(name, "")

    def resolve(self, text: str) -> str:
        resolved = _EXPRESSION.sub(lambda found: self.value(found[1]), text)
        assert "${{" not in resolved, resolved
        return resolved

    def holds(self, condition: str) -> bool:
        terms = condition.split(" && ")
        always = terms[0] == "always()"
        if self.failed and not always:
            return False
        return all(map(self.compare, terms[always or terms == ["success()"] :]))

    def compare(self, term: str) -> bool:
        found = _COMPARISON.fullmatch(term)
        assert found, term
        return (self.value(found[1]) == found[3]) == (found[2] == "==")

    def run(self, step: Step) -> int:
        if "uses" in step:
            self.uses(step)
            return 0
        # Text of strangers in a script would be run: it may come by variables only.
        assert "${{" not in step["run"], step
        files = {
            name: self.agent.temp / f"{name}.txt"
            for name in ("GITHUB_OUTPUT", "GITHUB_PATH", "GITHUB_ENV")
        }
        for file in files.values():
            file.write_text("")
        environ = {name: self.resolve(str(text)) for name, text in step.get("env", {}).items()}
        environ |= {name: str(file) for name, file in files.items()}
        # Known to the steps alone: the action's inputs are told before it is set.
        environ["GITHUB_ACTION_PATH"] = str(self.action.parent)
        folder = self.resolve(step.get("working-directory", "."))
        code = self.agent.shell(step["run"], environ, folder, ("-eo", "pipefail"))
        for line in files["GITHUB_PATH"].read_text().splitlines():
            self.agent.prepend(line)
        for line in files["GITHUB_OUTPUT"].read_text().splitlines():
            name, _, text = line.partition("=")
            self.contexts[f"steps.{step['id']}.outputs.{name}"] = text
        return code

    def uses(self, step: Step) -> None:
        given = {name: self.resolve(str(text)) for name, text in step["with"].items()}
        match step["uses"].partition("@")[0]:
            case "actions/setup-python":
                pass  # the test's own Python is on the PATH
            case "actions/upload-artifact":
                self.agent.upload(given["name"], self.agent.checkout / given["path"])
            case "actions/download-artifact":
                self.agent.download(given["name"], Path(given["path"]))
            case other:
                raise AssertionError(other)


@dataclass
class Template:
    """One job of an Azure Pipelines template."""

    folder: Path
    agent: Agent
    variables: dict[str, str]
    parameters: dict[str, str] = field(default_factory=dict)
    outputs: dict[str, str] = field(default_factory=dict)
    stages: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    """Outputs of the stages before, by name."""

    def run(self, file: str, stage: str, **parameters: str) -> int:
        """Run the job of ``stage``; return the first exit code that is not 0."""
        text = yaml.safe_load((self.folder / file).read_text("utf-8"))
        self.set(text, parameters)
        (found,) = [part for part in text["stages"] if self.resolve(part["stage"]) == stage]
        (job,) = found["jobs"]
        for name, value in job.get("variables", {}).items():
            told = _OUTPUT.fullmatch(self.resolve(value))
            assert told, value
            self.variables[name] = self.stages[told[1]][told[2]]
        steps = job.get("steps") or job["strategy"]["runOnce"]["deploy"]["steps"]
        failed = 0
        for step in self.expanded(steps):
            if self.holds(step.get("condition", "succeeded()"), failed):
                failed = self.step(step) or failed
        return failed

    def stages_of(self, file: str, **parameters: str) -> list[Step]:
        """Return name, dependency and condition of each stage."""
        text = yaml.safe_load((self.folder / file).read_text("utf-8"))
        self.set(text, parameters)
        keys = ("stage", "dependsOn", "condition")
        return [
            {key: self.resolve(stage[key]) for key in keys if key in stage}
            for stage in text["stages"]
        ]

    def wants(self, condition: str) -> bool:
        """Return whether the condition of a stage holds after stages that did not fail."""
        found = _WANTED.fullmatch(condition)
        assert found, condition
        variable, unwanted, stage, output, wanted = found.groups()
        return self.variables[variable] != unwanted and self.stages[stage][output] == wanted

    def holds(self, condition: str, failed: int) -> bool:
        """Return whether a step runs."""
        if found := _SET.fullmatch(condition):
            return found[1] in self.variables
        assert condition in {"succeeded()", "always()"}
        return not failed or condition == "always()"

    def set(self, text: Mapping[str, Any], given: Mapping[str, str]) -> None:
        declared = {told["name"]: told.get("default") for told in text["parameters"]}
        assert set(given) <= set(declared)
        self.parameters = {name: str(given.get(name, told)) for name, told in declared.items()}

    def expanded(self, steps: list[Step]) -> Iterator[Step]:
        for step in steps:
            if "template" in step:
                text = yaml.safe_load((self.folder / step["template"]).read_text("utf-8"))
                assert set(step["parameters"]) == {told["name"] for told in text["parameters"]}
                for name, value in step["parameters"].items():
                    assert value == f"${{{{ parameters.{name} }}}}"
                yield from text["steps"]
            else:
                yield step

    def resolve(self, text: str) -> str:
        resolved = _NAME.sub(
            lambda found: self.parameters[found[1]].replace(found[2], found[3]), text
        )
        resolved = _EXPRESSION.sub(
            lambda found: self.parameters[found[1].removeprefix("parameters.")], resolved
        )
        resolved = _MACRO.sub(lambda found: self.variables[found[1]], resolved)
        assert "${{" not in resolved, resolved
        return resolved

    def step(self, step: Step) -> int:
        match step:
            case {"bash": script}:
                return self.bash(step, script)
            case {"publish": path, "artifact": name}:
                return self.agent.publish(self.resolve(name), Path(self.resolve(str(path))))
            case {"task": "DownloadPipelineArtifact@2", "inputs": inputs}:
                self.download({name: self.resolve(str(text)) for name, text in inputs.items()})
            case {"checkout": "self"} | {"task": "PublishTestResults@2"}:
                pass
            case _:
                raise AssertionError(step)
        return 0

    def download(self, inputs: Mapping[str, str]) -> None:
        """Fetch an artefact, or into a folder each those of a pattern."""
        target = Path(inputs["targetPath"])
        if "itemPattern" not in inputs:
            self.agent.download(inputs["artifactName"], target)
            return
        names, _, files = inputs["itemPattern"].partition("/")
        assert files == "**"
        for found in self.agent.artefacts.glob(names):
            self.agent.download(found.name, target / found.name)

    def bash(self, step: Step, script: str) -> int:
        assert "${{" not in script, script
        environ = {name: self.resolve(text) for name, text in step.get("env", {}).items()}
        start = len(self.agent.log)
        folder = self.resolve(step.get("workingDirectory", "."))
        code = self.agent.shell(script, environ, folder, ())
        for line in self.agent.log[start:].splitlines():
            if line.startswith("##vso[task.prependpath]"):
                self.agent.prepend(line.partition("]")[2])
            if found := re.match(
                r"##vso\[task\.setvariable variable=(\w+);isOutput=true\](.*)", line
            ):
                self.outputs[f"{step['name']}.{found[1]}"] = found[2]
            if found := re.match(r"##vso\[task\.setvariable variable=(\w+)\](.*)", line):
                self.variables[found[1]] = found[2]
        return code
