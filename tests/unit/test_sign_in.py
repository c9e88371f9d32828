"""Which keys belong to which sign-in, and the kind that they make."""

from pathlib import Path

import pytest

from d365pop.auth.kinds import (
    SAMPLE_CLIENT_ID,
    AzureCli,
    AzureDevOps,
    Certificate,
    DeviceCode,
    File,
    GitHub,
    Interactive,
    Kind,
    ManagedIdentity,
    Secret,
    TokenFile,
    Variable,
)
from d365pop.settings import EnvironmentSettings
from d365pop.sign_in import KEYS, key_mistakes, kind_of

URL = "https://contoso.crm4.dynamics.com"
APP = "11111111-2222-3333-4444-555555555555"
OTHER = "22222222-2222-3333-4444-555555555555"

ACCEPTED: list[tuple[dict[str, str], Kind]] = [
    (
        {"sign_in": "client-secret", "client_id": APP},
        Secret(APP, Variable("D365POP_CLIENT_SECRET")),
    ),
    (
        {"sign_in": "client-secret", "client_id": APP, "client_secret_file": "-"},
        Secret(APP, File(Path("-"))),
    ),
    (
        {"sign_in": "certificate", "client_id": APP, "certificate_file": "a.pem"},
        Certificate(APP, File(Path("a.pem"))),
    ),
    (
        {
            "sign_in": "certificate",
            "client_id": APP,
            "certificate_variable": "CERT",
            "certificate_passphrase_variable": "PASS",
            "certificate_thumbprint": "AB" * 20,
        },
        Certificate(APP, Variable("CERT"), Variable("PASS"), "AB" * 20),
    ),
    (
        {"sign_in": "github", "client_id": APP},
        GitHub(APP, "api://AzureADTokenExchange"),
    ),
    (
        {"sign_in": "azure-devops", "client_id": APP, "service_connection_id": OTHER},
        AzureDevOps(APP, OTHER),
    ),
    ({"sign_in": "token-file", "client_id": APP}, TokenFile(APP, None)),
    (
        {"sign_in": "token-file", "client_id": APP, "federated_token_file": "/t"},
        TokenFile(APP, Path("/t")),
    ),
    ({"sign_in": "managed-identity"}, ManagedIdentity()),
    ({"sign_in": "managed-identity", "object_id": OTHER}, ManagedIdentity(object_id=OTHER)),
    ({"sign_in": "device-code"}, DeviceCode(SAMPLE_CLIENT_ID)),
    (
        {"sign_in": "interactive", "user": "a@b.example"},
        Interactive(SAMPLE_CLIENT_ID, "a@b.example"),
    ),
    ({"sign_in": "azure-cli", "tenant": "contoso.example"}, AzureCli()),
]


@pytest.mark.parametrize(("keys", "kind"), ACCEPTED, ids=lambda value: str(value)[:60])
def test_keys_make_their_kind(keys: dict[str, str], kind: Kind) -> None:
    assert list(key_mistakes(keys)) == []
    assert kind_of(EnvironmentSettings.model_validate({"url": URL, **keys})) == kind


@pytest.mark.parametrize(
    ("keys", "mistake"),
    [
        pytest.param(
            {"sign_in": "certificate", "client_id": APP},
            "certificate_file or certificate_variable is needed: PEM or PFX with the private key",
            id="no certificate",
        ),
        pytest.param(
            {
                "sign_in": "client-secret",
                "client_id": APP,
                "client_secret_file": "x",
                "client_secret_variable": "X",
            },
            "client_secret_file and client_secret_variable are two ways to say where it is;"
            " keep one",
            id="secret twice",
        ),
        pytest.param(
            {"sign_in": "managed-identity", "client_id": APP, "object_id": OTHER},
            "client_id, object_id and resource_id are three ways to name an identity; keep one",
            id="identity twice",
        ),
        pytest.param(
            {"sign_in": "azure-devops", "client_id": APP},
            "service_connection_id is needed: the service connection that it trusts",
            id="no service connection",
        ),
        pytest.param(
            {"sign_in": "azure-cli", "user": "a"},
            'user is not for sign_in = "azure-cli", but for device-code, interactive',
            id="key of another kind",
        ),
    ],
)
def test_keys_that_do_not_fit_are_said(keys: dict[str, str], mistake: str) -> None:
    assert list(key_mistakes(keys)) == [mistake]


def test_every_sign_in_of_the_settings_has_its_keys() -> None:
    assert set(KEYS) == set(EnvironmentSettings.model_fields["sign_in"].annotation.__args__)  # type: ignore[union-attr]
