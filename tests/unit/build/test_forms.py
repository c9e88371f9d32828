"""The forms that the configuration wants in the package."""

from pathlib import Path

import pytest

from d365pop.build.forms import form_documents, packaged_forms
from d365pop.config import load
from d365pop.errors import ConfigurationError, UsageError
from d365pop.models import PackagedForm
from d365pop.settings import FormSettings, Settings

ROOT = Path(__file__).parents[3]
FORM_ID = "11111111-2222-3333-4444-555555555555"
FORM = (
    f"<forms><systemform><formid>{{{FORM_ID}}}</formid><form><tabs /></form></systemform></forms>"
)
FILE = "Entities/Account/FormXml/main/form.xml"


def settings(**form: object) -> Settings:
    chosen = FormSettings.model_validate({"table": "account", **form})
    return load(ROOT / "d365pop.toml", {}).model_copy(update={"forms": (chosen,)})


def made(settings: Settings, folder: Path) -> tuple[PackagedForm, ...]:
    return packaged_forms(settings, folder, form_documents(settings, folder))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    path = tmp_path / FILE
    path.parent.mkdir(parents=True)
    path.write_text(FORM, encoding="utf-8")
    return tmp_path


def test_form_is_named_as_its_folder_and_has_our_handler(folder: Path) -> None:
    (form,) = made(settings(in_package=True, form_xml=FILE), folder)
    assert (form.table, form.form_id) == ("Account", f"{{{FORM_ID}}}")
    assert b'functionName="D365Pop.onLoad"' in form.whole
    assert b'functionName="D365Pop.onLoad"' in form.difference


def test_form_that_stays_out_needs_no_file(tmp_path: Path) -> None:
    assert made(settings(), tmp_path) == ()


def test_id_of_the_configuration_must_be_the_one_of_the_file(folder: Path) -> None:
    right = settings(in_package=True, form_xml=FILE, id=FORM_ID.upper())
    assert len(made(right, folder)) == 1
    wrong = settings(in_package=True, form_xml=FILE, id=FORM_ID.replace("5", "6"))
    with pytest.raises(ConfigurationError) as caught:
        made(wrong, folder)
    assert caught.value.reference == "packaged-form-differs"


def test_missing_file_is_one_clear_error(tmp_path: Path) -> None:
    with pytest.raises(UsageError) as caught:
        made(settings(in_package=True, form_xml=FILE), tmp_path)
    assert caught.value.reference == "file-unreadable"
