"""What one environment shall hold: a build plus that environment's own values; pure."""

import json
from collections.abc import Iterator
from typing import Final

from d365pop.application_insights.connection_string import parse_connection_string
from d365pop.build import (
    Build,
    command_searches,
    form_handlers,
    provider_searches,
    ribbon_search,
    settings_variable_name,
    wanted_commands,
    wanted_providers,
)
from d365pop.errors import ConfigurationError
from d365pop.genesys.regions import FRAME_PATH, frame_url
from d365pop.models import Desired, FormRegistration, FormSelector, Json
from d365pop.provenance.digest import stamped_description
from d365pop.settings import EnvironmentSettings, Settings
from d365pop.settings_file import SettingsFile

PAGE_SETTINGS_VERSION: Final = 1
NO_SETTINGS_FILE: Final = SettingsFile()
LONGEST_VALUE: Final = 2000
"""``environmentvariablevalue.value``, MaxLength in Microsoft's table reference."""


def desired_state(
    settings: Settings,
    environment: EnvironmentSettings,
    build: Build,
    given: SettingsFile = NO_SETTINGS_FILE,
) -> Desired:
    """Return what ``environment`` shall hold after a deploy of ``build``.

    Raises:
        ConfigurationError: the value that its settings variable would get cannot be one.
    """
    name = settings_variable_name(settings.publisher.customization_prefix)
    return Desired(
        solution=build.solution,
        description=stamped_description(build.solution.description, build.parts),
        package=build.package,
        managed=build.managed,
        registrations=tuple(_registrations(settings, build)),
        variable_values={name: variable_value(settings, environment, given)},
        searched_columns={
            table.table: (table.primary_name, *table.columns, *table.email_columns)
            for table in settings.screen_pop.tables
        },
        rows=(*wanted_commands(settings), *wanted_providers(settings, environment)),
        row_searches=(*command_searches(settings), *provider_searches(settings)),
        ribbon_search=ribbon_search(settings),
    )


def _registrations(settings: Settings, build: Build) -> Iterator[FormRegistration]:
    packaged = iter(build.solution.forms)
    for form in settings.forms:
        handlers = form_handlers(settings, form)
        if not form.in_package:
            yield FormRegistration(FormSelector(form.table, form.name, form.id), handlers)
            continue
        # A package that carries the form brings its handlers too: a managed one as a layer.
        selector = FormSelector(form.table, form.name, next(packaged).form_id)
        yield FormRegistration(selector, handlers, by_package=True)


def deployment_settings(
    settings: Settings, environment: EnvironmentSettings, given: SettingsFile = NO_SETTINGS_FILE
) -> bytes:
    """Return the settings file that the Power Platform CLI imports with; what is ``given`` stays.

    Every value is a string, JSON too; we bring no connection references.
    """
    name = settings_variable_name(settings.publisher.customization_prefix)
    return given.written(name, variable_value(settings, environment, given))


def variable_value(
    settings: Settings, environment: EnvironmentSettings, given: SettingsFile
) -> str:
    """Return what the settings variable shall be: as the file says, else as the configuration.

    Raises:
        ConfigurationError: the page could not read it, or Dataverse not hold it.
    """
    name = settings_variable_name(settings.publisher.customization_prefix)
    value = given.value(name)
    if not value:
        return page_settings(settings, environment)
    try:
        document = json.loads(value)
    except ValueError:
        document = None
    if not isinstance(document, dict) or document.get("version") != PAGE_SETTINGS_VERSION:
        raise ConfigurationError(
            "settings-value-invalid",
            f"The settings file's value of {name} is not what the softphone page reads.",
            context=f"It must be a JSON object with version {PAGE_SETTINGS_VERSION}.",
            hint="Leave it empty for the values of d365pop.toml, or copy dist/settings/NAME.json.",
        )
    return _short_enough(value)


def page_settings(settings: Settings, environment: EnvironmentSettings) -> str:
    """Return the value of the settings variable: what the softphone page reads when it starts.

    Raises:
        ConfigurationError: it is longer than Dataverse takes.
    """
    screen_pop = settings.screen_pop
    softphone = environment.softphone_url
    document: dict[str, Json] = {
        "version": PAGE_SETTINGS_VERSION,
        "genesys": {
            "region": settings.genesys.region,
            "frameUrl": softphone + FRAME_PATH if softphone else frame_url(settings.genesys.region),
        },
        "screenPop": {
            "countries": [*screen_pop.countries],
            "tables": [
                {
                    "table": table.table,
                    "columns": [*table.columns],
                    "emailColumns": [*table.email_columns],
                    "nameColumn": table.primary_name,
                }
                for table in screen_pop.tables
            ],
            "policies": screen_pop.policies.model_dump(),
            "noMatch": screen_pop.no_match,
            "newRecordTable": screen_pop.new_record_table,
        },
    }
    if environment.application_insights:
        ingestion = parse_connection_string(environment.application_insights)
        telemetry: dict[str, Json] = {"url": ingestion.url, "key": ingestion.key}
        if environment.satisfaction_days:
            telemetry["ask"] = environment.satisfaction_days
        document["telemetry"] = telemetry
    return _short_enough(json.dumps(document, separators=(",", ":"), sort_keys=True))


def _short_enough(value: str) -> str:
    if len(value) > LONGEST_VALUE:
        raise ConfigurationError(
            "settings-too-long",
            f"The settings of this environment are {len(value)} characters long.",
            context=f"An environment variable of Dataverse holds at most {LONGEST_VALUE}.",
            hint="Search fewer tables or columns in [[screen_pop.tables]].",
        )
    return value
