"""From the configuration and the web resources to the bytes that are shipped.

Knows which web resource is made from which source; refuses to know any environment but for the
origins that framework.js may talk to.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from d365pop import __version__
from d365pop.bundle.bundler import Entry, Script, bundle, read_sources, toolchain_versions
from d365pop.errors import ConfigurationError
from d365pop.genesys.framework import CONSTANTS_MODULE, framework_constants
from d365pop.models import (
    EnvironmentVariable,
    Json,
    Publisher,
    Solution,
    VariableType,
    WebResource,
    WebResourceType,
    content_hash,
)
from d365pop.resources import solution_template_root, webresources_root
from d365pop.settings import Settings
from d365pop.solution.manifest import package_parts, read_templates
from d365pop.solution.package import content_digest, write_package

FORM_SCRIPT: Final = "form.js"
FORM_NAMESPACE: Final = "D365Pop"
ON_LOAD_FUNCTION: Final = f"{FORM_NAMESPACE}.onLoad"
SOFTPHONE_SCRIPT: Final = "softphone.js"
FRAMEWORK_SCRIPT: Final = "framework.js"

_ENTRIES: Final = (
    Entry(FORM_SCRIPT, FORM_NAMESPACE),
    Entry(SOFTPHONE_SCRIPT),
    Entry(FRAMEWORK_SCRIPT),
)
# File below webresources/, type, and what an admin reads in the list of web resources.
_STATIC: Final = (
    ("html/softphone.html", WebResourceType.HTML, "Softphone page of the side pane"),
    ("css/softphone.css", WebResourceType.CSS, "Looks of the softphone page"),
    ("images/phone.svg", WebResourceType.SVG, "Icon of the side pane"),
)
_SCRIPTS: Final = (
    (FORM_SCRIPT, "OnLoad handler that opens the softphone's side pane"),
    (SOFTPHONE_SCRIPT, "Softphone page: finds the caller and opens the record"),
)


@dataclass(frozen=True, slots=True)
class Build:
    """Everything that one build makes."""

    solution: Solution
    managed: bool
    package: bytes = field(repr=False)
    framework: bytes = field(repr=False)
    source_maps: Mapping[str, bytes] = field(repr=False)
    """By script file name."""
    manifest: bytes = field(repr=False)

    @property
    def package_name(self) -> str:
        """File name of the package."""
        suffix = "_managed" if self.managed else ""
        return f"{self.solution.unique_name}_{self.solution.version}{suffix}.zip"

    def files(self) -> dict[str, bytes]:
        """Return what ``dist/`` holds, by path below it."""
        maps = {f"maps/{name}.map": text for name, text in self.source_maps.items()}
        return {
            self.package_name: self.package,
            FRAMEWORK_SCRIPT: self.framework,
            "manifest.json": self.manifest,
            **maps,
        }


def build(settings: Settings, *, managed: bool = False, cache: Path | None = None) -> Build:
    """Bundle the scripts and generate the package.

    ``cache`` is a folder for bundles whose sources and toolchain have not changed.

    Raises:
        BundleError: a source does not parse, or the result is no valid package.
    """
    root = webresources_root()
    sources = read_sources(root / "src")
    scripts = bundle(sources, _ENTRIES, _constants(settings), cache=cache)
    statics = {path: (root / path).read_bytes() for path, _, _ in _STATIC}
    solution = _solution(settings, _web_resources(settings, scripts, statics))
    templates = read_templates(solution_template_root())
    parts = package_parts(solution, templates, managed=managed)
    package = write_package(parts)
    inputs = {
        **{f"webresources/src/{name}": text.encode() for name, text in sources.items()},
        **{f"webresources/{name}": content for name, content in statics.items()},
        **{f"solution_template/{name}": text.encode() for name, text in templates.items()},
    }
    framework = scripts[FRAMEWORK_SCRIPT].code
    return Build(
        solution=solution,
        managed=managed,
        package=package,
        framework=framework,
        source_maps={name: script.source_map for name, script in scripts.items()},
        manifest=_manifest(
            solution,
            inputs,
            {"content_digest": content_digest(parts), "package_sha256": content_hash(package)},
            framework,
        ),
    )


def write_files(files: Mapping[str, bytes], out: Path) -> None:
    """Write ``files`` below ``out``, each whole or not at all.

    Raises:
        ConfigurationError: the folder cannot be written.
    """
    try:
        for name, content in files.items():
            target = out / name
            target.parent.mkdir(parents=True, exist_ok=True)
            draft = target.with_name(f".{target.name}.new")
            draft.write_bytes(content)
            draft.replace(target)
    except OSError as error:
        raise ConfigurationError(
            "output-unwritable",
            f"{out} cannot be written.",
            context=str(error),
            hint="Name another folder with --out.",
        ) from error


def web_resource_name(prefix: str, file: str) -> str:
    """Return the Dataverse name of one of our files: ``pre_/screenpop/file``."""
    return f"{prefix}_/screenpop/{file}"


def settings_variable_name(prefix: str) -> str:
    """Return the schema name of the environment variable that the page reads."""
    return f"{prefix}_ScreenPopSettings"


def _constants(settings: Settings) -> dict[str, dict[str, Json]]:
    prefix = settings.publisher.customization_prefix
    return {
        "d365pop:build": {
            "version": __version__,
            "softphonePage": web_resource_name(prefix, "softphone.html"),
            "phoneIcon": web_resource_name(prefix, "phone.svg"),
            "settingsVariable": settings_variable_name(prefix),
        },
        CONSTANTS_MODULE: framework_constants(
            version=__version__,
            name=settings.genesys.integration_name,
            region=settings.genesys.region,
            client_id=settings.genesys.client_id,
            dynamics_origins=[e.url for e in settings.environments.values()],
        ),
    }


def _web_resources(
    settings: Settings, scripts: Mapping[str, Script], statics: Mapping[str, bytes]
) -> tuple[WebResource, ...]:
    prefix = settings.publisher.customization_prefix
    made = [
        (name, WebResourceType.SCRIPT, description, scripts[name].code)
        for name, description in _SCRIPTS
    ]
    copied = [
        (Path(path).name, kind, description, statics[path]) for path, kind, description in _STATIC
    ]
    return tuple(
        WebResource(
            name=web_resource_name(prefix, file),
            display_name=f"Screen pop: {file}",
            description=description,
            type=kind,
            content=content,
        )
        for file, kind, description, content in sorted(made + copied)
    )


def _solution(settings: Settings, web_resources: tuple[WebResource, ...]) -> Solution:
    publisher = settings.publisher
    return Solution(
        unique_name=settings.solution.unique_name,
        display_name=settings.solution.display_name,
        description=settings.solution.description,
        version=settings.solution.version,
        publisher=Publisher(
            unique_name=publisher.unique_name,
            display_name=publisher.display_name,
            customization_prefix=publisher.customization_prefix,
            option_value_prefix=publisher.option_value_prefix,
        ),
        web_resources=web_resources,
        environment_variables=(
            EnvironmentVariable(
                schema_name=settings_variable_name(publisher.customization_prefix),
                display_name="Screen pop settings",
                description="Where the softphone is and how callers are found in this environment.",
                type=VariableType.JSON,
            ),
        ),
    )


def _manifest(
    solution: Solution,
    inputs: Mapping[str, bytes],
    digests: Mapping[str, str],
    framework: bytes,
) -> bytes:
    document = {
        "format": 1,
        "solution": solution.unique_name,
        "version": solution.version,
        **digests,
        "framework_sha256": content_hash(framework),
        "web_resources": {r.name: r.content_hash for r in solution.web_resources},
        "inputs": {name: content_hash(content) for name, content in inputs.items()},
        "tools": {"d365pop": __version__, **toolchain_versions()},
    }
    return (json.dumps(document, indent=2, sort_keys=True) + "\n").encode()
