"""What our files and functions are called in Dataverse."""

from typing import Final

FORM_SCRIPT: Final = "form.js"
FORM_NAMESPACE: Final = "D365Pop"
ON_LOAD_FUNCTION: Final = f"{FORM_NAMESPACE}.onLoad"
OPEN_PHONE_FUNCTION: Final = f"{FORM_NAMESPACE}.openPhone"
SOFTPHONE_SCRIPT: Final = "softphone.js"
TELEMETRY_SCRIPT: Final = "telemetry.js"
TELEMETRY_NAMESPACE: Final = "D365PopTelemetry"
CALL_LOG_SCRIPT: Final = "call-log.js"
CALL_LOG_NAMESPACE: Final = "D365PopCallLog"
DIAGNOSIS_SCRIPT: Final = "diagnosis.js"
DIAGNOSIS_NAMESPACE: Final = "D365PopDiagnosis"
CONTACT_SEARCH_SCRIPT: Final = "contact-search.js"
CONTACT_SEARCH_NAMESPACE: Final = "D365PopContactSearch"
TABS_SCRIPT: Final = "tabs.js"
TABS_NAMESPACE: Final = "D365PopTabs"
CIF_SCRIPT: Final = "cif.js"
CIF_NAMESPACE: Final = "D365PopCif"
CIF_MODULE: Final = "d365pop:cif"
CIF_PAGE: Final = "cif.html"
PHONE_ICON: Final = "phone.svg"
FRAMEWORK_SCRIPT: Final = "framework.js"
HOST_SCRIPT: Final = "host.js"


def web_resource_name(prefix: str, file: str) -> str:
    """Return the Dataverse name of one of our files: ``pre_/screenpop/file``."""
    return f"{prefix}_/screenpop/{file}"


def settings_variable_name(prefix: str) -> str:
    """Return the schema name of the environment variable that the page reads."""
    return f"{prefix}_ScreenPopSettings"
