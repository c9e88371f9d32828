"""The forms that the configuration wants in the package; reads their files."""

from pathlib import Path

from d365pop.build.names import FORM_SCRIPT, ON_LOAD_FUNCTION, web_resource_name
from d365pop.errors import ConfigurationError
from d365pop.files import read_file
from d365pop.models import FormEvent, FormHandler, PackagedForm
from d365pop.settings import FormSettings, Settings
from d365pop.solution.packaged_forms import packaged_form


def packaged_forms(settings: Settings, folder: Path) -> tuple[PackagedForm, ...]:
    """Return the forms with ``in_package``; their files lie relative to ``folder``.

    Raises:
        ConfigurationError: a file holds another form than the configured one.
        BundleError: a file is no form.
    """
    return tuple(_form(settings, form, folder) for form in settings.forms if form.in_package)


def _form(settings: Settings, form: FormSettings, folder: Path) -> PackagedForm:
    library = web_resource_name(settings.publisher.customization_prefix, FORM_SCRIPT)
    handler = FormHandler(FormEvent(form.event), ON_LOAD_FUNCTION, library)
    path = folder / form.form_xml
    made = packaged_form(read_file(path), _table(path, form.table), [handler], str(path))
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
