"""The configuration: what is accepted, and that every mistake is said at once."""

from pathlib import Path

import pytest

from d365pop.config import load, secret
from d365pop.errors import ConfigurationError, ExitCode

EXAMPLE = Path(__file__).parents[2] / "d365pop.toml"

REAL = """
[environments.prod]
url = "https://Contoso.crm.dynamics.com/"
sign_in = "client-secret"
client_id = "11111111-2222-3333-4444-555555555555"
"""


def write(tmp_path: Path, *changes: tuple[str, str], extra: str = "") -> Path:
    text = EXAMPLE.read_text(encoding="utf-8")
    for before, after in changes:
        assert before in text
        text = text.replace(before, after)
    path = tmp_path / "d365pop.toml"
    path.write_text(text + extra, encoding="utf-8")
    return path


def mistakes(path: Path, **environ: str) -> list[str]:
    with pytest.raises(ConfigurationError) as caught:
        load(path, environ)
    assert caught.value.reference == "configuration-invalid"
    assert caught.value.exit_code == ExitCode.CONFIGURATION
    return caught.value.context.splitlines()


def test_example_of_the_repository_is_accepted_as_it_is() -> None:
    settings = load(EXAMPLE, {})
    assert settings.environment("local").is_local
    assert [table.primary_name for table in settings.screen_pop.tables] == [
        "fullname",
        "name",
        "fullname",
    ]


def test_every_mistake_is_reported_with_its_path_and_a_suggestion(tmp_path: Path) -> None:
    path = write(
        tmp_path,
        ('display_name = "d365pop"', 'display_nme = "d365pop"'),
        ('region = "mypurecloud.com" ', 'region = "mypurecloud.con" '),
        ('version = "1.0.0.0"', 'version = "1.0"'),
        ('sign_in = "local"', 'sign_in = "lokal"'),
        ('voice = "auto"', 'voice = "loud"'),
    )
    assert mistakes(path) == [
        "publisher.display_name: field required",
        "publisher.display_nme: unknown key; did you mean “display_name”?",
        "solution.version: must be four numbers, such as 1.0.0.0",
        "genesys.region: no region of Genesys Cloud; did you mean “mypurecloud.com”?",
        "screen_pop.policies.voice: input should be 'auto', 'soft' or 'off'",
        "environments.local.sign_in: input should be 'local' or 'client-secret'",
    ]


def test_mistake_in_a_list_is_said_once_by_its_position(tmp_path: Path) -> None:
    path = write(tmp_path, ('[[forms]]\ntable = "lead"', '[[forms]]\ntabel = "lead"'))
    assert mistakes(path) == [
        "forms[3].table: field required",
        "forms[3].tabel: unknown key; did you mean “table”?",
    ]


@pytest.mark.parametrize(
    ("url", "complaint"),
    [
        ("contoso.crm.dynamics.com", "must be an address such as"),
        ("https://contoso.crm.dynamics.com/main.aspx", "must be the host alone"),
        ("https://user:pass@contoso.crm.dynamics.com", "must be the host alone"),
        ("http://contoso.crm.dynamics.com", "must be https"),
    ],
    ids=["no-scheme", "path", "user", "http"],
)
def test_url_that_is_no_environment_is_refused(tmp_path: Path, url: str, complaint: str) -> None:
    path = write(
        tmp_path,
        ('client_id = ""', 'client_id = "x"'),
        extra=REAL.replace("https://Contoso.crm.dynamics.com/", url),
    )
    (only,) = mistakes(path)
    assert only.startswith(f"environments.prod.url: {complaint}")


def test_url_is_kept_as_an_origin(tmp_path: Path) -> None:
    path = write(tmp_path, ('client_id = ""', 'client_id = "x"'), extra=REAL)
    assert load(path, {}).environment("prod").url == "https://contoso.crm.dynamics.com"


def test_real_environment_needs_a_genesys_client(tmp_path: Path) -> None:
    assert mistakes(write(tmp_path, extra=REAL)) == [
        "genesys.client_id is needed by every environment that is not local"
    ]


def test_local_sign_in_is_refused_for_another_host(tmp_path: Path) -> None:
    path = write(tmp_path, ("http://127.0.0.1:8365", "https://contoso.crm.dynamics.com"))
    assert mistakes(path) == [
        'environments.local: sign_in = "local" is for http://127.0.0.1:PORT only'
    ]


def test_variable_overrides_a_key() -> None:
    settings = load(
        EXAMPLE,
        {
            "D365POP_SOLUTION__VERSION": "2.3.4.5",
            "D365POP_SCREEN_POP__COUNTRIES": '["DE", "AT"]',
            "D365POP_PUBLISHER__OPTION_VALUE_PREFIX": "10001",
            "D365POP_ENVIRONMENTS__LOCAL__PRODUCTION": "true",
        },
    )
    assert settings.solution.version == "2.3.4.5"
    assert settings.screen_pop.countries == ("DE", "AT")
    assert settings.publisher.option_value_prefix == 10001
    assert settings.environment("local").production is True


def test_variable_that_names_no_key_is_a_mistake() -> None:
    found = mistakes(
        EXAMPLE,
        D365POP_VERSION="1.0.0.0",
        D365POP_SOLUTION__VERSON="1.0.0.0",
        D365POP_SOLUTION__VERSION__X="1",
        D365POP_CHROMIUM="reserved",
    )
    assert found == [
        "D365POP_SOLUTION__VERSION__X: version is no table",
        "D365POP_VERSION: names no key; write D365POP_TABLE__KEY",
        "solution.verson: unknown key; did you mean “version”?",
    ]


def test_malformed_file_shows_the_line(tmp_path: Path) -> None:
    path = tmp_path / "d365pop.toml"
    path.write_text('[publisher]\nunique_name "d365pop"\n', encoding="utf-8")
    with pytest.raises(ConfigurationError) as caught:
        load(path, {})
    assert caught.value.reference == "configuration-malformed"
    assert '2 | unique_name "d365pop"\n' in caught.value.context


def test_missing_file_names_the_command_that_writes_one(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError) as caught:
        load(tmp_path / "d365pop.toml", {})
    assert caught.value.reference == "configuration-missing"
    assert "d365pop init" in caught.value.hint


def test_file_that_is_no_text_is_one_clear_error(tmp_path: Path) -> None:
    path = tmp_path / "d365pop.toml"
    path.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(ConfigurationError) as caught:
        load(path, {})
    assert caught.value.reference == "configuration-unreadable"


def test_secret_in_the_file_is_refused(tmp_path: Path) -> None:
    path = write(tmp_path, extra='client_secret = "hush"\n')
    with pytest.raises(ConfigurationError) as caught:
        load(path, {})
    assert caught.value.reference == "secret-in-configuration"
    assert "environments.local.client_secret" in caught.value.message
    assert "hush" not in f"{caught.value.message}{caught.value.context}{caught.value.hint}"


def test_unknown_environment_suggests_the_nearest() -> None:
    with pytest.raises(ConfigurationError) as caught:
        load(EXAMPLE, {}).environment("locl")
    assert caught.value.message == "There is no environment “locl”; did you mean “local”?"
    assert caught.value.context == "configured: local"


def test_secret_comes_from_its_variable_alone() -> None:
    assert secret("PROD_SECRET", {"PROD_SECRET": "s3cret"}) == "s3cret"
    with pytest.raises(ConfigurationError) as caught:
        secret("PROD_SECRET", {"PROD_SECRET": ""})
    assert caught.value.reference == "secret-missing"
