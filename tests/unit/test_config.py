"""The configuration: what is accepted, and that every mistake is said at once."""

from pathlib import Path

import pytest

from d365pop.config import load, variables
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
    line = path.read_text("utf-8").splitlines().index('display_nme = "d365pop"') + 1
    assert mistakes(path) == [
        "publisher.display_name: is missing",
        f"publisher.display_nme: unknown key in line {line}; did you mean “display_name”?",
        "solution.version: must be four numbers, such as 1.0.0.0",
        "genesys.region: no region of Genesys Cloud; did you mean “mypurecloud.com”?",
        "screen_pop.policies.voice: must be 'auto', 'soft' or 'off'",
        (
            "environments.local.sign_in: must be 'local', 'client-secret', 'certificate', 'github',"
            " 'azure-devops', 'token-file', 'managed-identity', 'device-code', 'interactive' or"
            " 'azure-cli'; did you mean “local”?"
        ),
    ]


def test_unknown_key_of_an_environment_is_named_with_the_one_that_is_meant(tmp_path: Path) -> None:
    path = write(tmp_path, ("softphone_url = ", "sofphone_url = "))
    line = path.read_text("utf-8").splitlines().index('sofphone_url = "http://127.0.0.1:8366"') + 1
    assert mistakes(path) == [
        (
            f"environments.local.sofphone_url: unknown key in line {line}; "
            "did you mean “softphone_url”?"
        ),
        "environments.local: softphone_url is needed: where the softphone simulator listens",
    ]


def test_mistake_in_a_list_is_said_once_by_its_position(tmp_path: Path) -> None:
    path = write(tmp_path, ('[[forms]]\ntable = "lead"', '[[forms]]\ntabel = "lead"'))
    line = path.read_text("utf-8").splitlines().index('tabel = "lead"') + 1
    assert mistakes(path) == [
        "forms #3.table: is missing",
        f"forms #3.tabel: unknown key in line {line}; did you mean “table”?",
    ]


@pytest.mark.parametrize(
    ("url", "complaint"),
    [
        ("contoso.crm.dynamics.com", "must be an address such as"),
        ("https://contoso.crm.dynamics.com/main.aspx", "must be the host alone"),
        ("https://user:pass@contoso.crm.dynamics.com", "must be the host alone"),
        ("http://contoso.crm.dynamics.com", "must be https"),
        ("https://contoso.crm.dynamics.com:99999", "must be an address such as"),
        ("https://contoso.crm.dynamics.com:abc", "must be an address such as"),
    ],
    ids=["no-scheme", "path", "user", "http", "port-too-high", "port-no-number"],
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


def test_default_port_is_no_part_of_an_origin(tmp_path: Path) -> None:
    url = "https://contoso.crm.dynamics.com:443"
    extra = REAL.replace("https://Contoso.crm.dynamics.com/", url)
    path = write(tmp_path, ('client_id = ""', 'client_id = "x"'), extra=extra)
    assert load(path, {}).environment("prod").url == "https://contoso.crm.dynamics.com"


def test_softphone_url_is_refused_for_a_real_environment(tmp_path: Path) -> None:
    extra = REAL + 'softphone_url = "https://elsewhere.example"\n'
    path = write(tmp_path, ('client_id = ""', 'client_id = "x"'), extra=extra)
    assert mistakes(path) == [
        'environments.prod: softphone_url is not for sign_in = "client-secret", but for local'
    ]


def test_local_dataverse_on_ipv6_is_refused_since_it_does_not_listen_there(tmp_path: Path) -> None:
    path = write(tmp_path, ("http://127.0.0.1:8365", "http://[::1]:8365"))
    assert mistakes(path) == [
        'environments.local: sign_in = "local" is for http://127.0.0.1:PORT only'
    ]


def test_table_that_stands_twice_is_refused(tmp_path: Path) -> None:
    path = write(tmp_path, ('table = "lead"\ncolumns', 'table = "contact"\ncolumns'))
    assert mistakes(path) == [
        "screen_pop.tables: contact stands twice; put its columns into one table"
    ]


def test_form_by_name_and_id_at_once_is_refused(tmp_path: Path) -> None:
    both = '[[forms]]\ntable = "lead"\nname = "Lead"\nid = "11111111-2222-3333-4444-555555555555"'
    path = write(tmp_path, ('[[forms]]\ntable = "lead"', both))
    assert mistakes(path) == ["forms #3: name and id are two ways to say which form; keep one"]


@pytest.mark.parametrize(
    "extra", ["environments = 3\n", 'solution = ["x"]\n'], ids=["number", "list"]
)
def test_value_where_a_table_should_be_is_a_mistake_and_no_defect(
    tmp_path: Path, extra: str
) -> None:
    path = tmp_path / "d365pop.toml"
    path.write_text(extra, encoding="utf-8")
    assert len(mistakes(path)) > 1


def test_variable_name_of_a_list_is_a_mistake_and_no_defect(tmp_path: Path) -> None:
    extra = REAL + 'client_secret_variable = ["x"]\n'
    path = write(tmp_path, ('client_id = ""', 'client_id = "x"'), extra=extra)
    assert mistakes(path) == ["environments.prod.client_secret_variable: must be a text"]


def test_variable_reaches_an_environment_with_capitals(tmp_path: Path) -> None:
    path = write(
        tmp_path,
        ('client_id = ""', 'client_id = "x"'),
        extra=REAL.replace("[environments.prod]", "[environments.Prod]"),
    )
    settings = load(path, {"D365POP_ENVIRONMENTS__PROD__MANAGED": "true"})
    assert sorted(settings.environments) == ["Prod", "local"]
    assert settings.environment("Prod").managed is True


def test_real_environment_is_read_without_a_client_of_genesys(tmp_path: Path) -> None:
    assert load(write(tmp_path, extra=REAL), {}).genesys.client_id == ""


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
        "solution.verson: unknown key; did you mean “version”? (from D365POP_SOLUTION__VERSON)",
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


def test_secret_in_the_file_is_a_mistake_beside_the_others(tmp_path: Path) -> None:
    path = write(tmp_path, ('voice = "auto"', 'voice = "atuo"'), extra='client_secret = "hush"\n')
    found = mistakes(path)
    assert found == [
        (
            "environments.local.client_secret: holds a secret in line "
            f"{path.read_text('utf-8').count(chr(10))}; take it out, set "
            "D365POP_CLIENT_SECRET and renew it"
        ),
        "screen_pop.policies.voice: must be 'auto', 'soft' or 'off'; did you mean “auto”?",
    ]


@pytest.mark.parametrize(
    "line",
    [
        pytest.param('certificate_passphrase = "x"', id="passphrase"),
        pytest.param('"client_secret" = "x"', id="quoted key"),
        pytest.param('resource_id = "-----BEGIN RSA PRIVATE KEY-----"', id="private key"),
        pytest.param('user = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2ln"', id="token"),
    ],
)
def test_secret_is_refused_with_its_line_and_without_its_value(tmp_path: Path, line: str) -> None:
    path = write(tmp_path, extra=f"{line}\n# one more line\n")
    number = path.read_text("utf-8").splitlines().index(line) + 1
    key, _, value = line.partition(" = ")
    place = "environments.local." + key.strip('"')
    found = mistakes(path)
    assert found[0].startswith(f"{place}: holds a secret in line {number};")
    assert value.strip('"') not in found[0].partition("; take")[0].replace(place, "")


def test_secret_where_the_name_of_a_variable_belongs_is_not_repeated(tmp_path: Path) -> None:
    secret = "abc8Q~not.a-name"
    extra = REAL + f'client_secret_variable = "{secret}"\n'
    (found,) = mistakes(write(tmp_path, ('client_id = ""', 'client_id = "x"'), extra=extra))
    assert found == (
        "environments.prod.client_secret_variable: must be the name of a variable, and never the"
        " secret itself"
    )


def test_mistakes_between_keys_are_said_with_those_in_them(tmp_path: Path) -> None:
    extra = REAL.replace("https://Contoso", "http://contoso") + 'softphone_url = "http://[::1]"\n'
    path = write(tmp_path, extra=extra)
    assert mistakes(path) == [
        "environments.prod.url: must be https; http is for this machine only",
        'environments.prod: softphone_url is not for sign_in = "client-secret", but for local',
    ]


@pytest.mark.parametrize(
    ("code", "complaint"),
    [
        ("UK", "is no country code; did you mean “GB”?"),
        ("ZZ", "“ZZ” is no country code of ISO 3166-1"),
        ("us", "must be a country code of two capital letters, such as US"),
    ],
)
def test_country_that_does_not_exist_is_refused(tmp_path: Path, code: str, complaint: str) -> None:
    path = write(tmp_path, ('countries = ["US", "GB"]', f'countries = ["US", "{code}"]'))
    assert mistakes(path) == [f"screen_pop.countries #2: {complaint}"]


def test_unknown_environment_suggests_the_nearest() -> None:
    with pytest.raises(ConfigurationError) as caught:
        load(EXAMPLE, {}).environment("locl")
    assert caught.value.message == "There is no environment “locl”; did you mean “local”?"
    assert caught.value.context == "configured: local"


def test_variables_of_a_sign_in_are_a_copy_of_the_environment() -> None:
    environ = {"PROD_SECRET": "s3cret"}
    copy = variables(environ)
    environ["PROD_SECRET"] = "another"
    assert copy == {"PROD_SECRET": "s3cret"}
