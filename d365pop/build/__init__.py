"""From the configuration and the web resources to the bytes that are shipped."""

from d365pop.build.commands import command_searches, wanted_commands
from d365pop.build.handlers import form_handlers
from d365pop.build.names import (
    FORM_SCRIPT,
    ON_LOAD_FUNCTION,
    settings_variable_name,
    web_resource_name,
)
from d365pop.build.product import Build, build, build_packages
from d365pop.build.providers import provider_searches, wanted_providers
from d365pop.build.ribbons import ribbon_search, wanted_ribbons
from d365pop.files import write_files

__all__ = [
    "FORM_SCRIPT",
    "ON_LOAD_FUNCTION",
    "Build",
    "build",
    "build_packages",
    "command_searches",
    "form_handlers",
    "provider_searches",
    "ribbon_search",
    "settings_variable_name",
    "wanted_commands",
    "wanted_providers",
    "wanted_ribbons",
    "web_resource_name",
    "write_files",
]
