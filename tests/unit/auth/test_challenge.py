import pytest

from d365pop.auth.challenge import Challenge, discover
from d365pop.errors import ConfigurationError, NetworkError, SignInError
from d365pop.transport import Headers, Request, Response, Transport

ENVIRONMENT = "https://contoso.crm4.dynamics.com"
TENANT = "0f3f2c8e-6f4b-4f0e-8a51-2f4f6f1f0a11"
AUTHORITY = f"https://login.microsoftonline.com/{TENANT}"
HEADER = (
    f"Bearer authorization_uri={AUTHORITY}/oauth2/authorize, "
    "resource_id=https://contoso.crm4.dynamics.com/"
)


def challenged(value: str, *, name: str = "WWW-Authenticate", status: int = 401) -> Transport:
    return Transport(lambda _request: Response(status, Headers({name: value})))


def test_challenge_names_authority_tenant_and_resource() -> None:
    assert discover(challenged(HEADER), ENVIRONMENT) == Challenge(AUTHORITY, TENANT, ENVIRONMENT)


def test_scope_is_the_resource_s_default() -> None:
    challenge = discover(challenged(HEADER), ENVIRONMENT)
    assert challenge.scope == "https://contoso.crm4.dynamics.com/.default"


def test_discovery_asks_the_web_api_without_a_token() -> None:
    asked: list[Request] = []

    def send(request: Request) -> Response:
        asked.append(request)
        return Response(401, Headers({"WWW-Authenticate": HEADER}))

    discover(Transport(send), f"{ENVIRONMENT}/main.aspx?appid=1")
    assert [(each.method, each.url) for each in asked] == [
        ("GET", "https://contoso.crm4.dynamics.com/api/data/v9.2/")
    ]
    assert "Authorization" not in asked[0].headers


@pytest.mark.parametrize(
    "value",
    [
        pytest.param(HEADER.replace("Bearer", "bearer"), id="scheme in lower case"),
        pytest.param(HEADER.replace("authorization_uri", "Authorization_Uri"), id="item's case"),
        pytest.param(HEADER.replace(", ", ","), id="no space"),
        pytest.param(
            f'Bearer resource_id="{ENVIRONMENT}/", '
            f'authorization_uri="{AUTHORITY}/oauth2/v2.0/authorize"',
            id="quoted, other order, version 2",
        ),
        pytest.param(f"Bearer authorization_uri={AUTHORITY}/oauth2/authorize", id="no resource"),
        pytest.param(
            HEADER.replace("contoso.crm4", "contoso.api.crm4"), id="resource of the api host"
        ),
    ],
)
def test_challenge_is_read_in_other_spellings(value: str) -> None:
    challenge = discover(challenged(value, name="www-authenticate"), ENVIRONMENT)
    assert (challenge.authority, challenge.tenant) == (AUTHORITY, TENANT)


def test_common_tenant_becomes_organizations() -> None:
    challenge = discover(challenged(HEADER.replace(TENANT, "common")), ENVIRONMENT)
    assert challenge.authority == "https://login.microsoftonline.com/organizations"


@pytest.mark.parametrize("host", ["login.microsoftonline.us", "login.partner.microsoftonline.cn"])
def test_national_clouds_are_known(host: str) -> None:
    header = HEADER.replace("login.microsoftonline.com", host)
    assert discover(challenged(header), ENVIRONMENT).authority == f"https://{host}/{TENANT}"


@pytest.mark.parametrize(
    "authority",
    [
        "https://login.microsoftonline.com.evil.example/tenant/oauth2/authorize",
        "https://evil.example/login.microsoftonline.com/oauth2/authorize",
        "http://login.microsoftonline.com/tenant/oauth2/authorize",
        "https://login.microsoftonline.com/oauth2/authorize",
        "http://127.0.0.1:1/tenant/oauth2/authorize",
        "https://login.microsoftonline.com@evil.example/tenant/oauth2/authorize",
    ],
)
def test_unknown_authority_gets_no_secret(authority: str) -> None:
    with pytest.raises(SignInError) as caught:
        discover(challenged(f"Bearer authorization_uri={authority}"), ENVIRONMENT)
    assert caught.value.reference == "authority-unknown"


@pytest.mark.parametrize(
    "resource", ["https://fabrikam.crm4.dynamics.com/", "https://graph.microsoft.com/", "x"]
)
def test_token_for_another_host_is_never_asked_for(resource: str) -> None:
    header = f"Bearer authorization_uri={AUTHORITY}/oauth2/authorize, resource_id={resource}"
    with pytest.raises(SignInError) as caught:
        discover(challenged(header), ENVIRONMENT)
    assert caught.value.reference == "resource-foreign"


def test_local_environment_signs_in_at_itself() -> None:
    header = (
        "Bearer authorization_uri=http://127.0.0.1:8365/local/oauth2/authorize, "
        "resource_id=http://localhost:8365/"
    )
    assert discover(challenged(header), "http://localhost:8365") == Challenge(
        "http://127.0.0.1:8365/local", "local", "http://localhost:8365"
    )


@pytest.mark.parametrize(
    ("value", "status"),
    [
        ("", 401),
        ("Negotiate", 401),
        ("Basic realm=authorization_uri=https://x", 401),
        ("Bearer realm=x", 401),
        (HEADER, 200),
        (HEADER, 404),
    ],
)
def test_other_answers_are_no_environment(value: str, status: int) -> None:
    with pytest.raises(ConfigurationError) as caught:
        discover(challenged(value, status=status), ENVIRONMENT)
    assert caught.value.reference == "not-an-environment"


def test_url_without_scheme_is_refused_before_any_call() -> None:
    def send(_request: Request) -> Response:
        raise NetworkError("called", "must not be called")

    with pytest.raises(ConfigurationError) as caught:
        discover(Transport(send), "contoso.crm4.dynamics.com")
    assert caught.value.reference == "environment-url-invalid"
