from dataclasses import dataclass, field

import pytest

from d365pop.errors import NetworkError
from d365pop.transport import (
    Headers,
    Request,
    Response,
    RetryPolicy,
    Transport,
    host_of,
    is_loopback,
    origin_of,
)

URL = "https://contoso.crm4.dynamics.com/api/data/v9.2/WhoAmI"
GET = Request("GET", URL, idempotent=True)
POST = Request("POST", URL)
LOCK = b'{"error":{"code":"0x80071151","message":"Cannot start the requested operation"}}'

Outcome = Response | NetworkError


@dataclass
class Script:
    """A sender that plays outcomes in order, the last one for ever, on a clock of its own."""

    outcomes: list[Outcome]
    now: float = 0.0
    sent: int = 0
    waits: list[tuple[str, float]] = field(default_factory=list)

    def __call__(self, _request: Request, /) -> Response:
        outcome = self.outcomes[min(self.sent, len(self.outcomes) - 1)]
        self.sent += 1
        if isinstance(outcome, NetworkError):
            raise outcome
        return outcome

    def sleep(self, seconds: float) -> None:
        self.now += seconds

    def transport(self, policy: RetryPolicy | None = None, chance: float = 1.0) -> Transport:
        return Transport(
            self,
            policy or RetryPolicy(),
            clock=lambda: self.now,
            sleep=self.sleep,
            random=lambda: chance,
            on_wait=lambda reason, seconds: self.waits.append((reason, seconds)),
        )


def answer(status: int, headers: dict[str, str] | None = None, body: bytes = b"") -> Response:
    return Response(status, Headers(headers or {}), body)


def broken(reference: str) -> NetworkError:
    return NetworkError(reference, f"it is {reference}")


OK = answer(200, body=b"{}")
DATE = {"Date": "Sun, 07 Jan 2024 21:10:42 GMT"}


@pytest.mark.parametrize(
    ("request_", "first", "waited"),
    [
        pytest.param(GET, answer(429, {"Retry-After": "7"}), [7.0], id="throttled GET"),
        pytest.param(POST, answer(429, {"retry-after": "7"}), [7.0], id="throttled POST"),
        pytest.param(
            POST,
            answer(429, {"Retry-After": "Sun, 07 Jan 2024 21:11:12 GMT", **DATE}),
            [30.0],
            id="until a date",
        ),
        pytest.param(
            POST,
            answer(429, {"Retry-After": "Sun, 07 Jan 2024 21:00:00 GMT", **DATE}),
            [0.0],
            id="until a date that has passed",
        ),
        pytest.param(POST, answer(429, {"Retry-After": "86400"}), [300.0], id="capped"),
        pytest.param(POST, answer(429, {"Retry-After": "soon"}), [20.0], id="unreadable"),
        pytest.param(POST, answer(429), [20.0], id="without Retry-After"),
        pytest.param(POST, answer(429, body=LOCK), [20.0], id="customization lock"),
        pytest.param(POST, answer(503, body=LOCK), [20.0], id="customization lock as 503"),
        pytest.param(POST, answer(400, body=LOCK), [20.0], id="customization lock on-premises"),
        pytest.param(GET, answer(502), [1.0], id="bad gateway"),
        pytest.param(GET, answer(503, {"Retry-After": "4"}), [4.0], id="unavailable for a time"),
        pytest.param(GET, answer(504), [1.0], id="gateway time-out"),
        pytest.param(GET, broken("connection-dropped"), [1.0], id="dropped"),
        pytest.param(GET, broken("timeout"), [1.0], id="time-out"),
    ],
)
def test_call_is_repeated_after(request_: Request, first: Outcome, waited: list[float]) -> None:
    script = Script([first, OK])
    assert script.transport().send(request_) is OK
    assert [seconds for _, seconds in script.waits] == waited


@pytest.mark.parametrize(
    ("request_", "first"),
    [
        pytest.param(POST, answer(502), id="bad gateway on POST"),
        pytest.param(POST, answer(503), id="unavailable on POST"),
        pytest.param(POST, answer(503, {"Retry-After": "1"}), id="unavailable with Retry-After"),
        pytest.param(GET, answer(500), id="server error"),
        pytest.param(GET, answer(404), id="not found"),
        pytest.param(GET, answer(401), id="unauthorized"),
        pytest.param(GET, answer(200, body=LOCK), id="a success that quotes the lock's code"),
    ],
)
def test_answer_is_final(request_: Request, first: Response) -> None:
    script = Script([first, OK])
    assert script.transport().send(request_) is first
    assert script.waits == []


@pytest.mark.parametrize("reference", ["connection-dropped", "timeout", "connection-refused"])
def test_post_is_never_sent_again_after_a_connection_error(reference: str) -> None:
    script = Script([broken(reference), OK])
    with pytest.raises(NetworkError) as caught:
        script.transport().send(POST)
    assert (caught.value.reference, script.sent) == (reference, 1)


@pytest.mark.parametrize("reference", ["host-not-found", "connection-refused", "tls-failed"])
def test_host_that_never_answered_fails_at_once(reference: str) -> None:
    script = Script([broken(reference), OK])
    with pytest.raises(NetworkError) as caught:
        script.transport().send(GET)
    assert (caught.value.reference, script.waits) == (reference, [])


@pytest.mark.parametrize("reference", ["host-not-found", "connection-refused"])
def test_host_that_answered_before_gets_another_chance(reference: str) -> None:
    script = Script([OK, broken(reference), OK])
    transport = script.transport()
    transport.send(GET)
    assert transport.send(GET) is OK
    assert script.waits == [(f"it is {reference}", 1.0)]


def test_backoff_doubles_until_the_attempts_are_used_up() -> None:
    script = Script([answer(503)])
    assert script.transport().send(GET).status == 503
    assert [seconds for _, seconds in script.waits] == [1.0, 2.0, 4.0, 8.0]
    assert script.sent == 5


def test_backoff_has_a_longest_wait() -> None:
    script = Script([answer(503)])
    script.transport(RetryPolicy(attempts=8)).send(GET)
    assert [seconds for _, seconds in script.waits][-2:] == [30.0, 30.0]


@pytest.mark.parametrize(("chance", "seconds"), [(0.0, 0.5), (0.5, 0.75), (1.0, 1.0)])
def test_backoff_is_spread_by_chance(chance: float, seconds: float) -> None:
    script = Script([answer(503), OK])
    script.transport(chance=chance).send(GET)
    assert [waited for _, waited in script.waits] == [seconds]


@pytest.mark.parametrize(("chance", "seconds"), [(0.0, 5.0), (1.0, 20.0)])
def test_customization_lock_waits_between_5_and_20_seconds(chance: float, seconds: float) -> None:
    script = Script([answer(429, body=LOCK), OK])
    script.transport(chance=chance).send(POST)
    assert script.waits == [("another import or publish is running", seconds)]


def test_lock_that_stays_is_returned_when_the_deadline_comes() -> None:
    script = Script([answer(429, body=LOCK)])
    final = script.transport(RetryPolicy(deadline=70.0)).send(POST)
    assert (final.status, script.now, len(script.waits)) == (429, 60.0, 3)


def test_no_wait_begins_that_would_pass_the_deadline() -> None:
    script = Script([answer(429, {"Retry-After": "120"}), OK])
    assert script.transport(RetryPolicy(deadline=100.0)).send(GET).status == 429
    assert script.waits == []


def test_throttling_does_not_use_up_the_attempts() -> None:
    throttled = [answer(429, {"Retry-After": "1"}) for _ in range(9)]
    script = Script([*throttled, answer(503), OK])
    assert script.transport(RetryPolicy(attempts=2)).send(GET) is OK


def test_connection_that_stays_broken_raises_its_own_error() -> None:
    error = broken("timeout")
    script = Script([error])
    with pytest.raises(NetworkError) as caught:
        script.transport(RetryPolicy(attempts=3)).send(GET)
    assert (caught.value, script.sent) == (error, 3)


def test_wait_names_the_host_and_no_path() -> None:
    script = Script([answer(429, {"Retry-After": "3"}), answer(503), OK])
    script.transport().send(GET)
    assert [reason for reason, _ in script.waits] == [
        "contoso.crm4.dynamics.com asks to slow down",
        "contoso.crm4.dynamics.com is not available (HTTP 503)",
    ]


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_redirect_is_an_error_that_names_the_target_host_only(status: int) -> None:
    location = "https://login.microsoftonline.com/common?code=secret"
    script = Script([answer(status, {"Location": location})])
    with pytest.raises(NetworkError) as caught:
        script.transport().send(GET)
    assert caught.value.reference == "redirected"
    assert caught.value.message == (
        "contoso.crm4.dynamics.com redirects to login.microsoftonline.com instead of answering"
    )


def test_not_modified_is_no_redirect() -> None:
    assert Script([answer(304)]).transport().send(GET).status == 304


def test_headers_are_found_whatever_their_case() -> None:
    headers = Headers({"WWW-Authenticate": "Bearer"})
    assert headers["www-authenticate"] == headers.get("WWW-AUTHENTICATE") == "Bearer"
    assert "Www-Authenticate" in headers
    assert "Date" not in headers


def test_request_and_headers_do_not_show_tokens() -> None:
    request = Request("GET", URL, headers={"Authorization": "Bearer t0ken"}, body=b"s3cret")
    shown = repr(request) + repr(Headers({"Authorization": "Bearer t0ken"}))
    assert "t0ken" not in shown
    assert "s3cret" not in shown


def test_body_with_byte_order_mark_is_read_as_json() -> None:
    assert answer(200, body=b'\xef\xbb\xbf{"a": 1}').json() == {"a": 1}


def test_body_that_is_no_json_raises_value_error() -> None:
    with pytest.raises(ValueError, match="Expecting value"):
        answer(200, body=b"<html>").json()


@pytest.mark.parametrize(
    ("url", "origin"),
    [
        ("https://Contoso.CRM4.dynamics.com/main.aspx?x=1", "https://contoso.crm4.dynamics.com"),
        ("https://contoso.crm4.dynamics.com:443/", "https://contoso.crm4.dynamics.com"),
        ("http://127.0.0.1:8365", "http://127.0.0.1:8365"),
        ("http://[::1]:8365/x", "http://[::1]:8365"),
        ("contoso.crm4.dynamics.com", ""),
        ("ftp://contoso", ""),
        ("https://", ""),
        ("https://host:port/", ""),
        ("https://[::1/", ""),
    ],
)
def test_origin_of(url: str, origin: str) -> None:
    assert origin_of(url) == origin


@pytest.mark.parametrize(
    ("url", "local"),
    [
        ("http://localhost:1/", True),
        ("http://crm.localhost/", True),
        ("http://127.8.9.1/", True),
        ("https://[::1]/", True),
        ("https://localhost.evil.example/", False),
        ("https://127.0.0.1.evil.example/", False),
        ("http://10.0.0.1/", False),
        ("http://user@evil.example:80/127.0.0.1", False),
        ("https://[::1", False),
    ],
)
def test_only_this_machine_is_loopback(url: str, *, local: bool) -> None:
    assert is_loopback(url) is local


def test_host_of_shows_neither_user_nor_path() -> None:
    assert host_of("https://user:pw@contoso.example/secret?x") == "contoso.example"


def test_real_clock_and_sleep_are_the_defaults() -> None:
    assert Transport(lambda _request: OK).send(GET) is OK
