"""docs/security.md says what the code does, where a reader of the code can tell."""

import re

from tests.workspace import ROOT

PAGE = (ROOT / "docs" / "security.md").read_text("utf-8")
SCRIPTS = sorted((ROOT / "webresources" / "src").rglob("*.js"))


def test_every_file_that_the_page_names_is_there() -> None:
    named = re.findall(r"`((?:core|platform)/[\w-]+\.js|\w+(?:/\w+)?\.py)`", PAGE)
    assert len(named) > 6
    places = (ROOT / "webresources" / "src", ROOT / "d365pop")
    assert [name for name in named if not any((place / name).is_file() for place in places)] == []


def test_page_names_every_key_of_the_browsers_storage_and_channels() -> None:
    keys = {
        key
        for path in SCRIPTS
        for key in re.findall(r"\"(d365pop\.[a-z]+)[ \"]", path.read_text("utf-8"))
    }
    assert keys == {
        f"d365pop.{name}" for name in ("seen", "calls", "notes", "phone", "tabs", "client", "asked")
    }
    assert [key for key in keys if f"`{key}`" not in PAGE] == []


def test_scripts_write_to_no_console_and_post_to_no_window_whatever_its_origin() -> None:
    refused = re.compile(r"console\.\w+\(|postMessage\([^;]*[\"']\*[\"']")
    assert [path.name for path in SCRIPTS if refused.search(path.read_text("utf-8"))] == []
    assert refused.search('parent.postMessage({ a: 1 }, "*");')


def test_no_request_follows_a_redirect_or_leaves_certificates_unchecked() -> None:
    text = "".join(path.read_text("utf-8") for path in (ROOT / "d365pop").rglob("*.py"))
    assert re.findall(r"allow_redirects=(\w+)", text) == ["False"]
    assert re.findall(r"[^`]\bverify=\w+", text) == []
