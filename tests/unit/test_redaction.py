import pytest

from d365pop.redaction import hide, redact

JWT = "eyJhbGciOiJSUzI1NiJ9.eyJhdWQiOiJ4In0.c2lnbmF0dXJl"


@pytest.mark.parametrize(
    ("text", "secret"),
    [
        pytest.param(f"Authorization: Bearer {JWT}", JWT, id="header"),
        pytest.param("authorization: Basic aWQ6c2VjcmV0", "aWQ6c2VjcmV0", id="basic header"),
        pytest.param('{"Authorization": "Bearer opaque-token"}', "opaque-token", id="header dump"),
        pytest.param("sent Bearer 0123456789abcdef here", "0123456789abcdef", id="bearer"),
        pytest.param(f"token {JWT} was refused", JWT, id="bare token"),
        pytest.param("client_secret=s3cr3t&scope=x", "s3cr3t", id="form"),
        pytest.param('{"client_secret": "s3\\"cr3t"}', "cr3t", id="json with a quote"),
        pytest.param("AuthType=ClientSecret;ClientSecret=a'b~c;Url=x", "'b~c", id="connection"),
        pytest.param('Password="two words";Url=x', "two words", id="quoted connection part"),
        pytest.param("AccountKey=abc+/==;EndpointSuffix=x", "abc+/==", id="storage key"),
        pytest.param('{"access_token":"opaque"}', "opaque", id="token answer"),
        pytest.param("client-secret: abc.def~ghi", "abc.def~ghi", id="with a colon"),
        pytest.param(
            "-----BEGIN PRIVATE KEY-----\nMIIE\n-----END PRIVATE KEY-----", "MIIE", id="pem"
        ),
    ],
)
def test_secret_is_masked(text: str, secret: str) -> None:
    assert secret in text
    assert secret not in redact(text)
    assert "[redacted]" in redact(text)


@pytest.mark.parametrize(
    "text",
    [
        "AADSTS7000215: the client_secret is wrong, the bearer of it unknown",
        "Entity 'account' With Id = 5b4ced1c-88e1-ee11-904c-6045bd05e9d4 Does Not Exist",
        "InstrumentationKey=00000000-0000-0000-0000-000000000000;IngestionEndpoint=https://x/",
        "HTTP 401 at https://contoso.crm4.dynamics.com/api/data/v9.2/WhoAmI",
    ],
)
def test_harmless_text_is_kept(text: str) -> None:
    assert redact(text) == text


def test_what_stands_beside_a_secret_is_kept() -> None:
    text = "AuthType=ClientSecret;ClientSecret=abc;Url=https://contoso.crm.dynamics.com"
    assert redact(text) == (
        "AuthType=ClientSecret;ClientSecret=[redacted];Url=https://contoso.crm.dynamics.com"
    )


def test_redacting_twice_is_redacting_once() -> None:
    once = redact("client_secret=abc and Bearer 0123456789abcdef")
    assert redact(once) == once


def test_secret_in_use_is_masked_in_any_shape() -> None:
    assert hide("an-odd-secret") == "an-odd-secret"
    assert redact("it said <an-odd-secret>") == "it said <[redacted]>"


def test_secret_that_begins_like_another_is_masked_whole() -> None:
    longer = [hide(f"first-secret{end}") for end in ("", "-second", "-second-third")]
    assert redact(f"it said {longer[2]}, {longer[0]}") == "it said [redacted], [redacted]"


def test_word_too_short_for_a_secret_is_left_alone() -> None:
    hide("local")
    assert redact("a local file") == "a local file"
