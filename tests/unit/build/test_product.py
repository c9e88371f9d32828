"""The manifest of a build names everything that decides its bytes."""

import json
from collections.abc import Mapping
from hashlib import sha256
from pathlib import Path

import pytest

from d365pop.build.product import build
from d365pop.config import load
from d365pop.errors import ConfigurationError, ExitCode
from d365pop.settings import EnvironmentSettings, FormSettings, Settings

ROOT = Path(__file__).parents[3]
FORM = "<forms><systemform><formid>{1}</formid><form><tabs /></form></systemform></forms>"


@pytest.fixture(scope="module")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("bundles")


def configured(environ: Mapping[str, str] | None = None) -> Settings:
    return load(ROOT / "d365pop.toml", environ or {})


def inputs(settings: Settings, cache: Path, folder: Path = ROOT) -> dict[str, str]:
    made = build(settings, cache=cache, folder=folder, version="1.0.0.0")
    found: dict[str, str] = json.loads(made.manifest)["inputs"]
    return found


def test_another_setting_is_another_input_and_the_same_one_is_the_same(cache: Path) -> None:
    first = inputs(configured(), cache)
    assert inputs(configured(), cache) == first
    title = configured().solution.model_copy(update={"display_name": "Another"})
    other = inputs(configured().model_copy(update={"solution": title}), cache)
    assert {name for name in first if first[name] != other[name]} == {"configuration"}


def test_environment_is_an_input_only_where_it_reaches_the_scripts(cache: Path) -> None:
    settings = configured()
    name, environment = next(iter(settings.environments.items()))
    values = {"softphone_url": "https://other.example/", "url": "https://other.example"}
    changed = []
    for field, value in values.items():
        other = environment.model_copy(update={field: value})
        environments = {**settings.environments, name: other}
        found = inputs(settings.model_copy(update={"environments": environments}), cache)
        changed.append(found["configuration"] != inputs(settings, cache)["configuration"])
    assert changed == [False, True]


def test_file_of_a_form_is_an_input(cache: Path, tmp_path: Path) -> None:
    (tmp_path / "form.xml").write_bytes(FORM.encode())
    form = FormSettings(table="account", in_package=True, form_xml="form.xml")
    settings = configured().model_copy(update={"forms": (form,)})
    found = inputs(settings, cache, tmp_path)
    assert found["forms/form.xml"] == sha256(FORM.encode()).hexdigest()


def test_build_for_a_real_environment_needs_a_client_of_genesys(cache: Path) -> None:
    real = EnvironmentSettings(url="https://contoso.crm.dynamics.com", sign_in="azure-cli")
    settings = configured().model_copy(update={"environments": {"prod": real}})
    with pytest.raises(ConfigurationError) as caught:
        build(settings, cache=cache, folder=ROOT, version="1.0.0.0")
    assert caught.value.reference == "genesys-client-missing"
    assert caught.value.exit_code == ExitCode.CONFIGURATION
    assert "configured: prod" in caught.value.context
    for page in ("index.html", "authWindow.html"):
        assert f"https://apps.mypurecloud.com/crm/{page}" in caught.value.hint


def test_script_for_other_pages_is_built_where_there_are_some_and_framework_knows_them(
    cache: Path,
) -> None:
    without = build(configured(), cache=cache, folder=ROOT, version="1.0.0.0")
    origin = "https://crm.contoso.example"
    settings = configured({"D365POP_GENESYS__PAGE_ORIGINS": f'["{origin}"]'})
    made = build(settings, cache=cache, folder=ROOT, version="1.0.0.0")
    assert "host.js" not in without.files()
    assert made.files()["host.js"].startswith(b"var D365Pop=")
    assert "maps/host.js.map" in made.files()
    assert made.host
    assert json.loads(made.manifest)["host_sha256"] == sha256(made.host).hexdigest()
    bill = {part["name"]: part for part in json.loads(made.sbom)["components"]}
    assert bill["host.js"]["hashes"][0]["content"] == sha256(made.host).hexdigest()
    assert "host_sha256" not in json.loads(without.manifest)
    assert b"host.js" not in without.sbom
    assert (origin.encode() in made.framework, origin.encode() in without.framework) == (
        True,
        False,
    )
    assert made.package == without.package
