"""The forms that the configuration wants in the package; reads their files."""

from collections.abc import Mapping
from pathlib import Path

from d365pop.build.handlers import form_handlers
from d365pop.errors import ConfigurationError
from d365pop.files import read_file
from d365pop.models import PackagedForm
from d365pop.settings import FormSettings, Settings
from d365pop.solution.packaged_forms import packaged_form


def form_documents(settings: Settings, folder: Path) -> dict[str, bytes]:
    """Return the files of the forms with ``in_package`` by ``form_xml``, relative to ``folder``."""
    names = [form.form_xml for form in settings.forms if form.in_package]
    return {name: read_file(folder / name) for name in names}


def packaged_forms(
    settings: Settings, folder: Path, documents: Mapping[str, bytes]
) -> tuple[PackagedForm, ...]:
    """Return the forms with ``in_package``, made of what ``form_documents`` read.

    Raises:
        ConfigurationError: a file holds another form than the configured one.
        BundleError: a file is no form.
    """
    return tuple(
        _form(settings, form, folder / form.form_xml, documents[form.form_xml])
        for form in settings.forms
        if form.in_package
    )


def _form(settings: Settings, form: FormSettings, path: Path, document: bytes) -> PackagedForm:
    made = packaged_form(
        document, _table(path, form.table), form_handlers(settings, form), str(path)
    )
    if form.id and made.form_id.strip("{}") != form.id.strip("{}").lower():
        raise ConfigurationError(
            "packaged-form-differs",
            f"{path} holds the form {made.form_id}, and [[forms]] names {form.id}.",
            hint="Correct id or form_xml in d365pop.toml.",
        )
    return made


def _table(path: Path, table: str) -> str:
    """Return the table as its folder is called (``Entities/Account/…``), else as configured."""
    # ASSUMED: an import finds the table whatever its case.
    names = path.absolute().parts
    return next((name for name in names if name.lower() == table.lower()), table)
