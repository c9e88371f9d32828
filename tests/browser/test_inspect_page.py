"""The page of an inspection in Chromium: it finds, sorts, changes colours, and loads nothing."""

from pathlib import Path

from playwright.sync_api import Page, Request, expect

from d365pop.inspect.as_html import inspection_html
from d365pop.inspect.inspection import inspect
from d365pop.solution.opening import open_package
from d365pop.solution.reading import read_contents

HOSTILE = "<img src=x onerror=\"document.title='owned'\"><script>document.title='owned'</script>"
ROOT = "<ImportExportXml>{}</ImportExportXml>"


def written(folder: Path, source: str, parts: dict[str, bytes]) -> str:
    path = folder / "page.html"
    path.write_text(inspection_html(inspect(source, read_contents(parts))), encoding="utf-8")
    return path.as_uri()


def resources(*sizes: int) -> dict[str, bytes]:
    entries = "".join(
        f"<WebResource><Name>r{size}.js</Name><WebResourceType>3</WebResourceType>"
        f"<FileName>/WebResources/{size}</FileName></WebResource>"
        for size in sizes
    )
    return {
        "solution.xml": ROOT.format("").encode(),
        "customizations.xml": ROOT.format(f"<WebResources>{entries}</WebResources>").encode(),
        **{f"WebResources/{size}": b"x" * size for size in sizes},
    }


def names(page: Page) -> list[str]:
    return page.locator("tbody tr:visible td:first-child").all_inner_texts()


def test_search_leaves_what_has_every_word(
    page: Page, page_errors: list[str], shared: Path, tmp_path: Path
) -> None:
    (package,) = (shared / "samples" / "packages").glob("ms_DependentOptionSets*.zip")
    page.goto(written(tmp_path, "sample", open_package(package)))
    page.keyboard.press("/")
    expect(page.get_by_label("Find in this package")).to_be_focused()
    page.keyboard.type("ticket SCRIPT")
    expect(page.get_by_role("status")).to_have_text("2 found")
    assert [name.splitlines()[0] for name in names(page)] == [
        "sample_SDK.DependentOptionSetSample.js",
        "sample_TicketDependentOptionSetConfig.js",
    ]
    expect(page.get_by_role("heading", name="Forms")).to_be_hidden()
    page.get_by_label("Find in this package").fill("")
    expect(page.get_by_role("heading", name="Forms")).to_be_visible()
    assert page_errors == []


def test_numbers_are_sorted_as_numbers_both_ways(page: Page, tmp_path: Path) -> None:
    page.goto(written(tmp_path, "p.zip", resources(200, 3, 1000)))
    page.get_by_role("button", name="Bytes").click()
    assert names(page)[:3] == ["r3.js", "r200.js", "r1000.js"]
    expect(page.locator("th[aria-sort]")).to_have_attribute("aria-sort", "ascending")
    page.get_by_role("button", name="Bytes").click()
    assert names(page)[:3] == ["r1000.js", "r200.js", "r3.js"]


def test_colours_follow_the_system_until_somebody_chooses(page: Page, tmp_path: Path) -> None:
    page.emulate_media(color_scheme="dark")
    page.goto(written(tmp_path, "p.zip", resources(1)))
    dark = page.evaluate("getComputedStyle(document.body).backgroundColor")
    page.get_by_role("button", name="Switch to light colours").click()
    light = page.evaluate("getComputedStyle(document.body).backgroundColor")
    assert (dark, light) == ("rgb(17, 22, 29)", "rgb(246, 247, 249)")


def test_hostile_package_runs_nothing_and_loads_nothing(
    page: Page, page_errors: list[str], tmp_path: Path
) -> None:
    loaded: list[str] = []

    def collect(request: Request) -> None:
        loaded.append(request.url)

    page.on("request", collect)
    parts = resources(1)
    name = HOSTILE.replace("<", "&lt;").replace('"', "&quot;")
    parts["customizations.xml"] = parts["customizations.xml"].replace(b"r1.js", name.encode())
    url = written(tmp_path, HOSTILE, parts)
    page.goto(url)
    expect(page.get_by_text(HOSTILE).first).to_be_visible()
    assert page.title() != "owned"
    assert (loaded, page_errors) == ([url], [])
