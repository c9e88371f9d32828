"""Checks of the content security policy of model-driven apps against the softphone's hosts."""

import json
from collections.abc import Iterator, Mapping
from typing import Final

from d365pop.check.finding import Rule, Severity
from d365pop.dataverse.organization import Organization, set_content_security_policy
from d365pop.doctor.examination import Check, Fix, Outcome, Room, failed, passed
from d365pop.doctor.subject import Subject
from d365pop.genesys.regions import apps_origin

_PLACE: Final = (
    "Power Platform admin center, Environments, NAME, Settings, Product, Privacy + Security,"
    " Content security policy, Model-driven: add to frame-src"
)
# ASSUMED: the key of frame-src, by the pattern of the one key that is documented, Frame-Ancestor.
_FRAME_KEY: Final = "Frame-Src"


def policy_checks() -> Iterator[Check]:
    """Yield the checks."""
    yield Check(
        Room.DATAVERSE,
        Rule(
            "csp-blocks-softphone",
            Severity.HIGH,
            "The content security policy keeps the softphone's frame out.",
            "Agents see an empty side pane.",
            f"{_PLACE} the sources that are named here.",
        ),
        _enforced,
    )
    yield Check(
        Room.DATAVERSE,
        Rule(
            "csp-reports-softphone",
            Severity.LOW,
            "The content security policy, which only reports, does not allow the softphone.",
            "The day it is enforced, agents see an empty side pane.",
            f"{_PLACE} the sources that are named here.",
        ),
        _reported,
    )


def _enforced(subject: Subject) -> Outcome:
    organization = subject.organization
    if not organization.csp_enabled:
        return passed("the policy is off")
    return _judged(subject, "on")


def _reported(subject: Subject) -> Outcome:
    organization = subject.organization
    if organization.csp_enabled or not organization.csp_report_uri:
        return passed("the policy is enforced" if organization.csp_enabled else "it is off")
    return _judged(subject, "report-only")


def _judged(subject: Subject, state: str) -> Outcome:
    organization = subject.organization
    source = _frame_source(subject)
    try:
        directives = _directives(organization.csp_configuration)
    except ValueError:
        return failed("The policy's configuration is not the JSON that is documented.")
    found = next((name for name in directives if _is_frame_src(name)), "")
    if not found and not organization.csp_options:
        return passed(f"{state}, without frame-src: any frame is allowed")
    sources = directives.get(found, ())
    if {source, "*", "https:"} & set(sources):
        return passed(f"{state}; frame-src allows {source}")
    seen = f"frame-src {' '.join(sources)}" if found else "the strict policy's own frame-src"
    return failed(
        f"The policy is {state}, and {seen} lacks {source}.",
        evidence=organization.csp_configuration[:200],
        mend=f"{_PLACE} {source}.",
        fix=Fix(
            f"Add {source} to frame-src of the content security policy?",
            lambda: set_content_security_policy(
                subject.dataverse,
                organization.organization_id,
                _with_source(organization, found or _FRAME_KEY, source),
            ),
        ),
    )


def _frame_source(subject: Subject) -> str:
    """Return the origin whose page the softphone frames."""
    return subject.environment.softphone_url or apps_origin(subject.settings.genesys.region)


def _directives(configuration: str) -> Mapping[str, tuple[str, ...]]:
    """Return the sources of each directive.

    Raises:
        ValueError: the text is not of the documented shape.
    """
    document = json.loads(configuration or "{}")
    if not isinstance(document, dict):
        raise ValueError("no object")  # noqa: TRY004 - one error for one text
    return {name: tuple(_sources(value)) for name, value in document.items()}


def _sources(directive: object) -> Iterator[str]:
    sources = directive.get("sources") if isinstance(directive, dict) else None
    if not isinstance(sources, list):
        raise ValueError("no sources")  # noqa: TRY004 - as above
    for each in sources:
        source = each.get("source") if isinstance(each, dict) else None
        if isinstance(source, str):
            yield source


def _is_frame_src(name: str) -> bool:
    return name.lower().replace("-", "") == "framesrc"


def _with_source(organization: Organization, key: str, source: str) -> str:
    """Return the configuration with one more source; custom values replace the default ones."""
    document = json.loads(organization.csp_configuration or "{}")
    directive = document.setdefault(key, {"sources": [{"source": "'self'"}, {"source": "blob:"}]})
    directive["sources"].append({"source": source})
    return json.dumps(document, separators=(",", ":"))
