"""For each rule about packages: the good package with the one fault that the rule is about."""

from collections.abc import Mapping
from types import MappingProxyType

from tests.unit.check.packages import (
    APP,
    BARE_FORM,
    CUSTOM,
    EVENTS,
    FORM_ID,
    ICON,
    ON_LOAD,
    PAGE,
    SOLUTION,
    SYSTEM_FORM,
    TABLE_ROOT,
    TYPES,
    VARIABLE,
    Break,
    Parts,
    add,
    both,
    content,
    drop,
    edit,
    edit_last,
    override,
    part_of,
    rename,
    repeat_web_resource,
)

APP_ROOT = '<RootComponent type="61" schemaName="pop_/app.js" behavior="0" />'
PAGE_ROOT = '<RootComponent type="61" schemaName="pop_/page.html" behavior="0" />'
PAGE_COPY_ROOT = '<RootComponent type="61" schemaName="pop_/copy.html" behavior="0" />'
PAGE_ID = str(PAGE.web_resource_id)
LIB_ENTRY = (
    '<Library name="pop_/lib.js" libraryUniqueId="{22222222-2222-4222-8222-222222222222}" />\n'
)
APP_ENTRY = (
    '<Library name="pop_/app.js" libraryUniqueId="{11111111-1111-4111-8111-111111111111}" />\n'
)
QUICK_FORM = f'</forms>\n<forms type="quick">\n{SYSTEM_FORM}'.replace(
    FORM_ID, "{99999999-8f42-454e-8e2a-f8196b0419af}"
)
NO_DEPENDENCIES = "<MissingDependencies />"
DISPLAY_NAME = "<displayname"
TYPE_JSON = "<type>100000003</type>"


def dependency(name: str, solution: str) -> str:
    return (
        "<MissingDependencies><MissingDependency>"
        f'<Required type="61" schemaName="{name}" displayName="x" solution="{solution}" />'
        '<Dependent type="60" displayName="Account" id="{8448b78f-8f42-454e-8e2a-f8196b0419af}" />'
        "</MissingDependency></MissingDependencies>"
    )


def libraries(count: int) -> str:
    return "".join(
        f'<Library name="pop_/l{n}.js" libraryUniqueId="{{22222222-2222-4222-8222-{n:012}}}" />\n'
        for n in range(count)
    )


def handlers(count: int) -> str:
    return "".join(
        '<Handler functionName="Pop.onLoad" libraryName="pop_/app.js" '
        f'handlerUniqueId="{{55555555-5555-4555-8555-{n:012}}}" />\n'
        for n in range(count)
    )


def default(kind: int, value: str) -> Break:
    """Give the variable a default; ``defaultvalue`` comes before the description."""
    return both(
        edit(VARIABLE, "<description", f"<defaultvalue>{value}</defaultvalue>\n  <description"),
        edit(VARIABLE, TYPE_JSON, f"<type>{kind}</type>"),
    )


def move_variable(parts: Parts) -> None:
    folder = "environmentvariabledefinitions/pop_Other"
    parts[f"{folder}/environmentvariabledefinition.xml"] = parts.pop(VARIABLE)


def utf_16(parts: Parts) -> None:
    text = parts[SOLUTION].decode()
    parts[SOLUTION] = f'<?xml version="1.0" encoding="UTF-16"?>\r\n{text}'.encode("utf-16")


def manifest(element: str, old: str, new: str) -> Break:
    return edit(SOLUTION, f"<{element}>{old}</{element}>", f"<{element}>{new}</{element}>")


TWINS: Mapping[str, Break] = MappingProxyType(
    {
        "part-missing": drop(SOLUTION),
        "part-unexpected": add("notes.xml", b"<notes/>"),
        "part-name-invalid": add("Other/a?b.xml", b"<a/>"),
        "part-name-duplicate": add(part_of(APP).lower(), APP.content),
        "file-missing": both(drop(part_of(PAGE)), edit(TYPES, override(part_of(PAGE)))),
        "file-unreferenced": add("WebResources/old", b"x", override("WebResources/old")),
        "file-shared": both(
            edit(CUSTOM, part_of(PAGE), part_of(ICON)),
            drop(part_of(PAGE)),
            edit(TYPES, override(part_of(PAGE))),
        ),
        "content-type-missing": edit(TYPES, override(part_of(PAGE))),
        "content-type-unused": edit(
            TYPES,
            "<Default",
            '<Default Extension="css" ContentType="application/octet-stream" /><Default',
        ),
        "content-type-duplicate": edit(
            TYPES,
            "<Default",
            '<Default Extension="XML" ContentType="application/octet-stream" /><Default',
        ),
        "xml-malformed": edit(CUSTOM, "</ImportExportXml>"),
        "xml-doctype": edit(
            SOLUTION, "<ImportExportXml", "<!DOCTYPE ImportExportXml []>\n<ImportExportXml"
        ),
        "xml-root-unexpected": both(
            edit(CUSTOM, "<ImportExportXml", "<Export"),
            edit(CUSTOM, "</ImportExportXml", "</Export"),
        ),
        "xml-encoding": utf_16,
        "solution-name-invalid": manifest("UniqueName", "ScreenPop", "Screen Pop"),
        "solution-version-invalid": manifest("Version", "1.4.0.0", "1.4-beta"),
        "package-version-unsupported": edit(
            SOLUTION, 'SolutionPackageVersion="9.1"', 'SolutionPackageVersion="10.0"'
        ),
        "managed-invalid": manifest("Managed", "0", "2"),
        "publisher-name-invalid": manifest("UniqueName", "contoso", "1contoso"),
        # Another prefix than that of the names is a fault of its own; none at all is not.
        "publisher-prefix-invalid": manifest("CustomizationPrefix", "pop", ""),
        "publisher-option-prefix-invalid": manifest("CustomizationOptionValuePrefix", "12345", "9"),
        "display-name-missing": edit(
            SOLUTION, '<LocalizedName description="Screen pop" languagecode="1033" />'
        ),
        "root-component-invalid": edit(SOLUTION, TABLE_ROOT, TABLE_ROOT + "<RootComponent />"),
        "root-component-duplicate": edit(SOLUTION, APP_ROOT, APP_ROOT * 2),
        "root-component-dangling": edit(
            SOLUTION, APP_ROOT, APP_ROOT + APP_ROOT.replace("app", "gone")
        ),
        "root-table-dangling": edit(
            SOLUTION, TABLE_ROOT, TABLE_ROOT + TABLE_ROOT.replace("account", "lead")
        ),
        "component-not-root": edit(SOLUTION, PAGE_ROOT),
        "dependency-required": edit(
            SOLUTION, NO_DEPENDENCIES, dependency("o_/x.js", "Other (1.0)")
        ),
        "dependency-unmanaged": edit(SOLUTION, NO_DEPENDENCIES, dependency("o_/x.js", "Active")),
        "web-resource-prefix-missing": rename("pop_/page.html", "page.html"),
        "web-resource-prefix-foreign": rename("pop_/page.html", "new_/page.html"),
        "web-resource-name-invalid": rename("pop_/page.html", "pop_/my page.html"),
        "web-resource-extension-refused": rename("pop_/page.html", "pop_/page.aspx"),
        "web-resource-type-invalid": edit(
            CUSTOM, "<WebResourceType>1</WebResourceType>", "<WebResourceType>13</WebResourceType>"
        ),
        "web-resource-type-mismatch": edit(
            CUSTOM, "<WebResourceType>1</WebResourceType>", "<WebResourceType>2</WebResourceType>"
        ),
        "web-resource-id-invalid": edit(CUSTOM, f"{{{PAGE_ID}}}", "page"),
        "web-resource-id-duplicate": both(
            repeat_web_resource(PAGE, "pop_/page.html", "pop_/copy.html"),
            edit(SOLUTION, PAGE_ROOT, PAGE_ROOT + PAGE_COPY_ROOT),
        ),
        "web-resource-name-duplicate": both(
            repeat_web_resource(PAGE, "pop_/page.html", "pop_/Page.html"),
            edit_last(CUSTOM, PAGE_ID, PAGE_ID.replace("7", "8")),
        ),
        "web-resource-language-invalid": edit(
            CUSTOM,
            "<WebResourceType>1</WebResourceType>",
            "<LanguageCode>7</LanguageCode><WebResourceType>1</WebResourceType>",
        ),
        "meta-avoid-silverlight": both(
            rename("pop_/page.html", "pop_/page.xap"),
            edit(
                CUSTOM,
                "<WebResourceType>1</WebResourceType>",
                "<WebResourceType>8</WebResourceType>",
            ),
        ),
        "web-resource-too-large": content(PAGE, b" " * (5 * 1024 * 1024 + 1)),
        "web-resource-empty": content(PAGE, b""),
        "web-resource-encoding": content(PAGE, b"<p>\n  f\xfcr"),
        "web-resource-byte-order-mark": content(PAGE, b"\xef\xbb\xbf<p>"),
        "web-resource-xml-malformed": content(ICON, b"<svg>\n<path></svg>"),
        "form-library-dangling": edit(
            CUSTOM, LIB_ENTRY, LIB_ENTRY + LIB_ENTRY.replace("pop_/lib", "pop_/gone")
        ),
        "form-library-directive": edit(
            CUSTOM, 'name="pop_/lib.js"', 'name="$webresource:pop_/lib.js"'
        ),
        "dependency-xml-malformed": edit(CUSTOM, "&lt;/Dependencies&gt;"),
        "dependency-library-dangling": edit(CUSTOM, "&quot;pop_/lib.js", "&quot;pop_/gone.js"),
        "library-unlisted": edit(
            CUSTOM, LIB_ENTRY, LIB_ENTRY + LIB_ENTRY.replace("pop_/lib", "o_/x")
        ),
        "form-id-duplicate": edit(CUSTOM, SYSTEM_FORM, SYSTEM_FORM + BARE_FORM),
        "form-container-empty": edit(CUSTOM, EVENTS, "<events />"),
        "form-too-many-children": edit(
            CUSTOM, ON_LOAD, ON_LOAD.replace("<Handlers>\n", "<Handlers>\n" + handlers(50))
        ),
        "form-event-nameless": edit(CUSTOM, '<event name="onload"', "<event"),
        "form-event-duplicate": edit(CUSTOM, '<event name="onsave"', '<event name="onload"'),
        "form-library-incomplete": edit(
            CUSTOM, ' libraryUniqueId="{22222222-2222-4222-8222-222222222222}" />', " />"
        ),
        "form-library-duplicate": edit(CUSTOM, LIB_ENTRY, LIB_ENTRY + APP_ENTRY),
        "form-script-unsupported": edit(CUSTOM, SYSTEM_FORM, SYSTEM_FORM + QUICK_FORM),
        "form-handler-incomplete": edit(CUSTOM, 'functionName="Pop.onLoad" '),
        "form-handler-id-duplicate": edit(
            CUSTOM,
            "{44444444-4444-4444-8444-444444444444}",
            "33333333-3333-4333-8333-333333333333",
        ),
        "form-handler-library-unlisted": edit(CUSTOM, APP_ENTRY),
        "form-handler-function-missing": edit(CUSTOM, '"Pop.onSave"', '"Pop.onSaev"'),
        "ribbon-library-dangling": edit(
            CUSTOM, "$webresource:pop_/app.js", "$webresource:pop_/gone.js"
        ),
        "ribbon-function-missing": edit(
            CUSTOM, 'FunctionName="Pop.onLoad" Library', 'FunctionName="Pop.onLaod" Library'
        ),
        "ribbon-label-dangling": edit(CUSTOM, "$LocLabels:pop.Open", "$LocLabels:pop.Close"),
        "variable-value-packaged": add(
            VARIABLE.replace("definition.xml", "values.json"),
            b'{"environmentvariablevalues":{"environmentvariablevalue":{"value":"x"}}}',
            '<Default Extension="json" ContentType="application/octet-stream" />',
        ),
        "variable-secret-default": default(100000005, "p4ssw0rd"),
        "variable-default-invalid": default(100000003, "{a: 1}"),
        "variable-name-invalid": both(
            edit(VARIABLE, 'schemaname="pop_Settings"', 'schemaname="Settings"'),
            edit(SOLUTION, 'schemaName="pop_Settings"', 'schemaName="Settings"'),
        ),
        "variable-folder-mismatch": move_variable,
        "variable-type-invalid": edit(VARIABLE, TYPE_JSON, "<type>3</type>"),
        "grammar-violation": edit(
            CUSTOM, "<CanBeDeleted>1</CanBeDeleted>", "<CanBeDeleted>maybe</CanBeDeleted>"
        ),
        "schema-violation": edit(CUSTOM, "<Language>1033</Language>", "<Language>en</Language>"),
    }
)
"""Break by rule id."""
