from html import escape

import pytest
from hypothesis import given
from hypothesis import strategies as st

from d365pop.check.scripts.pages import SCRIPT_TYPES, InlineScript, ScriptKind, inline_scripts


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
    ("page", "expected"),
    [
        pytest.param(
            "<a href='javascript:a()'>", [InlineScript("a()", 1, 9)], id="address of a link"
        ),
        pytest.param(
            '<a\nhref=" java\tscript:a(%22x%22,&quot;y&quot;)">',
            [InlineScript('a("x","y")', 2, 6)],
            id="address in disguise",
        ),
        pytest.param(
            "<form action=JavaScript:a()>", [InlineScript("a()", 1, 13)], id="address of a form"
        ),
        pytest.param(
            "<iframe srcdoc='<p onclick=b()><script>a()</script>'>",
            [InlineScript("b()", 1, 16, ScriptKind.HANDLER), InlineScript("a()", 1, 16)],
            id="page in an attribute",
        ),
        pytest.param(
            '<iframe srcdoc="&lt;iframe srcdoc=&quot;'
            '&amp;lt;script&amp;gt;a()&amp;lt;/script&amp;gt;&quot;&gt;">',
            [InlineScript("a()", 1, 16)],
            id="page in a page in an attribute",
        ),
        pytest.param(
            "<svg><script><![CDATA[a('</script>')]]></script>",
            [InlineScript(" " * 9 + "a('</script>')", 1, 13)],
            id="script of a drawing",
        ),
        pytest.param(
            "<svg><script>a(1 &lt; 2)</script></svg><script>b('&lt;')</script>",
            [InlineScript("a(1 < 2)", 1, 13), InlineScript("b('&lt;')", 1, 47)],
            id="entities count in drawings only",
        ),
    ],
)
def test_script_that_is_no_plain_element_is_found(page: str, expected: list[InlineScript]) -> None:
    assert list(inline_scripts(page)) == expected


def test_pages_in_pages_end_somewhere() -> None:
    page = "<script>a()</script>"
    for _ in range(20):
        page = f'<iframe srcdoc="{escape(page)}">'
    assert inline_scripts(page) == ()


@pytest.mark.parametrize(
    "page",
    [
        pytest.param("<svg><script href='a.js'>a()</script>", id="of a drawing, from a file"),
        pytest.param("<svg><desc><![CDATA[<script>a()</script>]]></desc></svg>", id="in CDATA"),
        pytest.param("<a href='/javascript:a()'>", id="address that only looks so"),
        pytest.param("<svg><script><![CDATA[a()</script>", id="CDATA that is never closed"),
        pytest.param("", id="nothing"),
        pytest.param("<script src='a.js'>a()</script>", id="from a file"),
        pytest.param("<script type='application/json'>{}</script>", id="data"),
        pytest.param("<script type='text/x-template'><p></script>", id="template"),
        pytest.param("<!-- <script>a()</script> -->", id="comment"),
        pytest.param("<p>alert(1)</p>", id="text"),
        pytest.param("<script>alert(1)", id="never closed"),
        pytest.param("<script>a()</scripts>", id="closed by another tag"),
        pytest.param("<p title='<script>a()</script>'>", id="in an attribute"),
        pytest.param("<title><script>a()</script></title>", id="in a title"),
        pytest.param("<textarea><script>a()</script></textarea>", id="in a field"),
        pytest.param("<style><script>a()</script></style>", id="in a style"),
        pytest.param('<noscript><p onclick="a()"></noscript>', id="for browsers without scripts"),
        pytest.param("<!--!><script>a()</script>-->", id="comment that is not closed yet"),
        pytest.param("<script language='vbscript'>a</script>", id="another language"),
        pytest.param("<script type='x' type='text/javascript'>a</script>", id="second type"),
        pytest.param("<p data-onclick='a()' onclick='' onclick>", id="no handler"),
        pytest.param("<p onclick='a()", id="tag that never ends"),
        pytest.param("<script\u00a0>a()</script>", id="name with a hard space"),
    ],
)
def test_what_a_browser_does_not_run_is_no_script(page: str) -> None:
    assert inline_scripts(page) == ()


@pytest.mark.parametrize(
    "page",
    [
        "<!--><script>eval(1)</script>-->",
        "<!---><script>eval(1)</script>-->",
        "<!-- a --!><script>eval(1)</script>-->",
        "<!-- a --><script>eval(1)</script>",
        '<div title="<!--"></div><script>eval(1)</script>',
        "<div title='<style>'></div><script>eval(1)</script>",
        "<div title=<!-- ></div><script>eval(1)</script>",
        '<div "<!--"></div><script>eval(1)</script>',
        "<style><!-- </style><script>eval(1)</script>",
        "<title><!-- </title><script>eval(1)</script>",
        "<title></titles></TITLE\n><script>eval(1)</script>",
        "<textarea><script></textarea><script>eval(1)</script>",
        '<p title="<script>"></p><script>eval(1)</script>',
        "<title><script></title><script>eval(1)</script>",
        "</p title='<!--'><script>eval(1)</script>",
        "<!doctype html '><script>eval(1)</script>",
        "<? <!-- ><script>eval(1)</script>",
        "</ <!-- ><script>eval(1)</script>",
        "</><script>eval(1)</script>",
        "< <script>eval(1)</script>",
        "<svg><style><script>eval(1)</script></style></svg>",
        "<svg/><style><!--</style><script>eval(1)</script>",
        "<script type='module' src='a.js'></script><script>eval(1)</script>",
        "<style></style title='<!--'><script>eval(1)</script>",
        "<script/x>eval(1)</script>",
        '<script title=">">eval(1)</script>',
        "<script type=text/javascript type=text/plain>eval(1)</script>",
        "<script type='text/java&#115;cript'>eval(1)</script>",
        "<script type=' TEXT/JavaScript '>eval(1)</script>",
        "<script language='JavaScript1.2'>eval(1)</script>",
        "<script>eval(1)</script",
        "<script>eval(1)</script/",
    ],
)
def test_no_markup_hides_a_script(page: str) -> None:
    hidden = [script.code for script in inline_scripts(page)]
    assert hidden == (["eval(1)"] if not page.endswith("</script") else [])


@pytest.mark.parametrize("name", sorted(SCRIPT_TYPES))
def test_every_javascript_type_of_the_standard_is_run(name: str) -> None:
    (found,) = inline_scripts(f'<script type="{name}">a()</script>')
    assert found.kind is ScriptKind.SCRIPT


def test_types_are_those_of_the_standard() -> None:
    assert {"text/jscript", "text/x-javascript", "application/x-ecmascript"} < SCRIPT_TYPES
    assert "text/javascript1.5" in SCRIPT_TYPES
    assert len(SCRIPT_TYPES) == 17


def test_module_is_told_from_a_script() -> None:
    (found,) = inline_scripts("<script type=module>a()</script>")
    assert found == InlineScript("a()", 1, 20, ScriptKind.MODULE)


def test_script_that_holds_an_end_tag_in_a_comment_goes_on() -> None:
    page = "<script><!-- <script> </script> eval(1) --></script><script>b()</script>"
    assert [script.code for script in inline_scripts(page)] == [
        "<!-- <script> </script> eval(1) -->",
        "b()",
    ]


def test_handlers_of_elements_are_scripts_of_their_own() -> None:
    page = "<p\n onclick='a(\"&#120;\")' OnLoad=b() onclick='c()'><script>d()</script>"
    assert list(inline_scripts(page)) == [
        InlineScript('a("x")', 2, 10, ScriptKind.HANDLER),
        InlineScript("b()", 2, 30, ScriptKind.HANDLER),
        InlineScript("d()", 2, 56),
    ]


@pytest.mark.parametrize(
    "piece",
    [
        "<!--",
        "<!-- --",
        "<p ",
        '<p a="',
        "<p a",
        "<title>",
        "<script>",
        "<svg>",
        "</",
        "<a =",
        "<a b  ",
        "<script><!--<script>",
        "</script",
        "<a b='",
        "<!",
        "<?",
    ],
)
def test_page_of_half_tags_is_read_in_a_moment(piece: str) -> None:
    page = piece * (1_000_000 // len(piece))
    assert len(inline_scripts(page)) <= 1


@given(st.text(alphabet="<>/script!-='\" \n&;a[]", max_size=200))
def test_any_text_is_read_to_its_end(page: str) -> None:
    lines = page.count("\n") + 1
    assert all(1 <= script.line <= lines for script in inline_scripts(page))
