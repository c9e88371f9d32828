"""Telemetry in Chromium: off by default; else in batches, and by a beacon at the end."""

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, ClassVar

import pytest
from playwright.sync_api import Page, expect

from tests.browser.agent import running_preview
from tests.browser.test_seeded_numbers import ring, softphone_of
from tests.local_dataverse import LocalDataverse

KEY = "0f1e2d3c-4b5a-6978-8796-a5b4c3d2e1f0"
KNOWN, NAME = "+13125550143", "Noor Castellane"


@pytest.fixture(scope="module")
def preview_of(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, LocalDataverse]]:
    with running_preview(tmp_path_factory.mktemp("telemetry")) as running:
        yield running


class Ingestion(BaseHTTPRequestHandler):
    """Takes events as Application Insights does, from a page of any origin."""

    taken: ClassVar[list[tuple[str, str]]] = []

    def do_OPTIONS(self) -> None:
        self._answer()

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        self.taken.append((self.headers["Content-Type"], body))
        self._answer()

    def _answer(self) -> None:
        self.send_response(HTTPStatus.OK)
        self.send_header("Access-Control-Allow-Origin", "*")
        self.send_header("Access-Control-Allow-Headers", "Content-Type")
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base's name
        """Stay silent."""


@pytest.fixture
def taken() -> Iterator[tuple[str, list[tuple[str, str]]]]:
    """Where events go, and what was taken: content types and bodies."""
    Ingestion.taken.clear()
    server = ThreadingHTTPServer(("127.0.0.1", 0), Ingestion)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/v2/track", Ingestion.taken
    server.shutdown()
    thread.join()
    server.server_close()


@contextmanager
def configured(dataverse: LocalDataverse, url: str) -> Iterator[None]:
    """Let the settings of the environment name a place for telemetry, as a deploy would."""
    row = dataverse.row("environmentvariablevalues?$select=environmentvariablevalueid,value")
    path = f"environmentvariablevalues({row['environmentvariablevalueid']})"
    settings = {**json.loads(row["value"]), "telemetry": {"url": url, "key": KEY}}
    dataverse.call("PATCH", path, {"value": json.dumps(settings)})
    yield
    dataverse.call("PATCH", path, {"value": row["value"]})


def told(body: str) -> list[tuple[str, dict[str, Any], dict[str, Any]]]:
    data = [item["data"]["baseData"] for item in json.loads(body)]
    return [(one["name"], one["properties"], one["measurements"]) for one in data]


def wait_until(page: Page, reached: Callable[[], bool]) -> None:
    for _ in range(100):
        if reached():
            return
        page.wait_for_timeout(50)
    raise AssertionError("not within five seconds")


def test_telemetry_is_off_by_default_and_its_script_is_not_loaded(
    preview_of: tuple[str, LocalDataverse], page: Page
) -> None:
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(preview_of[0])
    softphone_of(page)
    assert any("softphone.js" in url for url in asked)
    assert [url for url in asked if "telemetry.js" in url] == []


def test_events_go_in_a_batch_and_the_rest_by_a_beacon_without_personal_data(
    preview_of: tuple[str, LocalDataverse],
    taken: tuple[str, list[tuple[str, str]]],
    page: Page,
    page_errors: list[str],
) -> None:
    url, requests = taken
    page.clock.install()
    with configured(preview_of[1], url):
        page.goto(preview_of[0])
        softphone = ring(page, KNOWN, NAME)
        expect(softphone.locator("#cards > li > p")).to_contain_text("Opened")
        # The leap of the clock would end the question of a call log that is not stored yet.
        wait_until(page, lambda: bool(preview_of[1].rows("phonecalls?$select=activityid")))
        with page.expect_response(url):
            page.clock.run_for(15_000)
        softphone.locator("#numbers button").first.click()
        phone = softphone.frame_locator("iframe")
        expect(phone.get_by_text("Outbound call · dialing")).to_be_visible()
        page.goto("about:blank")
    wait_until(page, lambda: len(requests) > 1)
    assert [kind for kind, _ in requests] == ["application/json", "text/plain;charset=utf-8"]
    batch, rest = (told(body) for _, body in requests)
    pop = next(one for one in batch if one[0] == "screen pop")
    assert pop[1] == {
        "medium": "voice",
        "direction": "inbound",
        "action": "auto",
        "campaign": "false",
        "outcome": "one",
        "opened": "true",
    }
    assert pop[2]["total"] >= pop[2]["search"] > 0
    assert ("dial", {"source": "pane", "result": "placed"}, {}) in rest
    everything = "".join(body for _, body in requests)
    assert KNOWN[2:] not in everything
    assert NAME not in everything
    assert page_errors == []
