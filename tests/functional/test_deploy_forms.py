"""Handlers of several events on several forms: registered, put in order, packaged, taken out."""

import json
from xml.etree import ElementTree as ET

import pytest

from d365pop.errors import ExitCode
from tests.local_dataverse import LocalDataverse
from tests.workspace import Workspace

SCRIPT = "d365pop_/screenpop/form.js"
CONTACT = '[[forms]]\ntable = "contact"\n'
MORE_HANDLERS = """
[[forms.handlers]]
event = "onload"
function = "D365Pop.dial"
parameters = '"a", 1'

[[forms.handlers]]
event = "onsave"
function = "D365Pop.onLoad"

[[forms.handlers]]
event = "onchange"
column = "telephone1"
function = "D365Pop.dial"
"""
FOREIGN = (
    '<Handler functionName="X.y" libraryName="" handlerUniqueId="{12345678-0000-4000-8000-'
    '000000000000}" enabled="true" parameters="" passExecutionContext="false" />'
)
Calls = list[tuple[str, str, str]]


def calls(form_xml: str) -> Calls:
    """Event, function and parameters of each handler, read with nothing of the product's own."""
    return [
        (
            "/".join(filter(None, (event.get("name"), event.get("attribute")))),
            handler.get("functionName", ""),
            handler.get("parameters", ""),
        )
        for event in ET.fromstring(form_xml).iterfind("events/event")
        for handler in event.iterfind("Handlers/Handler")
    ]


ONLOAD: Calls = [("onload", "D365Pop.onLoad", ""), ("onload", "D365Pop.dial", '"a", 1')]
FURTHER: Calls = [("onsave", "D365Pop.onLoad", ""), ("onchange/telephone1", "D365Pop.dial", "")]


def test_handlers_of_all_events_are_registered_and_put_in_order_again(
    workspace: Workspace, dataverse: LocalDataverse
) -> None:
    before = dataverse.form("contact")
    workspace.configure(CONTACT, CONTACT + MORE_HANDLERS)
    assert workspace.run("deploy", "--env", "local").returncode == ExitCode.OK
    assert calls(dataverse.form("account")["formxml"]) == ONLOAD[:1]
    deployed = str(dataverse.form("contact")["formxml"])
    assert calls(deployed) == calls(str(before["formxml"])) + ONLOAD + FURTHER

    first, second = _handlers(deployed)
    swapped = deployed.replace(first + second, second + FOREIGN + first)
    assert swapped != deployed
    dataverse.rewrite_form("contact", swapped)
    planned = workspace.run("plan", "--env", "local", "--out", "plan.json", "--format", "json")
    (run,) = json.loads(planned.stdout)["runs"]
    assert [(step["action"], step["item"], step["details"]) for step in run["steps"]] == [
        (
            "reorder",
            "form contact / Contact",
            ["~onload in the order D365Pop.onLoad, X.y, D365Pop.dial"],
        ),
        ("publish", "table contact", []),
    ]
    applied = workspace.run("apply", "plan.json", "--yes")
    assert applied.returncode == ExitCode.OK, applied.stderr
    assert dataverse.form("contact")["formxml"] == deployed.replace(
        first + second, first + FOREIGN + second
    )
    run_folder = max((workspace.folder / ".d365pop" / "runs").iterdir())
    back = workspace.run("rollback", run_folder.name, "--yes")
    assert back.returncode == ExitCode.OK, back.stderr
    assert dataverse.form("contact")["formxml"] == swapped


def _handlers(form_xml: str) -> tuple[str, str]:
    """The two onload handlers of ours, as the form's text has them."""
    start = form_xml.index('<Handler functionName="D365Pop.onLoad"')
    middle = form_xml.index('<Handler functionName="D365Pop.dial"')
    end = form_xml.index("</Handlers>", middle)
    return form_xml[start:middle], form_xml[middle:end]


@pytest.mark.parametrize("managed", [False, True], ids=["unmanaged", "managed"])
def test_packaged_form_is_brought_proven_and_taken_out(
    workspace: Workspace, dataverse: LocalDataverse, *, managed: bool
) -> None:
    form = dataverse.form("account")
    before = str(form["formxml"])
    _package_form(workspace, dataverse)
    if managed:
        workspace.configure('sign_in = "local"', 'sign_in = "local"\nmanaged = true')
    dataverse.clear_requests()
    deployed = workspace.run("deploy", "--env", "local")
    assert deployed.returncode == ExitCode.OK, deployed.stderr
    assert [line for line in dataverse.writes() if form["formid"] in line] == []
    added = calls(dataverse.form("account")["formxml"])
    assert added == calls(before) + ONLOAD + FURTHER
    dataverse.clear_requests()
    again = workspace.run("deploy", "--env", "local")
    assert (again.returncode, dataverse.writes()) == (ExitCode.OK, [])
    out = workspace.run("undeploy", "--env", "local", "--yes")
    assert out.returncode == ExitCode.OK, out.stderr
    assert calls(dataverse.form("account")["formxml"]) == calls(before)
    assert dataverse.rows("solutions?$filter=uniquename eq 'GenesysScreenPop'") == []


def test_managed_update_of_a_packaged_form_is_rolled_back_and_deployed_again(
    workspace: Workspace, dataverse: LocalDataverse
) -> None:
    _package_form(workspace, dataverse)
    workspace.configure('sign_in = "local"', 'sign_in = "local"\nmanaged = true')
    workspace.configure(MORE_HANDLERS, "# more\n")
    assert workspace.run("deploy", "--env", "local").returncode == ExitCode.OK
    workspace.configure("# more\n", MORE_HANDLERS)
    workspace.configure('version = "1.0.0.0" ', 'version = "1.1.0.0" ')
    assert workspace.run("deploy", "--env", "local").returncode == ExitCode.OK
    added = calls(dataverse.form("account")["formxml"])
    run = workspace.runs()[-1]
    back = workspace.run("rollback", run, "--yes")
    assert back.returncode == ExitCode.OK, back.stderr
    assert "keeps what the managed package has added" in back.stdout + back.stderr
    again = workspace.run("deploy", "--env", "local")
    assert again.returncode == ExitCode.OK, again.stderr
    assert calls(dataverse.form("account")["formxml"]) == added


def test_layer_that_takes_the_handlers_off_a_packaged_form_is_named(
    workspace: Workspace, dataverse: LocalDataverse
) -> None:
    _package_form(workspace, dataverse)
    workspace.configure('sign_in = "local"', 'sign_in = "local"\nmanaged = true')
    before = dataverse.form("account")
    assert workspace.run("deploy", "--env", "local").returncode == ExitCode.OK
    dataverse.rewrite_form("account", before["formxml"])
    for line, code in (("drift", ExitCode.DIFFERS), ("deploy", ExitCode.VERIFICATION_FAILED)):
        told = workspace.run(line, "--env", "local")
        assert told.returncode == code, told.stderr
        words = " ".join((told.stdout + told.stderr).split())
        assert "is hidden by an unmanaged layer over formxml" in words


def test_managed_package_is_refused_where_nobody_else_brings_its_form(
    workspace: Workspace, dataverse: LocalDataverse
) -> None:
    nowhere = "5b1d9a0e-6c3f-4d0a-9a57-0a6f0e1c2d3b"
    _package_form(workspace, dataverse, nowhere)
    workspace.configure('sign_in = "local"', 'sign_in = "local"\nmanaged = true')
    dataverse.clear_requests()
    refused = workspace.run("deploy", "--env", "local")
    assert refused.returncode == ExitCode.PLAN_REFUSED
    assert "(packaged-form-missing)" in refused.stderr
    assert f"account / {nowhere}" in refused.stderr.replace("{", "").replace("}", "")
    assert dataverse.writes() == []
    workspace.configure("\nmanaged = true", "")
    deployed = workspace.run("deploy", "--env", "local")
    assert deployed.returncode == ExitCode.OK, deployed.stderr
    (form,) = dataverse.rows(f"systemforms?$filter=formid eq {nowhere}")
    assert [call for call in ONLOAD + FURTHER if call not in calls(form["formxml"])] == []


def _package_form(workspace: Workspace, dataverse: LocalDataverse, form_id: str = "") -> None:
    """Let the package carry the account form as it is there, with handlers of all events."""
    form = dataverse.form("account")
    form["formid"] = form_id or form["formid"]
    path = workspace.folder / "Entities" / "Account" / "FormXml" / "main" / "form.xml"
    path.parent.mkdir(parents=True)
    path.write_text(
        f"<forms><systemform><formid>{{{form['formid']}}}</formid>"
        "<IntroducedVersion>1.0</IntroducedVersion><FormPresentation>1</FormPresentation>"
        f"<FormActivationState>1</FormActivationState>{form['formxml']}"
        f'<LocalizedNames><LocalizedName description="{form["name"]}" languagecode="1033" />'
        "</LocalizedNames></systemform></forms>",
        encoding="utf-8",
    )
    relative = path.relative_to(workspace.folder).as_posix()
    workspace.configure(
        '[[forms]]\ntable = "account"\n',
        f'[[forms]]\ntable = "account"\nin_package = true\nform_xml = "{relative}"\n'
        + MORE_HANDLERS,
    )
