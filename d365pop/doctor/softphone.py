"""Checks of Genesys Cloud: the OAuth client, its redirect URIs, the integration, who may embed."""

from collections.abc import Callable, Iterator, Sequence
from typing import Final

from d365pop.check.finding import Rule, Severity
from d365pop.doctor.examination import Check, Fix, Outcome, Room, failed, not_checked, passed
from d365pop.doctor.subject import Subject
from d365pop.genesys.platform import Integration, OAuthClient
from d365pop.genesys.regions import REGIONS, redirect_uris
from d365pop.transport import host_of

_CONSOLE: Final = "Genesys Cloud, Admin, Integrations, OAuth, the client"
_NO_ACCESS: Final = "set [genesys] api_client_id and D365POP_GENESYS_CLIENT_SECRET to look there"
_LOCAL: Final = "the local softphone simulator needs none"


def softphone_checks() -> Iterator[Check]:
    """Yield the checks."""
    for rule, run in (
        (_REGION, _region),
        (_REDIRECTS, _redirects),
        (_CLIENT, _client),
        (_CLIENT_STATE, _of_client(_client_state)),
        (_GRANT, _of_client(_grant)),
        (_IMPLICIT, _of_client(_implicit)),
        (_INTEGRATION, _integration),
        (_INTEGRATION_STATE, _integration_state),
        (_EMBEDDING, _embedding),
        (_FRAMEWORK, _framework),
    ):
        yield Check(Room.GENESYS, rule, run)


_REGION: Final = Rule(
    "genesys-region",
    Severity.HIGH,
    "The region of Genesys Cloud is unknown.",
    "No address of the softphone can be made.",
    "Set [genesys] region to the domain that agents sign in at.",
)
_REDIRECTS: Final = Rule(
    "genesys-redirect-uris",
    Severity.HIGH,
    "The OAuth client does not hold the two redirect URIs to the byte.",
    "Agents see “client ID or redirect URI is invalid” instead of the sign-in.",
    f"{_CONSOLE}, Authorized redirect URIs.",
)
_CLIENT: Final = Rule(
    "genesys-client-missing",
    Severity.HIGH,
    "Genesys Cloud has no OAuth client of the configured id.",
    "Nobody can sign in to the softphone.",
    "Genesys Cloud, Admin, Integrations, OAuth, Add client; put its id into [genesys] client_id.",
)
_CLIENT_STATE: Final = Rule(
    "genesys-client-inactive",
    Severity.HIGH,
    "The OAuth client is switched off.",
    "Nobody can sign in to the softphone.",
    f"{_CONSOLE}: activate it.",
)
_GRANT: Final = Rule(
    "genesys-client-grant",
    Severity.HIGH,
    "The OAuth client has a grant type that the softphone cannot use.",
    "Nobody can sign in to the softphone.",
    "Make a client with the grant type Code Authorization (PKCE); it has no secret to keep.",
)
_IMPLICIT: Final = Rule(
    "genesys-implicit-grant",
    Severity.MEDIUM,
    "The OAuth client uses the implicit grant, which ends.",
    "No such client can be made since March 2026; those there are stop in March 2027 (one of"
    " Genesys' pages says May of both years).",
    "Make a client with Code Authorization (PKCE) and the same redirect URIs, put its id into"
    " [genesys] client_id, run d365pop build and upload dist/framework.js.",
)
_INTEGRATION: Final = Rule(
    "genesys-integration-missing",
    Severity.HIGH,
    "Genesys Cloud has no Embeddable Framework integration of the configured name.",
    "Nothing loads framework.js.",
    "Genesys Cloud, Admin, Integrations: add the Embeddable Framework (private), give it the name"
    " in [genesys] integration_name and upload dist/framework.js.",
)
_INTEGRATION_STATE: Final = Rule(
    "genesys-integration-inactive",
    Severity.HIGH,
    "The integration is not active.",
    "The softphone's frame stays empty.",
    "Genesys Cloud, Admin, Integrations, the integration: set it to Active.",
)
_EMBEDDING: Final = Rule(
    "genesys-embedding-restricted",
    Severity.HIGH,
    "Genesys Cloud may not be embedded by the environment's domain.",
    "The softphone's frame refuses to load.",
    "Genesys Cloud, Admin, Organization settings, Authentication: add the domain to the allowed"
    " embeddable domains.",
)
_FRAMEWORK: Final = Rule(
    "genesys-framework-version",
    Severity.LOW,
    "The uploaded framework.js may be of another build.",
    "An old one may not know what the softphone page says.",
    "Open the softphone page as an agent: it compares the two versions and names them.",
)


def _region(subject: Subject) -> Outcome:
    region = subject.settings.genesys.region
    return passed(region) if region in REGIONS else failed(f"{region} is in no list.")


def _redirects(subject: Subject) -> Outcome:
    expected = redirect_uris(subject.settings.genesys.region)
    listed = " and ".join(expected)
    if subject.pasted_uris:
        return _compared(subject.pasted_uris, expected, None)
    if subject.environment.is_local:
        return not_checked(_LOCAL)
    if subject.platform is None:
        return not_checked(
            f"register exactly {listed}; to compare, paste what is there with --redirect-uri, or"
            f" {_NO_ACCESS}"
        )
    client = subject.oauth_client
    if client is None:
        return not_checked("there is no such client")
    platform = subject.platform
    wanted = (*client.redirect_uris, *(uri for uri in expected if uri not in client.redirect_uris))
    fix = Fix(
        f"Write the redirect URIs {listed} to the OAuth client {client.name}?",
        lambda: platform.set_redirect_uris(client, wanted),
    )
    return _compared(client.redirect_uris, expected, fix)


def _compared(found: Sequence[str], expected: Sequence[str], fix: Fix | None) -> Outcome:
    """Compare to the byte: a slash more is another URI."""
    missing = [uri for uri in expected if uri not in found]
    if not missing:
        return passed(" and ".join(expected))
    return failed(
        *(f"{uri} is not registered{_nearly(uri, found)}." for uri in missing),
        evidence=f"registered: {', '.join(found) or 'none'}",
        fix=fix,
    )


def _nearly(uri: str, found: Sequence[str]) -> str:
    for other in found:
        if other.strip().rstrip("/").lower() == uri.lower():
            return f", but {other!r} is, which is not the same"
    return ""


def _client(subject: Subject) -> Outcome:
    wanted = subject.settings.genesys.client_id
    if not wanted and not subject.environment.is_local:
        return failed("[genesys] client_id is empty.")
    if reason := _no_platform(subject):
        return not_checked(reason)
    client = subject.oauth_client
    if client is None:
        return failed(f"There is no OAuth client {wanted}.")
    return passed(f"{client.name} ({wanted})")


def _of_client(judge: Callable[[OAuthClient], Outcome]) -> Callable[[Subject], Outcome]:
    def run(subject: Subject) -> Outcome:
        if reason := _no_platform(subject):
            return not_checked(reason)
        client = subject.oauth_client
        return not_checked("there is no such client") if client is None else judge(client)

    return run


def _client_state(client: OAuthClient) -> Outcome:
    return passed("active") if client.active else failed(f"{client.name} is not active.")


def _grant(client: OAuthClient) -> Outcome:
    if client.grant in {"CODE", "TOKEN"}:
        return passed(client.grant)
    return failed(f"{client.name} has the grant {client.grant or 'none'}; CODE is needed.")


def _implicit(client: OAuthClient) -> Outcome:
    if client.grant == "TOKEN":
        return failed(f"{client.name} has the implicit grant (TOKEN).")
    return passed(f"the grant is {client.grant}")


def _integration(subject: Subject) -> Outcome:
    if reason := _no_platform(subject):
        return not_checked(reason)
    wanted = subject.settings.genesys.integration_name
    if _configured_integration(subject):
        return passed(wanted)
    similar = [each.name for each in subject.integrations if "embeddable" in each.type_name.lower()]
    hint = f" Of that type there are: {', '.join(similar)}." if similar else ""
    return failed(f"There is no integration “{wanted}”.{hint}")


def _integration_state(subject: Subject) -> Outcome:
    if reason := _no_platform(subject):
        return not_checked(reason)
    found = _configured_integration(subject)
    if found is None:
        return not_checked("there is no such integration")
    if found.enabled and found.active:
        return passed("enabled and active")
    return failed(f"{found.name} is {'not active' if found.enabled else 'disabled'}.")


def _embedding(subject: Subject) -> Outcome:
    platform = subject.platform
    if platform is None:
        return not_checked(_no_platform(subject))
    embedding = platform.embedding()
    domain = host_of(subject.environment.url)
    if not embedding.restricted:
        return passed("not restricted")
    # ASSUMED: domains stand there as hosts; with a scheme they are read all the same.
    if domain in {host_of(each) if "://" in each else each.lower() for each in embedding.domains}:
        return passed(f"restricted; {domain} is allowed")
    return failed(
        f"{domain} is not among the allowed domains.",
        evidence=f"allowed: {', '.join(embedding.domains) or 'none'}",
        fix=Fix(
            f"Allow {domain} to embed Genesys Cloud?",
            lambda: platform.set_allowed_domains((*embedding.domains, domain)),
        ),
    )


def _framework(_subject: Subject) -> Outcome:
    return not_checked(
        "no API tells which framework.js is uploaded; the softphone page says it: its handshake"
        " compares the versions"
    )


def _configured_integration(subject: Subject) -> Integration | None:
    name = subject.settings.genesys.integration_name
    return next((each for each in subject.integrations if each.name == name), None)


def _no_platform(subject: Subject) -> str:
    """Return why nobody can look at Genesys Cloud; empty where somebody can."""
    if subject.platform is not None:
        return ""
    return _LOCAL if subject.environment.is_local else _NO_ACCESS
