"""What the browser tests do with the shell: open its pages, and publish what it shall run."""

import base64

from playwright.sync_api import Page, expect

from d365pop.emulator.server import RunningEmulator
from tests.local_dataverse import LocalDataverse

MARTA = "d3650000-0000-4000-8000-000200000001"
MARTA_NAME = "Marta Lindqvist"
IDRIS = "d3650000-0000-4000-8000-000200000002"
IDRIS_NAME = "Idris Pembroke"
SCRIPT = 3
HTML = 1


def open_record(
    page: Page, emulator: RunningEmulator, row_id: str = MARTA, name: str = MARTA_NAME
) -> None:
    """Open a contact's form by its address."""
    page.goto(f"{emulator.url}/main.aspx?pagetype=entityrecord&etn=contact&id={row_id}")
    expect_record(page, name)


def expect_record(page: Page, name: str) -> None:
    expect(page.get_by_role("heading", level=1, name=name)).to_be_visible()


def publish_web_resource(dataverse: LocalDataverse, name: str, kind: int, text: str) -> None:
    content = base64.b64encode(text.encode()).decode()
    body = {"name": name, "displayname": name, "webresourcetype": kind, "content": content}
    dataverse.call("POST", "webresourceset", body)
    row = dataverse.row(
        "webresourceset/Microsoft.Dynamics.CRM.RetrieveUnpublishedMultiple()"
        f"?$select=webresourceid&$filter=name eq '{name}'"
    )
    _publish(dataverse, f"<webresources><webresource>{{{row['webresourceid']}}}</webresource>")


def _publish(dataverse: LocalDataverse, part: str) -> None:
    element = part.partition(">")[0].removeprefix("<")
    parameter = f"<importexportxml>{part}</{element}></importexportxml>"
    dataverse.call("POST", "PublishXml", {"ParameterXml": parameter})


def register(
    dataverse: LocalDataverse, library: str, *functions: str, event: str = "onload", more: str = ""
) -> None:
    """Put a library and its handlers into the contact form, and publish the table.

    A function may carry its parameters: ``D.onLoad|"a", 1``. ``more`` stands in the event's tag.
    """
    form = dataverse.form("contact")
    added = (
        f'<formLibraries><Library name="{library}" '
        'libraryUniqueId="{11111111-0000-4000-8000-000000000001}"/></formLibraries>'
        f'<events><event name="{event}" application="false" active="false" {more}>'
        f"<Handlers>{_handlers(library, functions)}</Handlers></event></events></form>"
    )
    form_xml = str(form["formxml"]).replace("</form>", added)
    dataverse.call("PATCH", f"systemforms({form['formid']})", {"formxml": form_xml})
    _publish(dataverse, "<entities><entity>contact</entity>")


def _handlers(library: str, functions: tuple[str, ...]) -> str:
    handlers = []
    for number, function in enumerate(functions):
        name, _, parameters = function.partition("|")
        escaped = parameters.replace('"', "&quot;")
        handlers.append(
            f'<Handler functionName="{name}" libraryName="{library}" '
            f'handlerUniqueId="{{22222222-0000-4000-8000-{number:012d}}}" enabled="true" '
            f'parameters="{escaped}" passExecutionContext="true"/>'
        )
    return "".join(handlers)
