"""Which browser a smoke test starts, and what it says where there is none."""

import pytest

from d365pop.errors import ConfigurationError
from d365pop.smoke.finding_browsers import find_browser, require_driver

HERE = {"/opt/named", "/usr/bin/google-chrome", "/bundled"}
MAC = "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome"


def find(named: str, *on_path: str, there: frozenset[str] = frozenset(HERE)) -> str:
    return find_browser(
        named,
        lambda name: f"/usr/bin/{name}" if name in on_path else None,
        there.__contains__,
        "/bundled",
    )


@pytest.mark.parametrize(
    ("named", "on_path", "there", "found"),
    [
        ("/opt/named", ("chromium",), HERE, "/opt/named"),
        ("", ("google-chrome", "chromium"), HERE, "/usr/bin/chromium"),
        ("", (), {MAC, "/bundled"}, MAC),
        ("", (), {"/bundled"}, "/bundled"),
    ],
    ids=["named", "on PATH", "macOS", "the driver's own"],
)
def test_browser_is_found(
    named: str, on_path: tuple[str, ...], there: set[str], found: str
) -> None:
    assert find(named, *on_path, there=frozenset(there)) == found


def test_no_browser_says_what_to_install() -> None:
    with pytest.raises(ConfigurationError) as caught:
        find("", there=frozenset())
    assert (caught.value.reference, caught.value.context) == ("browser-missing", "")
    assert "D365POP_CHROMIUM" in caught.value.hint


def test_named_browser_that_is_not_there_is_not_replaced_by_another() -> None:
    with pytest.raises(ConfigurationError) as caught:
        find("/opt/gone", "chromium")
    assert caught.value.context == "D365POP_CHROMIUM names /opt/gone, which is not there."


def test_missing_driver_says_what_brings_it() -> None:
    def nothing(name: str) -> None:
        raise ImportError(name)

    with pytest.raises(ConfigurationError) as caught:
        require_driver(nothing)
    assert caught.value.reference == "browser-driver-missing"
    assert 'pip install "d365pop[smoke]"' in caught.value.hint


def test_driver_that_is_there_is_enough() -> None:
    require_driver(lambda _: object())
