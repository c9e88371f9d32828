"""Hosts, sign-in, the shell's cookie, static files, admin routes and the request log."""

import base64
import io
from typing import Any
from urllib.parse import urlencode

import pytest

from d365pop.emulator import gateway as gateway_module
from d365pop.emulator.auth import (
    CLIENT_ID,
    CLIENT_SECRET,
    TENANT_ID,
    TOKEN_SECONDS,
    Issued,
    Sessions,
)
from d365pop.emulator.gateway import Gateway
from d365pop.emulator.protocol import Request, Response
from d365pop.emulator.request_log import RequestKind, RequestLog
from tests.unit.emulator.harness import API, BASE, HOST, LocalEnvironment

TOKEN_PATH = f"/{TENANT_ID}/oauth2/v2.0/token"
FORM = {
    "grant_type": "client_credentials",
    "client_id": CLIENT_ID,
    "client_secret": CLIENT_SECRET,
    "scope": f"{BASE}/.default",
}


def ask_for_token(local: LocalEnvironment, **changes: str) -> tuple[int, Any]:
    response = local.send("POST", TOKEN_PATH, urlencode(FORM | changes).encode())
    return response.status, response.json()


def cookie_of(response: Response) -> str:
    return response.header("Set-Cookie").partition(";")[0]


def test_request_without_token_is_told_where_to_sign_in(local: LocalEnvironment) -> None:
    response = local.send("GET", f"{API}WhoAmI")
    assert response.status == 401
    assert response.header("WWW-Authenticate") == (
        f"Bearer authorization_uri={BASE}/{TENANT_ID}/oauth2/authorize, resource_id={BASE}/"
    )


@pytest.mark.parametrize("value", ["Bearer wrong", "Basic x", "Bearer", "bearer "])
def test_wrong_token_is_refused(local: LocalEnvironment, value: str) -> None:
    assert local.send("GET", f"{API}WhoAmI", authorization=value).status == 401


def test_token_for_the_application_user_opens_the_api(local: LocalEnvironment) -> None:
    status, answer = ask_for_token(local)
    assert (status, answer["token_type"], answer["expires_in"]) == (200, "Bearer", TOKEN_SECONDS)
    token = answer["access_token"]
    response = local.send("GET", f"{API}WhoAmI", authorization=f"bearer {token}")
    assert response.status == 200


@pytest.mark.parametrize(
    ("changes", "status", "error", "code"),
    [
        ({"client_secret": "guess"}, 401, "invalid_client", 7000215),
        ({"client_id": "someone"}, 400, "unauthorized_client", 700016),
        ({"client_id": ""}, 400, "unauthorized_client", 700016),
        ({"grant_type": "password"}, 400, "unsupported_grant_type", 70003),
        ({"scope": "https://example.com/.default"}, 400, "invalid_scope", 70011),
    ],
)
def test_wrong_sign_in_is_refused_as_entra_does(
    local: LocalEnvironment, changes: dict[str, str], status: int, error: str, code: int
) -> None:
    refused, answer = ask_for_token(local, **changes)
    assert (refused, answer["error"], answer["error_codes"]) == (status, error, [code])
    assert answer["error_description"].startswith(f"AADSTS{code}: ")


@pytest.mark.parametrize(
    "path",
    [f"/{TENANT_ID}/", f"/{TENANT_ID}/oauth2/authorize", f"{TOKEN_PATH}/", f"/x{TOKEN_PATH}"],
)
def test_no_other_address_gives_tokens(local: LocalEnvironment, path: str) -> None:
    local_user = {"authorization": f"Bearer {local.token}"}
    response = local.send("POST", path, urlencode(FORM).encode(), **local_user)
    assert response.status in {404, 405}, response.body
    assert b"access_token" not in response.body


def test_client_is_named_by_a_basic_header_too(local: LocalEnvironment) -> None:
    told = {name: FORM[name] for name in ("grant_type", "scope")}
    client = f"{FORM['client_id']}:{FORM['client_secret']}"

    def asked(text: str) -> tuple[int, Any]:
        header = f"Basic {base64.b64encode(text.encode()).decode()}"
        response = local.send("POST", TOKEN_PATH, urlencode(told).encode(), authorization=header)
        return response.status, response.json()

    status, answer = asked(client)
    assert (status, answer["token_type"]) == (200, "Bearer")
    assert asked(client.replace("local", "%6Cocal"))[0] == 200
    assert asked(f"{FORM['client_id']}:guess")[0] == 401
    broken = local.send("POST", TOKEN_PATH, urlencode(told).encode(), authorization="Basic é")
    assert broken.status == 400


def test_older_token_endpoint_takes_a_resource(local: LocalEnvironment) -> None:
    path, base = f"/{TENANT_ID}/oauth2/token", FORM["scope"].removesuffix("/.default")
    told = {name: FORM[name] for name in ("grant_type", "client_id", "client_secret")}
    body = urlencode({**told, "resource": f"{base}/"}).encode()
    response = local.send("POST", path, body)
    answer: Any = response.json()
    assert (response.status, answer["resource"], answer["expires_in"]) == (200, f"{base}/", "3600")
    assert int(answer["expires_on"]) - int(answer["not_before"]) == TOKEN_SECONDS
    who = local.send("GET", f"{API}WhoAmI", authorization=f"Bearer {answer['access_token']}")
    assert who.status == 200
    other = urlencode({**told, "resource": "https://example.com"}).encode()
    assert local.send("POST", path, other).status == 400


def test_scope_names_the_environment_by_any_of_its_names(local: LocalEnvironment) -> None:
    assert ask_for_token(local, scope="http://localhost:1/.default")[0] == 200
    assert ask_for_token(local, scope="http://dataverse/.default")[0] == 400
    assert ask_for_token(local, scope="https://localhost:1/.default")[0] == 400
    named = Gateway(local.environment, hosts=("dataverse", "login.example"))
    body = urlencode(FORM | {"scope": "http://dataverse/.default"}).encode()
    request = Request("POST", TOKEN_PATH, "", {"host": "login.example"}, body)
    assert named.handle(request).status == 200


def test_microsofts_libraries_learn_where_to_sign_in(local: LocalEnvironment) -> None:
    path = "/common/discovery/instance"
    answer: Any = local.send("GET", path).json()
    assert answer["metadata"][0]["aliases"] == [HOST]
    told = local.send("GET", answer["tenant_discovery_endpoint"].removeprefix(BASE))
    assert told.status == 200
    assert local.send("POST", path).status == 405


def test_tenant_of_others_is_refused_as_entra_does(local: LocalEnvironment) -> None:
    path = "/contoso.example/oauth2/v2.0/token"
    response = local.send("POST", path, urlencode(FORM).encode())
    answer: Any = response.json()
    assert (response.status, answer["error"], answer["error_codes"]) == (
        400,
        "invalid_request",
        [90002],
    )
    assert answer["error_description"].startswith(
        "AADSTS90002: Tenant 'contoso.example' not found."
    )


def test_token_ends_after_its_lifetime() -> None:
    moments = [0.0]
    sessions = Sessions(clock=lambda: moments[0])
    token = sessions.issue_token("someone")
    moments[0] = TOKEN_SECONDS - 1
    assert sessions.user_of_token(token) == "someone"
    moments[0] = TOKEN_SECONDS
    assert sessions.user_of_token(token) == ""


def test_token_is_not_kept_in_clear() -> None:
    sessions = Sessions()
    token = sessions.issue_token("someone")
    kept = [vars(kept) for kept in vars(sessions).values() if isinstance(kept, Issued)]
    assert "someone" in repr(kept)
    assert token not in repr(kept)


@pytest.mark.parametrize(
    "host", ["evil.example", "evil.example:4711", "127.0.0.1.evil.example", ""]
)
@pytest.mark.parametrize("path", [f"{API}WhoAmI", "/main.aspx", "/_emulator/health", TOKEN_PATH])
def test_foreign_host_is_refused_everywhere(local: LocalEnvironment, host: str, path: str) -> None:
    assert local.send("GET", path, host=host).status == 421


@pytest.mark.parametrize("host", ["127.0.0.1:80", "localhost:8080", "[::1]:9", "LOCALHOST"])
def test_loopback_host_is_served(local: LocalEnvironment, host: str) -> None:
    assert local.send("GET", "/_emulator/health", host=host).status == 200


def test_own_host_name_is_served_but_not_its_admin_routes(local: LocalEnvironment) -> None:
    gateway = Gateway(local.environment, hosts=("devbox",))
    local.gateway = gateway
    assert local.send("GET", f"{API}WhoAmI", host="devbox:80").status == 401
    assert local.send("GET", "/_emulator/health", host="devbox:80").status == 421


@pytest.mark.parametrize(
    "access",
    [
        "(AccessType=Microsoft.Dynamics.CRM.EndpointAccessType'Default')",
        "(AccessType=@p)?@p='Default'",
    ],
)
def test_environment_tells_of_itself(local: LocalEnvironment, access: str) -> None:
    detail = local.get(f"RetrieveCurrentOrganization{access}")["Detail"]
    assert detail["OrganizationId"] == local.get("WhoAmI")["OrganizationId"]
    assert detail["OrganizationVersion"] == local.get("RetrieveVersion()")["Version"]
    assert detail["Endpoints"]["Values"] == [f"{BASE}/"]
    local.refusal(400, "GET", "RetrieveCurrentOrganization(AccessType='Backdoor')")
    local.refusal(400, "GET", "RetrieveCurrentOrganization()")


def test_shell_sets_a_cookie_that_opens_the_api_for_reading(local: LocalEnvironment) -> None:
    page = local.send("GET", "/main.aspx")
    assert page.status == 200
    assert page.header("Set-Cookie").endswith("; HttpOnly; SameSite=Strict; Path=/")
    answer = local.send("GET", f"{API}WhoAmI", cookie=cookie_of(page))
    assert answer.status == 200


def test_cookie_of_a_server_with_https_is_for_https_alone(local: LocalEnvironment) -> None:
    local.gateway = Gateway(local.environment, scheme="https")
    told = local.send("GET", "/main.aspx").header("Set-Cookie")
    assert told.endswith("; Secure; HttpOnly; SameSite=Strict; Path=/")


def test_shell_keeps_a_session_that_it_knows(local: LocalEnvironment) -> None:
    cookie = cookie_of(local.send("GET", "/"))
    assert local.send("GET", "/", cookie=cookie).header("Set-Cookie") == ""


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"origin": BASE}, 204),
        ({"sec_fetch_site": "same-origin"}, 204),
        ({}, 403),
        ({"origin": "http://evil.example"}, 403),
        ({"origin": "null"}, 403),
        ({"sec_fetch_site": "cross-site"}, 403),
        ({"origin": "http://evil.example", "sec_fetch_site": "same-origin"}, 403),
    ],
)
def test_cookie_writes_only_from_our_own_pages(
    local: LocalEnvironment, headers: dict[str, str], status: int
) -> None:
    cookie = cookie_of(local.send("GET", "/main.aspx"))
    body = b'{"name":"x"}'
    response = local.send("POST", f"{API}accounts", body, cookie=cookie, **headers)
    assert response.status == status


@pytest.mark.parametrize(
    "path",
    [
        "/_shell/../server.py",
        "/_shell/..%2fserver.py",
        "/_shell/%2e%2e/server.py",
        "/_shell/.hidden.js",
        "/_shell/a/b.js",
        "/_shell/absent.js",
        "/_shell/",
        "/etc/passwd",
    ],
)
def test_nothing_outside_the_shell_folder_is_served(local: LocalEnvironment, path: str) -> None:
    cookie = cookie_of(local.send("GET", "/main.aspx"))
    assert local.send("GET", path, cookie=cookie).status == 404


def test_published_web_resource_is_served_with_its_type(local: LocalEnvironment) -> None:
    row_id = local.create_script("new_/a.js", "let a;")
    draft = {"content": base64.b64encode(b"let b;").decode()}
    local.expect(204, "PATCH", f"webresourceset({row_id})", draft)
    cookie = cookie_of(local.send("GET", "/main.aspx"))
    for path in ("/WebResources/new_/a.js", "/%7B638000000%7D/webresources/new_/a.js"):
        response = local.send("GET", path, cookie=cookie)
        assert response.body == b"let a;"
        assert response.header("Content-Type") == "text/javascript; charset=utf-8"


def test_web_resource_needs_a_session_and_a_name(local: LocalEnvironment) -> None:
    local.create_script("new_/a.js", "let a;")
    assert local.send("GET", "/WebResources/new_/a.js").status == 401
    signed = f"Bearer {local.token}"
    missing = local.send("GET", "/WebResources/new_/b.js", authorization=signed)
    posted = local.send("POST", "/WebResources/new_/a.js", authorization=signed)
    assert (missing.status, posted.status) == (404, 405)


def test_health_names_the_product(local: LocalEnvironment) -> None:
    answer = local.send("GET", "/_emulator/health").json()
    assert isinstance(answer, dict)
    assert (answer["product"], set(answer)) == ("d365pop-emulator", {"product", "version"})


def test_log_flags_writes_to_the_api_only(local: LocalEnvironment) -> None:
    ask_for_token(local)
    local.call("GET", "accounts?$top=1")
    local.call("POST", "accounts", {"name": "x"})
    local.send("GET", "/main.aspx")
    local.send("GET", "/_emulator/health")
    log = local.send("GET", "/_emulator/requests").json()
    assert isinstance(log, list)
    shown = [
        (entry["method"], entry["path"], entry["status"], entry["kind"], entry["writes"])
        for entry in log
        if isinstance(entry, dict)
    ]
    assert shown == [
        ("POST", TOKEN_PATH, 200, RequestKind.TOKEN, False),
        ("GET", f"{API}accounts", 200, RequestKind.API, False),
        ("POST", f"{API}accounts", 204, RequestKind.API, True),
        ("GET", "/main.aspx", 200, RequestKind.SHELL, False),
    ]
    assert local.send("DELETE", "/_emulator/requests").status == 204
    assert local.send("GET", "/_emulator/requests").json() == []


def test_reset_restores_the_seed_and_repeats_no_version(local: LocalEnvironment) -> None:
    row_id = local.create("accounts", {"name": "x"})
    newest = local.get(f"accounts({row_id})")["versionnumber"]
    assert local.send("POST", "/_emulator/reset").status == 204
    rows = local.get("accounts?$select=versionnumber")["value"]
    assert len(rows) == 8
    assert all(row["versionnumber"] > newest for row in rows)


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 204),
        ({"origin": BASE}, 204),
        ({"origin": "http://evil.example"}, 403),
        ({"sec_fetch_site": "cross-site"}, 403),
    ],
)
def test_foreign_page_cannot_reset(
    local: LocalEnvironment, headers: dict[str, str], status: int
) -> None:
    row_id = local.create("accounts", {"name": "x"})
    assert local.send("POST", "/_emulator/reset", b"", **headers).status == status
    assert local.call("GET", f"accounts({row_id})").status == (404 if status == 204 else 200)


def test_icon_that_browsers_ask_for_is_no_error(local: LocalEnvironment) -> None:
    assert local.send("GET", "/favicon.ico").status == 204


@pytest.mark.parametrize(
    "cookie", ["d365pop_session=guess", "d365pop_session", "a=b; d365pop_session=", "=;=;\0"]
)
def test_wrong_cookie_is_refused(local: LocalEnvironment, cookie: str) -> None:
    assert local.send("GET", f"{API}WhoAmI", cookie=cookie).status == 401


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [("POST", "/main.aspx", 405), ("PUT", "/_shell/main.js", 405), ("GET", TOKEN_PATH, 400)],
)
def test_method_that_a_page_lacks_is_refused(
    local: LocalEnvironment, method: str, path: str, status: int
) -> None:
    assert local.send(method, path).status == status


@pytest.mark.parametrize(("method", "path"), [("GET", "/_emulator/x"), ("GET", "/_emulator/reset")])
def test_unknown_admin_route_is_refused(local: LocalEnvironment, method: str, path: str) -> None:
    assert local.send(method, path).status == 404


def test_every_answer_of_the_api_has_the_platforms_headers(local: LocalEnvironment) -> None:
    response = local.call("GET", "accounts?nope")
    assert response.header("Content-Type") == "application/json; odata.metadata=minimal"
    assert response.header("OData-Version") == "4.0"
    assert response.header("REQ_ID") == response.header("x-ms-service-request-id") != ""


def test_defect_of_ours_is_an_error_answer_and_no_crash(local: LocalEnvironment) -> None:
    local.environment.store.close()
    logger = gateway_module.LOGGER
    logger.disabled = True
    try:
        response = local.call("GET", "accounts")
    finally:
        logger.disabled = False
    assert response.status == 500
    assert b"unexpected error" in response.body


def test_disk_that_takes_nothing_is_an_error_answer_and_one_line(
    local: LocalEnvironment, caplog: pytest.LogCaptureFixture
) -> None:
    local.environment.store.read("PRAGMA query_only = 1", ())
    response = local.call("POST", "accounts", {"name": "Contoso"})
    assert response.status == 500
    assert b"readonly" in response.body
    (told,) = caplog.records
    assert "accounts failed: attempt to write a readonly database" in told.message
    assert told.exc_info is None


def test_answer_comes_although_nobody_reads_the_log_any_more(local: LocalEnvironment) -> None:
    class Closed(io.StringIO):
        def write(self, _text: str) -> int:
            raise BrokenPipeError

    local.gateway = Gateway(local.environment, log=RequestLog(Closed()))
    assert local.send("GET", "/main.aspx").status == 200
    assert local.gateway.log.brief() == [("GET", "/main.aspx", 200)]


def test_host_is_part_of_every_address(local: LocalEnvironment) -> None:
    answer = local.get("accounts?$top=1", host="localhost:99")
    assert answer["@odata.context"].startswith("http://localhost:99/api/data/v9.2/")
    assert HOST not in answer["@odata.context"]
