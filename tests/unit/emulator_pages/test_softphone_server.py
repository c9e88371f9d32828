"""What the simulator's server answers; sockets only where the claim is about them."""

import socket
import urllib.error
import urllib.request

import pytest

from d365pop.emulator.softphone import find_page, start_softphone
from d365pop.errors import ExitCode, NetworkError

SCRIPT = b"window.Framework = {};"


def framework() -> bytes:
    return SCRIPT


@pytest.mark.parametrize("path", ["/crm/embeddableFramework.html", "/crm/index.html"])
def test_both_addresses_of_the_client_answer_its_page(path: str) -> None:
    page = find_page(path, framework)
    assert page is not None
    assert page.content_type == "text/html; charset=utf-8"
    assert b"/_softphone/page.js" in page.content


def test_framework_is_asked_for_at_each_load() -> None:
    versions = iter([b"1", b"2"])
    loads = [find_page("/framework.js", lambda: next(versions)) for _ in range(2)]
    assert [page.content for page in loads if page] == [b"1", b"2"]


@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/crm/",
        "/_softphone/",
        "/_softphone/missing.js",
        "/_softphone/../softphone.py",
        "/_softphone/..%2fsoftphone.py",
        "/_softphone//etc/passwd",
    ],
)
def test_no_path_leads_out_of_the_pages(path: str) -> None:
    assert find_page(path, framework) is None


def test_server_answers_pages_and_refuses_the_rest() -> None:
    with start_softphone(framework) as softphone:
        with urllib.request.urlopen(f"{softphone.url}/framework.js?v=1") as answer:
            assert (answer.read(), answer.headers["Cache-Control"]) == (SCRIPT, "no-store")
            assert answer.headers["X-Frame-Options"] is None
        with pytest.raises(urllib.error.HTTPError) as refused:
            urllib.request.urlopen(f"{softphone.url}/nothing")
        with refused.value:
            assert refused.value.code == 404


def test_port_is_free_again_after_stopping_twice() -> None:
    softphone = start_softphone(framework)
    port = int(softphone.url.rpartition(":")[2])
    softphone.stop()
    softphone.stop()
    with start_softphone(framework, port=port) as again:
        assert again.url == softphone.url


def test_taken_port_is_one_clear_error() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(NetworkError) as failed:
            start_softphone(framework, port=port)
    assert failed.value.reference == "softphone-port-taken"
    assert str(port) in failed.value.message
    assert failed.value.exit_code == ExitCode.NETWORK
