"""One package, all rules: what is looked for, and what is said to have been left out."""

from d365pop.check.checker import ALL_RULES
from d365pop.check.finding import Location
from d365pop.check.rules.handlers import FORM_HANDLER_FUNCTION_MISSING
from d365pop.check.rules.ribbons import RIBBON_FUNCTION_MISSING
from d365pop.check.rules.schema import SCHEMA_VIOLATION
from d365pop.check.rules.variables import VARIABLE_SECRET_DEFAULT
from d365pop.check.scripts.rules import SCRIPT_RULES
from d365pop.check.whole import CheckOptions, check_all
from tests.unit.check.packages import (
    APP,
    CUSTOM,
    LIB,
    PAGE,
    VARIABLE,
    edit,
    good_parts,
    own_parts,
    part_of,
)

LEAK = b"var Pop = { onLoad: function () { parent.postMessage('x', '*'); } };\n"


def test_rules_that_nothing_looks_for_are_not_announced() -> None:
    announced = CheckOptions(scripts=False).rules()
    functions = {FORM_HANDLER_FUNCTION_MISSING, RIBBON_FUNCTION_MISSING}
    assert set(ALL_RULES) - set(announced) == functions | {SCHEMA_VIOLATION}
    assert not set(announced) & set(SCRIPT_RULES)
    assert set(SCRIPT_RULES) < set(CheckOptions().rules())


def test_broken_script_and_missing_function_are_found_together() -> None:
    parts = good_parts()
    parts[part_of(APP)] = LEAK
    outcome = check_all(parts, CheckOptions())
    found = {(f.rule.rule_id, f.location.part) for f in outcome.findings}
    # The library defines onLoad, and the form calls onSave as well.
    assert (FORM_HANDLER_FUNCTION_MISSING.rule_id, CUSTOM) in found
    assert part_of(APP) in {part for rule, part in found if "message" in rule}
    assert outcome.not_checked == ()


def test_function_that_the_library_defines_is_not_missed() -> None:
    parts = good_parts()
    parts[part_of(APP)] = b"var Pop = { onLoad: function () {}, onSave: function () {} };\n"
    found = {f.rule for f in check_all(parts, CheckOptions()).findings}
    assert FORM_HANDLER_FUNCTION_MISSING not in found


def test_function_that_only_a_ribbon_misses_is_found() -> None:
    parts = good_parts()
    parts[part_of(APP)] = b"var Pop = { onLoad: function () {}, onSave: function () {} };\n"
    edit(CUSTOM, 'FunctionName="Pop.onLoad" Library', 'FunctionName="Pop.open" Library')(parts)
    found = {f.rule for f in check_all(parts, CheckOptions()).findings}
    missing = {FORM_HANDLER_FUNCTION_MISSING, RIBBON_FUNCTION_MISSING}
    assert found & missing == {RIBBON_FUNCTION_MISSING}


def test_script_that_only_a_ribbon_calls_is_looked_into() -> None:
    call = (
        '<Entities><Entity><Name OriginalName="">account</Name><RibbonDiffXml>'
        '<CommandDefinitions><CommandDefinition Id="a"><EnableRules /><DisplayRules />'
        '<Actions><JavaScriptFunction FunctionName="Lib.open" '
        'Library="$webresource:pop_/lib.js" /></Actions></CommandDefinition>'
        "</CommandDefinitions></RibbonDiffXml></Entity></Entities>"
    )
    parts = own_parts()
    edit(CUSTOM, "<Entities />", call)(parts)
    for code, expected in ((b"var Lib = { open() {} };\n", False), (b"var Lib = {};\n", True)):
        parts[part_of(LIB)] = code
        found = {f.rule for f in check_all(parts, CheckOptions()).findings}
        assert (RIBBON_FUNCTION_MISSING in found) is expected


def test_scripts_are_left_alone_where_they_are_not_wanted() -> None:
    parts = good_parts()
    parts[part_of(APP)] = LEAK
    outcome = check_all(parts, CheckOptions(scripts=False))
    assert not {f.rule for f in outcome.findings} & {*SCRIPT_RULES, FORM_HANDLER_FUNCTION_MISSING}
    assert outcome.not_checked == ("scripts and the functions of handlers: --no-scripts",)


def test_package_that_names_no_scripts_says_that_none_was_checked() -> None:
    outcome = check_all({**good_parts(), CUSTOM: b"<broken"}, CheckOptions())
    assert outcome.not_checked == (
        "scripts: customizations.xml cannot be read, so nothing says which parts are scripts",
    )
    assert outcome.findings


def test_script_that_was_given_up_is_said_to_be_unchecked() -> None:
    parts = good_parts()
    parts[part_of(APP)] = b"[" * 100_000
    outcome = check_all(parts, CheckOptions())
    assert outcome.not_checked == (f"all or a part of {part_of(APP)}",)


def test_scripts_inside_of_pages_are_checked() -> None:
    parts = good_parts()
    parts[part_of(PAGE)] = b"<!DOCTYPE html>\n<script>parent.postMessage('x', '*');</script>\n"
    found = {f.location.part for f in check_all(parts, CheckOptions()).findings}
    assert part_of(PAGE) in found


def test_scripts_inside_of_drawings_are_checked() -> None:
    parts = good_parts()
    edit(CUSTOM, "<WebResourceType>1<", "<WebResourceType>11<")(parts)
    parts[part_of(PAGE)] = (
        b'<svg xmlns="http://www.w3.org/2000/svg"><script><![CDATA['
        b"parent.postMessage('x', '*');]]></script></svg>\n"
    )
    found = {f.rule.rule_id for f in check_all(parts, CheckOptions()).findings}
    assert "web-sdl-no-postmessage-star-origin" in found


def test_secret_in_the_default_of_a_variable_is_found_and_not_repeated() -> None:
    parts = good_parts()
    edit(VARIABLE, "<type>100000003<", "<type>100000000<")(parts)
    secret = "AuthType=ClientSecret;ClientId=1;ClientSecret=a1B2c3D4e5F6"
    edit(VARIABLE, "<description", f"<defaultvalue>{secret}</defaultvalue><description")(parts)
    findings = check_all(parts, CheckOptions()).findings
    [found] = [each for each in findings if each.location.part == VARIABLE]
    assert (found.rule, found.location) == (VARIABLE_SECRET_DEFAULT, Location(VARIABLE))
    assert "a1B2" not in found.message + found.evidence


def test_strict_holds_our_own_package_to_what_we_write() -> None:
    assert check_all(own_parts(), CheckOptions(scripts=False), strict=True).findings == ()
