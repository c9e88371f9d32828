"""Where rules about values draw the line: the last that passes, the first that does not."""

import pytest

from d365pop.check.checker import check_package
from tests.unit.check.packages import (
    CUSTOM,
    EVENTS,
    LIBRARIES,
    ON_LOAD,
    ON_SAVE,
    SOLUTION,
    TYPES,
    VARIABLE,
    Break,
    add,
    both,
    edit,
    exported_names,
    good_parts,
    rename,
)
from tests.unit.check.twins import (
    APP_ROOT,
    LIB_ENTRY,
    NO_DEPENDENCIES,
    default,
    dependency,
    handlers,
    libraries,
    manifest,
)

SYSTEM_TYPE = "<WebResourceType>1</WebResourceType>"
VAULT = "/subscriptions/1/resourceGroups/g/providers/Microsoft.KeyVault/vaults/v/secrets/s"

INTERNAL = """\
<InternalHandlers>
<Handler functionName="A.b" libraryName="X/y.js" \
handlerUniqueId="2bccd2b4-2e7e-485e-877e-0b0f26c20b83" />
</InternalHandlers>
"""
REMOVED_LIBRARY = LIB_ENTRY.replace("pop_/lib", "pop_/gone").replace(
    "/>", 'solutionaction="Removed" />'
)


def fired(step: Break) -> set[str]:
    parts = good_parts()
    step(parts)
    return {f.rule.rule_id for f in check_package(parts, exported_names=exported_names)}


def package_version(value: str) -> Break:
    return edit(SOLUTION, 'SolutionPackageVersion="9.1"', f'SolutionPackageVersion="{value}"')


def option_prefix(value: str) -> Break:
    return manifest("CustomizationOptionValuePrefix", "12345", value)


def fill(container: str, count: int) -> Break:
    if container == "formLibraries":
        return edit(CUSTOM, LIB_ENTRY, LIB_ENTRY + libraries(count - 2))
    more = ON_LOAD.replace("<Handlers>\n", "<Handlers>\n" + handlers(count - 1))
    return edit(CUSTOM, ON_LOAD, more)


ACCEPTED = {
    "version of two numbers": manifest("Version", "1.4.0.0", "1.0"),
    "version of three numbers": manifest("Version", "1.4.0.0", "1.23091.1"),
    "managed": manifest("Managed", "0", "1"),
    "package version 8.0": package_version("8.0"),
    "package version 9.2": package_version("9.2"),
    "option prefix 10000": option_prefix("10000"),
    "option prefix 99999": option_prefix("99999"),
    "attribute of newer exports": edit(
        SOLUTION, "generatedBy=", 'OrganizationVersion="9" generatedBy='
    ),
    "unknown attribute": edit(SOLUTION, "generatedBy=", 'newer="1" generatedBy='),
    "unknown element": edit(CUSTOM, "<IsHidden>0</IsHidden>", "<IsHidden>0</IsHidden><New/>"),
    "unknown attribute of a handler": edit(CUSTOM, "<Handler ", '<Handler newer="1" '),
    "language 0": edit(CUSTOM, SYSTEM_TYPE, f"<LanguageCode>0</LanguageCode>{SYSTEM_TYPE}"),
    "language 1033": edit(CUSTOM, SYSTEM_TYPE, f"<LanguageCode>1033</LanguageCode>{SYSTEM_TYPE}"),
    "name in a folder": rename("pop_/page.html", "pop_/a/b-c_d.e/page.html"),
    "name without a folder": rename("pop_/page.html", "pop_page.html"),
    "name without an extension": rename("pop_/page.html", "pop_page"),
    "prefix in another case": rename("pop_/page.html", "POP_/page.html"),
    "component in another case": edit(SOLUTION, '"pop_/app.js"', '"POP_/App.js"'),
    "50 handlers": fill("Handlers", 50),
    "event without handlers": edit(
        CUSTOM, "<events>", '<events><event name="onchange" attribute="a" />'
    ),
    "onchange of two columns": edit(
        CUSTOM,
        "<events>",
        '<events><event name="onchange" attribute="a"/><event name="onchange" attribute="b"/>',
    ),
    "form without script": both(edit(CUSTOM, EVENTS, ""), edit(CUSTOM, LIBRARIES, "")),
    "managed difference": edit(CUSTOM, "<formLibraries>", '<formLibraries solutionaction="Added">'),
    "library that is removed": edit(CUSTOM, LIB_ENTRY, LIB_ENTRY + REMOVED_LIBRARY),
    "same library removed and added": edit(
        CUSTOM, LIB_ENTRY, LIB_ENTRY + LIB_ENTRY.replace("/>", 'solutionaction="Removed" />')
    ),
    "handler that is removed": edit(
        CUSTOM, 'functionName="Pop.onSave"', 'functionName="gone" solutionaction="Removed"'
    ),
    "handlers of an event that is removed": both(
        edit(CUSTOM, '<event name="onsave"', '<event name="onsave" solutionaction="Removed"'),
        edit(CUSTOM, "Pop.onSave", "gone"),
    ),
    "same event removed and added": edit(
        CUSTOM, '<event name="onsave"', '<event name="onload" solutionaction="Removed"'
    ),
    "handlers beyond the limit that are removed": edit(
        CUSTOM,
        ON_LOAD,
        ON_LOAD.replace(
            "<Handlers>\n",
            "<Handlers>\n" + handlers(50).replace("/>", 'solutionaction="Removed" />'),
        ),
    ),
    "handler that is switched off": edit(
        CUSTOM,
        ON_SAVE,
        ON_SAVE.replace("Pop.onSave", "gone")
        .replace("pop_/app.js", "pop_/gone.js")
        .replace('enabled="true"', 'enabled="false"'),
    ),
    "internal handler without a library": edit(
        CUSTOM,
        ON_LOAD,
        ON_LOAD.replace(
            "<Handlers>",
            f"{INTERNAL}<Handlers>",
        ),
    ),
    "text default": default(100000000, "anything"),
    "JSON default": default(100000003, '{"a": [1]}'),
    "number default": default(100000001, "-1.5"),
    "yes or no default": default(100000002, "yes"),
    "secret in a key vault": default(100000005, VAULT),
    "name that begins like a file manager's": add("Other/.DS_Store.xml", b"<a/>"),
    "part in another case": edit(CUSTOM, "<FileName>/WebResources/", "<FileName>/webresources/"),
}


@pytest.mark.parametrize("name", ACCEPTED)
def test_value_at_the_border_passes(name: str) -> None:
    assert fired(ACCEPTED[name]) == set()


REJECTED = {
    "version of one number": (manifest("Version", "1.4.0.0", "1"), "solution-version-invalid"),
    "version of five": (manifest("Version", "1.4.0.0", "1.0.0.0.0"), "solution-version-invalid"),
    "no name": (manifest("UniqueName", "ScreenPop", ""), "solution-name-invalid"),
    "digit first": (manifest("UniqueName", "ScreenPop", "1Pop"), "solution-name-invalid"),
    "managed is empty": (manifest("Managed", "0", ""), "managed-invalid"),
    "no package version": (package_version(""), "package-version-unsupported"),
    "package version 9.3": (package_version("9.3"), "package-version-unsupported"),
    "option prefix 9999": (option_prefix("9999"), "publisher-option-prefix-invalid"),
    "option prefix 100000": (option_prefix("100000"), "publisher-option-prefix-invalid"),
    "option prefix in other digits": (
        option_prefix("\uff11\uff12\uff13\uff14\uff15"),
        "publisher-option-prefix-invalid",
    ),
    "behavior 3": (
        edit(SOLUTION, APP_ROOT, APP_ROOT.replace('"0"', '"3"')),
        "root-component-invalid",
    ),
    "empty folder": (rename("pop_/page.html", "pop_/a//page.html"), "web-resource-name-invalid"),
    "one letter": (rename("pop_/page.html", "p_/page.html"), "web-resource-prefix-missing"),
    "long name": (rename("pop_/page.html", f"pop_/{'a' * 260}"), "web-resource-name-invalid"),
    "51 handlers": (fill("Handlers", 51), "form-too-many-children"),
    "second container": (
        edit(CUSTOM, LIBRARIES, LIBRARIES + "<formLibraries/>"),
        "form-container-empty",
    ),
    "no number": (default(100000001, "one"), "variable-default-invalid"),
    "neither yes nor no": (default(100000002, "maybe"), "variable-default-invalid"),
    "tags that do not match": (
        edit(CUSTOM, "&lt;Dependencies", "&lt;Needs"),
        "dependency-xml-malformed",
    ),
    "unknown kind of dependency": (
        edit(CUSTOM, "&quot;WebResource&quot;", "&quot;Script&quot;"),
        "grammar-violation",
    ),
    "no content type": (edit(TYPES, "ContentType=", "Type="), "grammar-violation"),
    "variable that is no XML": (edit(VARIABLE, "<displayname", "<display"), "xml-malformed"),
    "flag in words": (
        edit(VARIABLE, "<isrequired>0</isrequired>", "<isrequired>no</isrequired>"),
        "grammar-violation",
    ),
    "element twice": (
        edit(SOLUTION, NO_DEPENDENCIES, NO_DEPENDENCIES * 2),
        "grammar-violation",
    ),
    "handler switched on in words": (
        edit(CUSTOM, 'enabled="true"', 'enabled="on"'),
        "grammar-violation",
    ),
    "handler that is switched off without a function": (
        both(edit(CUSTOM, ' functionName="Pop.onLoad"'), edit(CUSTOM, '"true"', '"false"')),
        "form-handler-incomplete",
    ),
    "files of a file manager": (add("__MACOSX/._solution.xml", b"<a/>"), "part-unexpected"),
}


@pytest.mark.parametrize("name", REJECTED)
def test_value_beyond_the_border_is_found(name: str) -> None:
    step, rule_id = REJECTED[name]
    assert fired(step) == {rule_id}


def test_library_of_another_publisher_is_let_through_where_it_is_required() -> None:
    foreign = LIB_ENTRY + LIB_ENTRY.replace("pop_/lib", "o_/x")
    listed = edit(SOLUTION, NO_DEPENDENCIES, dependency("o_/X.js", "Other (1.0)"))
    assert fired(edit(CUSTOM, LIB_ENTRY, foreign)) == {"library-unlisted"}
    assert fired(both(edit(CUSTOM, LIB_ENTRY, foreign), listed)) == {"dependency-required"}


def test_library_limit_is_fifty() -> None:
    assert "form-too-many-children" not in fired(fill("formLibraries", 50))
    assert "form-too-many-children" in fired(fill("formLibraries", 51))


@pytest.mark.parametrize(
    ("part", "is_value"),
    [
        ("environmentvariabledefinitions/pop_A/EnvironmentVariableValues.json", True),
        ("EnvironmentVariableDefinitions/pop_A/environmentvariablevalues.XML", True),
        ("Environment_Variable_Values.json", True),
        ("environmentvariabledefinitions/pop_A/EnvironmentVariableValues.txt", False),
        ("Other/environment_variable_values.json", False),
    ],
)
def test_packaged_value_is_found_in_any_case(part: str, *, is_value: bool) -> None:
    parts = good_parts() | {part: b"{}"}
    rules = {f.rule.rule_id for f in check_package(parts) if f.location.part == part}
    assert ("variable-value-packaged" in rules) is is_value


def test_secret_is_not_repeated_in_the_finding() -> None:
    parts = good_parts()
    default(100000005, "p4ssw0rd")(parts)
    (finding,) = check_package(parts)
    assert "p4ssw0rd" not in f"{finding.message} {finding.evidence} {finding.location}"


@pytest.mark.parametrize(
    ("step", "part"),
    [
        (edit(SOLUTION, "generatedBy=", 'newer="1" generatedBy='), SOLUTION),
        (edit(CUSTOM, "<IsHidden>0</IsHidden>", "<IsHidden>0</IsHidden><New/>"), CUSTOM),
        (edit(CUSTOM, "<Handler ", '<Handler newer="1" '), CUSTOM),
        (edit(VARIABLE, "<type>", "<newer/><type>"), VARIABLE),
        (edit(TYPES, "<Default ", '<Default newer="1" '), TYPES),
    ],
    ids=["attribute", "element", "handler", "variable", "content types"],
)
def test_what_is_unknown_passes_leniently_and_not_strictly(step: Break, part: str) -> None:
    parts = good_parts()
    step(parts)
    assert check_package(parts) == ()
    strictly = check_package(parts, strict=True)
    assert [(f.rule.rule_id, f.location.part) for f in strictly] == [("grammar-violation", part)]
