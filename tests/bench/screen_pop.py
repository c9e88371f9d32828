"""The screen pop in Chromium, over a local Dataverse that answers late: latency, heap, form."""

import gzip
import statistics
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, Frame, Page, expect, sync_playwright

from d365pop.build import build
from d365pop.config import load
from d365pop.emulator.server import EmulatorOptions, start
from tests.bench.measure import ROOT, Row
from tests.browser.test_screen_pop import preview
from tests.chromium import find_chromium
from tests.local_dataverse import LocalDataverse
from tests.unit.build.test_sizes import LIMITS
from tests.workspace import Workspace

POPS = 200
INTERACTIONS = 10_000
LATENCY = 0.05
KNOWN = "+13125550143"
MEGABYTE = 1024 * 1024

# Opening is the form's own affair; what is measured ends where the pop asks for it.
WATCH = """() => {
    window.opened = [];
    window.told = () => {};
    Xrm.Navigation.openForm = async () => { opened.push(Date.now()); told(); return {}; };
}"""
# Told rather than looked for again and again, which would take time from what is measured.
OPENED = """count => new Promise(resolve => {
    window.told = () => { if (opened.length > count) resolve(opened[count]); };
    told();
})"""
# The browser itself keeps what the softphone page has asked the Web API.
FORGET = "() => performance.clearResourceTimings()"
ROUND_TRIP = """async () => {
    const asked = performance.getEntriesByType("resource").map(({ name }) => name);
    const queries = asked.filter(name => name.includes("/api/data/"));
    if (queries.length === 0) throw new Error("The page asked nothing.");
    const begin = Date.now();
    await Promise.all(queries.map(async query => (await fetch(query)).json()));
    return Date.now() - begin;
}"""
POP = """([id, number]) => {
    const begin = Date.now();
    Framework.screenPop(number, { id, direction: "Inbound", ani: number, attributes: {} });
    return begin;
}"""
# Answered in the page itself, once that is wished: what is measured is what the page keeps.
FIND_NOBODY = r"""() => {
    const ask = window.fetch;
    const searches = /\/(contacts|accounts|leads)\?/;
    window.fetch = (address, options) => window.findsNobody && searches.test(String(address))
        ? Promise.resolve(new Response('{"value": []}')) : ask(address, options);
}"""
# Straight from the client's frame: the whole life of an interaction, as framework.js tells it.
LIVES = """async ([from, to, origin]) => {
    for (let at = from; at < to; at += 1) {
        const number = "+1503555" + String(at % 10000).padStart(4, "0");
        const interaction = { id: "heap-" + at, direction: "Inbound", ani: number, attributes: {} };
        const say = (kind, payload) => parent.postMessage({ d365pop: 1, kind, payload }, origin);
        say("interaction", { event: "add", interaction });
        say("screen-pop", { searchString: number, interaction });
        const connected = { ...interaction, isConnected: true };
        say("interaction", { event: "connect", interaction: connected });
        say("interaction", { event: "change", interaction: connected });
        const over = { ...interaction, isDisconnected: true };
        say("interaction", { event: "disconnect", interaction: over });
        if (at % 50 === 49) await new Promise(resolve => setTimeout(resolve, 20));
    }
}"""
ON_LOAD = """() => {
    const entity = {
        getEntityName: () => "contact", getId: () => "", getIsDirty: () => false,
    };
    const form = { data: { entity }, ui: { getFormType: () => 2 }, getAttribute: () => null };
    const context = { getFormContext: () => form };
    const begin = performance.now();
    for (let run = 0; run < 1000; run += 1) D365Pop.onLoad(context);
    return (performance.now() - begin) / 1000;
}"""


def size_rows() -> Iterator[Row]:
    """Yield what a browser has to load, packed as servers pack it."""
    made = build(load(ROOT / "d365pop.toml", {}), folder=ROOT)
    scripts = {item.name.rpartition("/")[2]: item.content for item in made.solution.web_resources}
    for name, limit in LIMITS.items():
        content = {**scripts, "framework.js": made.framework}[name]
        size = len(gzip.compress(content, 9)) / 1024
        yield Row(f"{name}, gzipped", f"{size:.1f} KB", f"{limit // 1024} KB")


@contextmanager
def _agent(browser: Browser) -> Iterator[tuple[Page, Frame, LocalDataverse]]:
    """Deploy, open the app, and yield it with the Genesys client's frame."""
    with tempfile.TemporaryDirectory() as folder:
        workspace = Workspace.make(Path(folder))
        with start(EmulatorOptions(state=None, port=workspace.port)):
            result = workspace.run("deploy", "--env", "local", "--yes")
            if result.returncode:
                raise SystemExit(result.stderr)
            with preview(workspace) as address:
                page = browser.new_page()
                page.add_init_script(f"({FIND_NOBODY})()")
                page.goto(address)
                pane = page.frame_locator("iframe[src*='softphone.html']")
                expect(pane.locator("#connection")).to_have_text("Connected", timeout=30_000)
                client = next(frame for frame in page.frames if "/crm/" in frame.url)
                yield page, client, LocalDataverse(workspace.url)
                page.close()


def _softphone(page: Page) -> Frame:
    return next(frame for frame in page.frames if "softphone.html" in frame.url)


def _latency_row(page: Page, client: Frame, pops: int) -> Row:
    softphone = _softphone(page)
    page.evaluate(WATCH)
    times, round_trips = [], []
    for number in range(pops):
        softphone.evaluate(FORGET)
        begin = client.evaluate(POP, [f"pop-{number}", KNOWN])
        times.append(page.evaluate(OPENED, number) - begin)
        # The very same questions, all at once, right afterwards: what the network alone costs.
        round_trips.append(softphone.evaluate(ROUND_TRIP))
    slowest, floor = (statistics.quantiles(each, n=20)[-1] for each in (times, round_trips))
    return Row(
        f"from the event to openForm, 95th percentile of {pops}",
        f"{slowest:.0f} ms",
        f"50 ms and one round trip, {floor:.0f} ms",
    )


def _heap_row(page: Page, client: Frame, interactions: int) -> Row:
    softphone = _softphone(page)
    softphone.evaluate("() => { window.findsNobody = true; }")
    origin = page.evaluate("origin")
    session = page.context.new_cdp_session(page)

    def heap() -> int:
        page.wait_for_timeout(1000)
        session.send("HeapProfiler.collectGarbage")
        used: int = session.send("Runtime.getHeapUsage")["usedSize"]
        return used

    client.evaluate(LIVES, [0, 500, origin])
    before = heap()
    client.evaluate(LIVES, [500, 500 + interactions, origin])
    grown = (heap() - before) / MEGABYTE
    return Row(f"heap grown by {interactions} interactions", f"{grown:.2f} MB", "5 MB")


def _form_row(page: Page) -> Row:
    scripted = next(
        frame for frame in page.frames if frame.evaluate("typeof D365Pop") != "undefined"
    )
    return Row("form script where the pane exists", f"{scripted.evaluate(ON_LOAD):.3f} ms", "1 ms")


def screen_pop_rows(pops: int = POPS, interactions: int = INTERACTIONS) -> Iterator[Row]:
    """Yield all rows of the screen pop."""
    yield from size_rows()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=find_chromium(playwright.chromium.executable_path),
            args=["--no-sandbox"],
        )
        with _agent(browser) as (page, client, dataverse):
            yield _form_row(page)
            dataverse.fail(kind="delay", seconds=LATENCY, path="/api/")
            yield _latency_row(page, client, pops)
            yield _heap_row(page, client, interactions)
        browser.close()


if __name__ == "__main__":
    for row in screen_pop_rows():
        sys.stdout.write(f"{row}\n")
        sys.stdout.flush()
