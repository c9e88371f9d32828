import pytest
from hypothesis import given
from hypothesis import strategies as st

from d365pop.check.scripts.pages import InlineScript, inline_scripts


@pytest.mark.parametrize(
    ("page", "expected"),
    [
        pytest.param("<script>a()</script>", [InlineScript("a()", 1, 8)], id="first line"),
        pytest.param("\n  <script>\na()</script>", [InlineScript("\na()", 2, 10)], id="below"),
        pytest.param(
            "<script\n id='x'>a()</script>", [InlineScript("a()", 2, 8)], id="tag of two lines"
        ),
        pytest.param(
            "<SCRIPT TYPE='Text/JavaScript'>a</SCRIPT>", [InlineScript("a", 1, 31)], id="case"
        ),
        pytest.param(
            "<script>if (a < b) { c('&amp;</b>') }</script>",
            [InlineScript("if (a < b) { c('&amp;</b>') }", 1, 8)],
            id="markup inside",
        ),
        pytest.param(
            "<script>a</script><script>b</script>",
            [InlineScript("a", 1, 8), InlineScript("b", 1, 26)],
            id="two",
        ),
    ],
)
def test_script_is_found_where_its_text_begins(page: str, expected: list[InlineScript]) -> None:
    assert list(inline_scripts(page)) == expected


@pytest.mark.parametrize(
    "page",
    [
        pytest.param("", id="nothing"),
        pytest.param("<script src='a.js'>a()</script>", id="from a file"),
        pytest.param("<script type='application/json'>{}</script>", id="data"),
        pytest.param("<script type='text/x-template'><p></script>", id="template"),
        pytest.param("<!-- <script>a()</script> -->", id="comment"),
        pytest.param("<p>alert(1)</p>", id="text"),
        pytest.param("<script>alert(1)", id="never closed"),
    ],
)
def test_what_a_browser_does_not_run_is_no_script(page: str) -> None:
    assert inline_scripts(page) == ()


@given(st.text(alphabet="<>/script!-='\" \n&;a[]", max_size=200))
def test_any_text_is_read_to_its_end(page: str) -> None:
    lines = page.count("\n") + 1
    assert all(1 <= script.line <= lines for script in inline_scripts(page))
