"""Bundles the scripts and makes the packages; refuses to know any environment but for origins.

The origins are those that framework.js may talk to.
"""

import importlib.metadata
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Final

from d365pop import __version__
from d365pop.build.contents import CIF, ENTRIES, HOST, STATIC, TEXTS, constants, solution_of
from d365pop.build.extensions import extension_sources, named_as_given
from d365pop.build.forms import form_documents, packaged_forms
from d365pop.build.names import FRAMEWORK_SCRIPT, HOST_SCRIPT
from d365pop.build.ribbons import wanted_ribbons
from d365pop.build.version import resolve_version
from d365pop.bundle.bundler import Script, bundle, read_sources, toolchain_versions
from d365pop.errors import ConfigurationError
from d365pop.genesys.regions import redirect_uris
from d365pop.models import Json, Solution
from d365pop.provenance.digest import stamp, with_blank_mark
from d365pop.provenance.manifest import BuiltPackage, write_manifest
from d365pop.provenance.sbom import write_sbom
from d365pop.resources import solution_template_root, toolchain_root, webresources_root
from d365pop.settings import Settings
from d365pop.solution.manifest import package_parts, read_templates
from d365pop.solution.package import write_package

# They render and check what is shipped.
_PYTHON_TOOLS: Final = ("jinja2", "lxml", "markupsafe")
# Shipped beside the packages: Genesys Cloud and other web pages get them, not Dataverse.
_BESIDE: Final = (FRAMEWORK_SCRIPT, HOST_SCRIPT)


@dataclass(frozen=True, slots=True)
class Build:
    """Everything that one build makes, with one of its packages."""

    solution: Solution
    managed: bool
    package: bytes = field(repr=False)
    parts: Mapping[str, bytes] = field(repr=False)
    framework: bytes = field(repr=False)
    host: bytes | None = field(repr=False)
    """The softphone for pages that are not Dynamics, where there are any."""
    source_maps: Mapping[str, bytes] = field(repr=False)
    """By script file name."""
    manifest: bytes = field(repr=False)
    sbom: bytes = field(repr=False)

    @property
    def package_name(self) -> str:
        """File name of the package."""
        return _package_name(self.solution, managed=self.managed)

    def files(self) -> dict[str, bytes]:
        """Return what ``dist/`` holds, by path below it."""
        maps = {f"maps/{name}.map": text for name, text in self.source_maps.items()}
        return {
            self.package_name: self.package,
            FRAMEWORK_SCRIPT: self.framework,
            **({HOST_SCRIPT: self.host} if self.host else {}),
            "manifest.json": self.manifest,
            "sbom.cdx.json": self.sbom,
            **maps,
        }


@dataclass(frozen=True, slots=True)
class _Inputs:
    """What was read; ``sources`` is modules, ``statics`` the other files of webresources/.

    ``forms`` are the packager's files, ``configuration`` is what was configured.
    """

    sources: Mapping[str, str]
    extensions: Mapping[str, str]
    statics: Mapping[str, bytes]
    templates: Mapping[str, str]
    forms: Mapping[str, bytes]
    configuration: bytes

    def contents(self) -> dict[str, bytes]:
        """Return the content of each input by its path."""
        return {
            **{f"webresources/src/{name}": text.encode() for name, text in self.sources.items()},
            **{f"extensions/{name}": text.encode() for name, text in self.extensions.items()},
            **{f"webresources/{name}": content for name, content in self.statics.items()},
            **{f"solution_template/{name}": text.encode() for name, text in self.templates.items()},
            **{f"forms/{name}": content for name, content in self.forms.items()},
            "configuration": self.configuration,
        }


def build(
    settings: Settings,
    *,
    managed: bool = False,
    cache: Path | None = None,
    folder: Path = Path(),
    version: str = "",
) -> Build:
    """Bundle the scripts and generate one package.

    ``cache`` is a folder for bundles whose sources and toolchain have not changed; ``folder`` is
    where the configuration lies, ``version`` goes before the configured one.

    Raises:
        BundleError: a source does not parse, or the result is no valid package.
        ConfigurationError: a real environment is configured and no client of Genesys Cloud.
    """
    (made,) = build_packages(settings, [managed], cache=cache, folder=folder, version=version)
    return made


def build_packages(
    settings: Settings,
    kinds: Sequence[bool],
    *,
    cache: Path | None = None,
    folder: Path = Path(),
    version: str = "",
) -> tuple[Build, ...]:
    """Bundle the scripts once and generate a package for each kind; True is managed.

    Raises:
        BundleError: a source does not parse, or the result is no valid package.
        ConfigurationError: a real environment is configured and no client of Genesys Cloud.
    """
    _require_client(settings)
    root = webresources_root()
    exports = constants(settings)
    inputs = _Inputs(
        sources=read_sources(root / "src"),
        extensions=extension_sources(settings.bundle.extensions, folder),
        statics={
            path: (root / path).read_bytes() for path in (*(row[0] for row in STATIC), *TEXTS)
        },
        templates=read_templates(solution_template_root()),
        forms=form_documents(settings, folder),
        configuration=_configuration(settings, exports),
    )
    modules = {**inputs.sources, **inputs.extensions}
    entries = (
        *ENTRIES,
        *((HOST,) if settings.genesys.page_origins else ()),
        *(() if settings.lives_in_side_pane else (CIF,)),
    )
    with named_as_given(settings.bundle.extensions):
        scripts = bundle(modules, entries, exports, cache=cache)
    codes = {name: script.code for name, script in scripts.items()}
    number = resolve_version(settings.solution.version, folder, version)
    forms = packaged_forms(settings, folder, inputs.forms)
    solution = replace(
        solution_of(settings, number, codes, inputs.statics),
        forms=forms,
        ribbons=wanted_ribbons(settings),
    )
    packages = [_package(solution, inputs.templates, managed=managed) for managed in kinds]
    return _builds(solution, packages, scripts, inputs)


def _require_client(settings: Settings) -> None:
    """Refuse a framework.js for a real environment that nobody could sign in with."""
    real = [name for name, one in settings.environments.items() if not one.is_local]
    if real and not settings.genesys.client_id:
        raise ConfigurationError(
            "genesys-client-missing",
            "[genesys] client_id is empty.",
            context=f"framework.js signs agents in with it; configured: {', '.join(real)}",
            hint="Add an OAuth client to Genesys Cloud, with the redirect URIs"
            f" {' and '.join(redirect_uris(settings.genesys.region))}; put its id there.",
        )


def _configuration(settings: Settings, exports: Mapping[str, Mapping[str, Json]]) -> bytes:
    """Return what is configured, overrides included, in one form however it was written.

    Of the environments only what reaches the scripts: the rest goes into their own settings, and
    a build is the same for all of them.
    """
    configured = settings.model_dump(mode="json", exclude={"environments"})
    return json.dumps({"settings": configured, "exports": exports}, sort_keys=True).encode()


def _package(solution: Solution, templates: Mapping[str, str], *, managed: bool) -> BuiltPackage:
    described = replace(solution, description=with_blank_mark(solution.description))
    parts = stamp(package_parts(described, templates, managed=managed))
    return BuiltPackage(
        file_name=_package_name(solution, managed=managed),
        managed=managed,
        package=write_package(parts),
        parts=parts,
    )


def _builds(
    solution: Solution,
    packages: Sequence[BuiltPackage],
    scripts: Mapping[str, Script],
    inputs: _Inputs,
) -> tuple[Build, ...]:
    beside = {name: scripts[name].code for name in _BESIDE if name in scripts}
    tools = {"d365pop": __version__, **toolchain_versions()}
    manifest = write_manifest(
        solution, packages, scripts=beside, inputs=inputs.contents(), tools=tools
    )
    python = {name: importlib.metadata.version(name) for name in _PYTHON_TOOLS}
    npm = json.loads((toolchain_root() / "toolchain.json").read_bytes())["packages"]
    sbom = write_sbom(solution, beside, npm=npm, python=python)
    return tuple(
        Build(
            solution=solution,
            managed=package.managed,
            package=package.package,
            parts=package.parts,
            framework=beside[FRAMEWORK_SCRIPT],
            host=beside.get(HOST_SCRIPT),
            source_maps={name: script.source_map for name, script in scripts.items()},
            manifest=manifest,
            sbom=sbom,
        )
        for package in packages
    )


def _package_name(solution: Solution, *, managed: bool) -> str:
    suffix = "_managed" if managed else ""
    return f"{solution.unique_name}_{solution.version}{suffix}.zip"
