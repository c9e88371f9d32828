import pytest

from d365pop.check.scripts.checker import check_scripts


def told(code: str) -> list[tuple[str, int]]:
    found = check_scripts({"a.js": code.encode()})
    return [(item.rule.rule_id, item.location.line) for item in found]


GOOD = {
    "block comment": "/* d365pop-disable-next-line web-remove-alert -- asked for */\nalert(1);",
    "line comment": "// d365pop-disable-next-line web-remove-alert -- asked for\nalert(1);",
    "two rules": (
        "// d365pop-disable-next-line web-remove-alert, web-avoid-eval -- asked for\n"
        "alert(eval('1'));"
    ),
    "reason of two lines": "/* d365pop-disable-next-line web-remove-alert -- a\n   b */\nalert(1);",
    "two findings": "// d365pop-disable-next-line web-remove-alert -- a\nalert(1); alert(2);",
    "own rule": "// d365pop-disable-next-line leaked-global -- read by another script\nvar a = 1;",
}

BAD = {
    "no reason": (
        "// d365pop-disable-next-line web-remove-alert\nalert(1);",
        [("suppression-without-reason", 1), ("web-remove-alert", 2)],
    ),
    "empty reason": (
        "// d365pop-disable-next-line web-remove-alert --  \nalert(1);",
        [("suppression-without-reason", 1), ("web-remove-alert", 2)],
    ),
    "no rule": (
        "// d365pop-disable-next-line -- everything\nalert(1);",
        [("suppression-without-reason", 1), ("web-remove-alert", 2)],
    ),
    "unknown form": (
        "alert(1); // d365pop-disable-line web-remove-alert -- a",
        [("web-remove-alert", 1), ("suppression-without-reason", 1)],
    ),
    "another line": (
        "// d365pop-disable-next-line web-remove-alert -- a\n\nalert(1);",
        [("suppression-unused", 1), ("web-remove-alert", 3)],
    ),
    "another rule": (
        "// d365pop-disable-next-line web-avoid-eval -- a\nalert(1);",
        [("suppression-unused", 1), ("web-remove-alert", 2)],
    ),
    "one of two rules": (
        "// d365pop-disable-next-line web-remove-alert, web-avoid-eval -- a\nalert(1);",
        [("suppression-unused", 1)],
    ),
    "nothing there": (
        "// d365pop-disable-next-line web-remove-alert -- a\nrun();",
        [("suppression-unused", 1)],
    ),
    "rule of the check itself": (
        (
            "// d365pop-disable-next-line suppression-unused -- a\n"
            "// d365pop-disable-next-line web-remove-alert -- a\nrun();"
        ),
        [("suppression-unused", 1), ("suppression-unused", 2)],
    ),
}


@pytest.mark.parametrize("code", GOOD.values(), ids=GOOD)
def test_suppression_with_a_reason_takes_the_finding_of_the_next_line(code: str) -> None:
    assert told(code) == []


@pytest.mark.parametrize(("code", "expected"), BAD.values(), ids=BAD)
def test_suppression_that_is_not_sound_is_a_finding_itself(
    code: str, expected: list[tuple[str, int]]
) -> None:
    assert told(code) == expected


def test_text_that_only_mentions_a_suppression_is_none() -> None:
    code = "'use strict';\nvar X = f('d365pop-disable-next-line'); // see d365pop-disable-next-line"
    assert told(code) == []


def test_suppression_in_a_page_reaches_the_next_line_of_the_page() -> None:
    page = (
        b"<p>\n<script>// d365pop-disable-next-line web-remove-alert -- a\nalert(1);\n"
        b"// d365pop-disable-next-line web-remove-alert -- b\n</script>"
    )
    found = check_scripts({}, pages={"a.htm": page})
    assert [(item.rule.rule_id, str(item.location)) for item in found] == [
        ("suppression-unused", "a.htm:4:1")
    ]
