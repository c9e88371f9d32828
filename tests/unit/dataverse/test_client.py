import json

import pytest

from d365pop.dataverse import Dataverse
from d365pop.dataverse.client import Call
from d365pop.errors import ConfigurationError, DataverseError, NetworkError, SignInError
from d365pop.transport import Headers, Request, Response, Transport
from tests.unit.dataverse.fake import (
    API,
    URL,
    Environment,
    Tokens,
    answer,
    environment,
    refusal,
    sent,
)

GET = Call("look", "GET", "WhoAmI", idempotent=True)


def page(names: list[str], next_link: str = "") -> Response:
    link = {"@odata.nextLink": next_link} if next_link else {}
    return answer(200, {"value": [{"name": name} for name in names], **link})


def test_get_carries_the_headers_of_the_protocol_and_no_content_type() -> None:
    server = environment(answer(200, {}))
    server.client.send(GET)
    headers = dict(server.requests[0].headers)
    assert headers.pop("User-Agent").startswith("d365pop/")
    assert headers == {
        "Accept": "application/json",
        "OData-MaxVersion": "4.0",
        "OData-Version": "4.0",
        "If-None-Match": "null",
        "Authorization": "Bearer token-0",
    }
    assert server.requests[0].url == "https://contoso.crm4.dynamics.com/api/data/v9.2/WhoAmI"


def test_body_is_sent_as_utf8_json_with_the_call_s_own_headers() -> None:
    server = environment(answer(204))
    server.client.send(Call("write", "POST", "things", {"name": "Größe"}, {"If-Match": "*"}))
    request = server.requests[0]
    assert request.body == '{"name":"Größe"}'.encode()
    assert request.headers["Content-Type"] == "application/json; charset=utf-8"
    assert request.headers["If-Match"] == "*"
    assert sent(request) == {"name": "Größe"}


@pytest.mark.parametrize("idempotent", [True, False])
def test_transport_is_told_whether_a_call_may_be_repeated(*, idempotent: bool) -> None:
    server = environment(answer(204))
    server.client.send(Call("write", "POST", "things", {}, idempotent=idempotent))
    assert server.requests[0].idempotent is idempotent


def test_expired_token_is_renewed_once_and_the_call_goes_on() -> None:
    server = environment(answer(401), answer(200, {"ok": True}), answer(200, {}))
    client = server.client
    assert client.fetch(GET) == {"ok": True}
    client.fetch(GET)
    assert [each.headers["Authorization"] for each in server.requests] == [
        "Bearer token-0",
        "Bearer token-1",
        "Bearer token-1",
    ]


def test_token_refused_twice_is_a_sign_in_error() -> None:
    server = environment(answer(401), answer(401, {"error": {"code": "", "message": "no"}}))
    with pytest.raises(SignInError) as caught:
        server.client.send(GET)
    assert caught.value.reference == "token-refused"
    assert len(server.requests) == 2


@pytest.mark.parametrize(
    ("url", "origin"),
    [
        ("https://Contoso.crm4.dynamics.com/", "https://contoso.crm4.dynamics.com"),
        ("https://contoso.crm4.dynamics.com/main.aspx?app=1", "https://contoso.crm4.dynamics.com"),
        ("http://127.0.0.1:8365", "http://127.0.0.1:8365"),
    ],
)
def test_only_the_origin_of_the_url_counts(url: str, origin: str) -> None:
    client = Dataverse(url, Transport(environment()), Tokens())
    assert client.origin == origin


@pytest.mark.parametrize(
    ("url", "reference"),
    [
        ("contoso.crm4.dynamics.com", "environment-url-invalid"),
        ("", "environment-url-invalid"),
        ("http://contoso.crm4.dynamics.com", "environment-url-not-https"),
    ],
)
def test_url_that_would_not_be_safe_is_refused(url: str, reference: str) -> None:
    with pytest.raises(ConfigurationError) as caught:
        Dataverse(url, Transport(environment()), Tokens())
    assert caught.value.reference == reference


def test_pages_are_followed_with_the_same_preference() -> None:
    link = f"{API}things?$skiptoken=%3Ccookie%20page%3D%222%22%3E"
    server = environment(page(["a", "b"], link), page(["c"]))
    assert list(server.client.rows("list", "things", page_size=2)) == [
        {"name": "a"},
        {"name": "b"},
        {"name": "c"},
    ]
    assert [each.url for each in server.requests] == [f"{API}things", link]
    assert [each.headers["Prefer"] for each in server.requests] == ["odata.maxpagesize=2"] * 2


@pytest.mark.parametrize(
    "link",
    [
        "https://evil.example/api/data/v9.2/things?page=2",
        "https://contoso.crm4.dynamics.com.evil.example/api/data/v9.2/things",
        "https://contoso.crm4.dynamics.com@evil.example/",
        "http://contoso.crm4.dynamics.com/api/data/v9.2/things",
        "https://contoso.crm4.dynamics.com:8443/api/data/v9.2/things",
        "things?page=2",
    ],
)
def test_next_page_elsewhere_never_gets_the_token(link: str) -> None:
    server = environment(page(["a"], link))
    with pytest.raises(DataverseError) as caught:
        list(server.client.rows("list", "things"))
    assert caught.value.reference == "dataverse-unexpected-answer"
    assert len(server.requests) == 1


def test_page_that_leads_to_itself_ends_the_walk() -> None:
    link = f"{API}things?page=2"
    server = environment(page(["a"], link), page(["b"], link))
    with pytest.raises(DataverseError):
        list(server.client.rows("list", "things"))


@pytest.mark.parametrize(
    "response",
    [
        pytest.param(Response(200, body=b"<html><title>Sign in</title></html>"), id="html"),
        pytest.param(Response(200), id="empty"),
        pytest.param(Response(200, body=b"[]"), id="array"),
        pytest.param(Response(200, body=b'"text"'), id="text"),
        pytest.param(Response(200, body=b"\xff\xfe{"), id="no utf-8"),
    ],
)
def test_success_without_a_json_object_is_an_error(response: Response) -> None:
    with pytest.raises(DataverseError) as caught:
        environment(response).client.fetch(GET)
    assert caught.value.reference == "dataverse-unexpected-answer"


def test_html_page_is_named_by_its_title() -> None:
    body = b"<html><title>Sign in to your account</title><script>var a = 1;</script></html>"
    with pytest.raises(DataverseError, match="did not answer as Dataverse does") as caught:
        environment(Response(200, body=body)).client.fetch(GET)
    assert caught.value.context == "no JSON: Sign in to your account"


def test_list_without_value_is_an_error() -> None:
    with pytest.raises(DataverseError):
        list(environment(answer(200, {"name": "a"})).client.rows("list", "things"))


def test_error_carries_the_platform_s_own_parts() -> None:
    response = Response(
        403,
        Headers({"x-ms-service-request-id": "first, second", "REQ_ID": "second"}),
        json.dumps({"error": {"code": "0x80040220", "message": "Missing prvWriteX"}}).encode(),
    )
    with pytest.raises(DataverseError) as caught:
        environment(response).client.send(Call("publish", "POST", "PublishXml", {}))
    error = caught.value
    assert (error.reference, error.status, error.code, error.request_id) == (
        "dataverse-privilege-missing",
        403,
        "0x80040220",
        "second",
    )
    assert error.message == "contoso.crm4.dynamics.com refused to publish: Missing prvWriteX"
    assert error.hint


def test_request_id_is_the_last_where_req_id_is_absent() -> None:
    response = Response(500, Headers({"x-ms-service-request-id": "first, second"}))
    with pytest.raises(DataverseError) as caught:
        environment(response).client.send(GET)
    assert caught.value.request_id == "second"


@pytest.mark.parametrize(
    ("response", "reference", "code"),
    [
        pytest.param(refusal(404, "0x80040217"), "dataverse-not-found", "0x80040217", id="by code"),
        pytest.param(
            refusal(400, "0x8004801D"), "dataverse-missing-dependencies", "0x8004801D", id="case"
        ),
        pytest.param(
            refusal(429, "0x80071151"), "dataverse-customization-lock", "0x80071151", id="lock"
        ),
        pytest.param(refusal(400, ""), "dataverse-error", "", id="empty code"),
        pytest.param(refusal(400, "0x8badf00d"), "dataverse-error", "0x8badf00d", id="unknown"),
        pytest.param(answer(404), "dataverse-no-such-address", "", id="404 without a body"),
        pytest.param(
            refusal(404, "0x8006088a", "Resource not found for the segment 'x'."),
            "dataverse-no-such-address",
            "0x8006088a",
            id="404 of a route",
        ),
        pytest.param(answer(412), "dataverse-row-changed", "", id="412 without a body"),
        pytest.param(answer(503), "dataverse-unavailable", "", id="503 without a body"),
        pytest.param(
            Response(502, body=b"<html><body>Bad <b>Gateway</b></body></html>"),
            "dataverse-unavailable",
            "",
            id="html",
        ),
        pytest.param(answer(400, {"error": "text"}), "dataverse-error", "", id="error is text"),
        pytest.param(answer(400, {"Message": "no route"}), "dataverse-error", "", id="other json"),
        pytest.param(answer(400, []), "dataverse-error", "", id="array"),
    ],
)
def test_error_is_read_from(response: Response, reference: str, code: str) -> None:
    with pytest.raises(DataverseError) as caught:
        environment(response).client.send(GET)
    error = caught.value
    assert (error.reference, error.code, error.status) == (reference, code, response.status)


def test_html_error_is_shown_without_its_tags() -> None:
    body = b"<html><style>p {}</style><body><h1>502</h1> Bad <b>Gateway</b></body></html>"
    with pytest.raises(DataverseError) as caught:
        environment(Response(502, body=body)).client.send(GET)
    assert caught.value.message == "contoso.crm4.dynamics.com refused to look: 502 Bad Gateway"


def test_error_never_repeats_a_token() -> None:
    server = environment(refusal(400, "", "bad header Authorization: Bearer abcdefgh12345678"))
    with pytest.raises(DataverseError) as caught:
        server.client.send(GET)
    assert "abcdefgh12345678" not in caught.value.message


def test_network_error_passes_through() -> None:
    def send(_request: Request) -> Response:
        raise NetworkError("host-not-found", "no such host")

    with pytest.raises(NetworkError):
        Dataverse(URL, Transport(send), Tokens()).send(GET)


def test_client_shows_no_token() -> None:
    server: Environment = environment(answer(200, {}))
    client = server.client
    client.send(GET)
    assert "token-0" not in repr(client) + repr(server.requests)
