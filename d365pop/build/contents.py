"""Which web resource is made from which source, and what else the solution holds."""

from collections.abc import Mapping
from pathlib import Path
from typing import Final

from d365pop import __version__
from d365pop.build.names import (
    CALL_LOG_NAMESPACE,
    CALL_LOG_SCRIPT,
    CIF_MODULE,
    CIF_NAMESPACE,
    CIF_PAGE,
    CIF_SCRIPT,
    CONTACT_SEARCH_NAMESPACE,
    CONTACT_SEARCH_SCRIPT,
    DIAGNOSIS_NAMESPACE,
    DIAGNOSIS_SCRIPT,
    FORM_NAMESPACE,
    FORM_SCRIPT,
    FRAMEWORK_SCRIPT,
    HOST_SCRIPT,
    PHONE_ICON,
    SOFTPHONE_SCRIPT,
    TABS_NAMESPACE,
    TABS_SCRIPT,
    TELEMETRY_NAMESPACE,
    TELEMETRY_SCRIPT,
    settings_variable_name,
    web_resource_name,
)
from d365pop.build.providers import cif_constants
from d365pop.build.texts import (
    LANGUAGES,
    english,
    page_with_texts,
    resx_name,
    resx_resources,
    text_path,
)
from d365pop.build.texts import MODULE as TEXTS_MODULE
from d365pop.bundle.bundler import Entry
from d365pop.bundle.phone_table import MODULE as PHONE_TABLE_MODULE
from d365pop.bundle.phone_table import phone_table
from d365pop.genesys.framework import CONSTANTS_MODULE, framework_constants
from d365pop.models import (
    EnvironmentVariable,
    Json,
    Publisher,
    Solution,
    VariableType,
    WebResource,
    WebResourceType,
)
from d365pop.resources import toolchain_root, webresources_root
from d365pop.settings import Settings

ENTRIES: Final = (
    Entry(FORM_SCRIPT, FORM_NAMESPACE),
    Entry(SOFTPHONE_SCRIPT),
    Entry(TELEMETRY_SCRIPT, TELEMETRY_NAMESPACE),
    Entry(CALL_LOG_SCRIPT, CALL_LOG_NAMESPACE),
    Entry(CONTACT_SEARCH_SCRIPT, CONTACT_SEARCH_NAMESPACE),
    Entry(TABS_SCRIPT, TABS_NAMESPACE),
    Entry(DIAGNOSIS_SCRIPT, DIAGNOSIS_NAMESPACE),
    Entry(FRAMEWORK_SCRIPT),
)
# For a page that is not Dynamics, where one is configured.
HOST: Final = Entry(HOST_SCRIPT, FORM_NAMESPACE)
# For the panel of the Channel Integration Framework, where that is the host.
CIF: Final = Entry(CIF_SCRIPT, CIF_NAMESPACE)
# File below webresources/, type, and what an admin reads in the list of web resources.
STATIC: Final = (
    ("html/softphone.html", WebResourceType.HTML, "Softphone page of the side pane"),
    ("css/softphone.css", WebResourceType.CSS, "Looks of the softphone page"),
    ("images/phone.svg", WebResourceType.SVG, "Icon of the side pane"),
)
_SCRIPTS: Final = (
    (FORM_SCRIPT, "OnLoad handler that opens the softphone's side pane"),
    (SOFTPHONE_SCRIPT, "Softphone page: finds the caller and opens the record"),
    (TELEMETRY_SCRIPT, "Telemetry of the softphone page, loaded only where it is configured"),
    (CALL_LOG_SCRIPT, "Call log of the softphone page: stores a phone call for each call"),
    (CONTACT_SEARCH_SCRIPT, "Answers the search of an agent in the Genesys client from Dataverse"),
    (TABS_SCRIPT, "Lets one tab of the browser host the softphone, and the others stand by"),
    (CIF_SCRIPT, "Host of the softphone page in the panel of the app"),
    (DIAGNOSIS_SCRIPT, "Finds out what keeps the softphone from its frame or the microphone"),
)
TEXTS: Final = tuple(text_path(lcid) for lcid in LANGUAGES)
"""Files below webresources/ that become RESX."""
# What each file asks the platform for by name; a deletion of the second is then refused.
_NEEDS: Final = {
    FORM_SCRIPT: (PHONE_ICON, "softphone.html"),
    "softphone.html": (
        "softphone.css",
        SOFTPHONE_SCRIPT,
        TELEMETRY_SCRIPT,
        CALL_LOG_SCRIPT,
        CONTACT_SEARCH_SCRIPT,
        TABS_SCRIPT,
        DIAGNOSIS_SCRIPT,
        *map(resx_name, LANGUAGES),
    ),
}


def constants(settings: Settings) -> dict[str, dict[str, Json]]:
    """Return the exports of the modules that the bundler writes in, by module name.

    Raises:
        BundleError: the toolchain, which holds the telephone numbers, is missing or damaged.
    """
    prefix = settings.publisher.customization_prefix
    genesys = settings.genesys
    return {
        "d365pop:build": {
            "version": __version__,
            "softphonePage": web_resource_name(prefix, "softphone.html"),
            "phoneIcon": web_resource_name(prefix, PHONE_ICON),
            "panes": settings.lives_in_side_pane,
            "settingsVariable": settings_variable_name(prefix),
        },
        CIF_MODULE: cif_constants(settings),
        TEXTS_MODULE: {"languages": [*LANGUAGES], "english": english(webresources_root())},
        PHONE_TABLE_MODULE: phone_table(toolchain_root(), settings.screen_pop.countries),
        CONSTANTS_MODULE: framework_constants(
            version=__version__,
            config={
                "name": genesys.integration_name,
                "settings": genesys.framework.to_genesys(),
                "attributes": [*genesys.interaction_attributes],
                "helpLinks": genesys.help_links.to_genesys(),
            },
            region=genesys.region,
            client_id=genesys.client_id,
            dynamics_origins=[
                *(e.url for e in settings.environments.values()),
                *genesys.page_origins,
            ],
        ),
    }


def solution_of(
    settings: Settings, version: str, scripts: Mapping[str, bytes], statics: Mapping[str, bytes]
) -> Solution:
    """Return everything that goes into the package; ``scripts`` and ``statics`` are contents."""
    publisher = settings.publisher
    return Solution(
        unique_name=settings.solution.unique_name,
        display_name=settings.solution.display_name,
        description=settings.solution.description,
        version=version,
        publisher=Publisher(
            unique_name=publisher.unique_name,
            display_name=publisher.display_name,
            customization_prefix=publisher.customization_prefix,
            option_value_prefix=publisher.option_value_prefix,
        ),
        web_resources=_web_resources(publisher.customization_prefix, scripts, statics),
        environment_variables=(
            EnvironmentVariable(
                schema_name=settings_variable_name(publisher.customization_prefix),
                display_name="Screen pop settings",
                description="Where the softphone is and how callers are found in this environment.",
                type=VariableType.JSON,
            ),
        ),
    )


def _web_resources(
    prefix: str, scripts: Mapping[str, bytes], statics: Mapping[str, bytes]
) -> tuple[WebResource, ...]:
    made = [
        (name, WebResourceType.SCRIPT, description, scripts[name])
        for name, description in _SCRIPTS
        if name in scripts
    ]
    copied = [
        (Path(path).name, kind, description, page_with_texts(statics[path], statics))
        for path, kind, description in STATIC
    ]
    if CIF_SCRIPT in scripts:
        copied += [_cif_page(content) for name, *_, content in copied if name == "softphone.html"]
    texts = [
        (file, WebResourceType.RESX, description, content)
        for file, description, content in resx_resources(statics)
    ]
    return tuple(
        WebResource(
            name=web_resource_name(prefix, file),
            display_name=f"Screen pop: {file}",
            description=description,
            type=kind,
            content=content,
            needs=tuple(web_resource_name(prefix, needed) for needed in _needs(file)),
        )
        for file, kind, description, content in sorted(made + copied + texts)
    )


def _cif_page(content: bytes) -> tuple[str, WebResourceType, str, bytes]:
    """Return the softphone page as the panel shows it: its host's script goes first."""
    own, first = (
        f'<script src="{name}" defer></script>' for name in (SOFTPHONE_SCRIPT, CIF_SCRIPT)
    )
    page = content.replace(own.encode(), f"{first}\n    {own}".encode())
    return CIF_PAGE, WebResourceType.HTML, "Softphone page of the panel of the app", page


def _needs(file: str) -> tuple[str, ...]:
    if file == CIF_PAGE:
        return (*_NEEDS["softphone.html"], CIF_SCRIPT)
    return _NEEDS.get(file, ())
