"""``d365pop forms``: handlers in files, and not one byte else."""

from pathlib import Path

import pytest

from d365pop.errors import ExitCode
from tests.workspace import Workspace

FORM = (
    b'\xef\xbb\xbf<?xml version="1.0" encoding="utf-8"?>\r\n'
    b"<forms>\r\n  <systemform>\r\n    <form>\r\n      <tabs />\r\n    </form>\r\n"
    b"  </systemform>\r\n</forms>"
)
HANDLER = ("--table", "account", "--library", "pop_/form.js", "--function", "Pop.onLoad")
SCRIPT = b"var Pop = { onLoad: function (context) { return context; } };"


@pytest.fixture
def form(workspace: Workspace) -> Path:
    path = workspace.folder / "form.xml"
    path.write_bytes(FORM)
    return path


def customizations(*tables: str) -> bytes:
    entities = "".join(
        f"<Entity><Name>{table}</Name><FormXml><forms type='main'><systemform><form/>"
        "</systemform></forms></FormXml></Entity>"
        for table in tables
    )
    return f"<ImportExportXml><Entities>{entities}</Entities></ImportExportXml>".encode()


def test_registered_handler_is_taken_out_to_the_byte(workspace: Workspace, form: Path) -> None:
    result = workspace.run("forms", "register", "--in", "form.xml", "--out", "new.xml", *HANDLER)
    assert result.returncode == ExitCode.OK, result.stderr
    text = (workspace.folder / "new.xml").read_text(encoding="utf-8-sig")
    assert 'functionName="Pop.onLoad"' in text
    assert '<Library name="pop_/form.js"' in text
    assert form.read_bytes() == FORM
    result = workspace.run("forms", "unregister", "--in", "new.xml", "--out", "old.xml", *HANDLER)
    assert result.returncode == ExitCode.OK, result.stderr
    assert (workspace.folder / "old.xml").read_bytes() == FORM


def test_second_registration_changes_nothing(workspace: Workspace, form: Path) -> None:
    arguments = ("forms", "register", "--in", "form.xml", "--out", "form.xml", *HANDLER)
    assert workspace.run(*arguments).returncode == ExitCode.OK
    once = form.read_bytes()
    result = workspace.run(*arguments)
    assert result.returncode == ExitCode.OK
    assert form.read_bytes() == once
    assert "already" in result.stderr


def test_column_handler_goes_into_an_event_of_its_column(workspace: Workspace, form: Path) -> None:
    options = ("--event", "onchange", "--column", "telephone1", "--parameters", '"a", 1')
    result = workspace.run(
        "forms", "register", "--in", "form.xml", "--out", "form.xml", *HANDLER, *options
    )
    assert result.returncode == ExitCode.OK, result.stderr
    text = form.read_text(encoding="utf-8-sig")
    assert 'name="onchange"' in text
    assert 'attribute="telephone1"' in text
    assert 'parameters="&quot;a&quot;, 1"' in text


def test_customizations_change_on_the_forms_of_the_table_alone(workspace: Workspace) -> None:
    path = workspace.folder / "customizations.xml"
    path.write_bytes(customizations("Contact", "Account"))
    arguments = ("--in", path.name, "--out", "new.xml", *HANDLER)
    assert workspace.run("forms", "register", *arguments).returncode == ExitCode.OK
    before, _, after = (
        (workspace.folder / "new.xml").read_text(encoding="utf-8").partition("<Name>Account")
    )
    assert "Pop.onLoad" not in before
    assert "Pop.onLoad" in after


def test_table_without_a_form_is_refused(workspace: Workspace) -> None:
    (workspace.folder / "form.xml").write_bytes(customizations("Contact"))
    result = workspace.run("forms", "register", "--in", "form.xml", "--out", "new.xml", *HANDLER)
    assert result.returncode == ExitCode.PLAN_REFUSED
    assert "account" in result.stderr
    assert not (workspace.folder / "new.xml").exists()


@pytest.mark.usefixtures("form")
def test_function_must_be_in_the_script(workspace: Workspace) -> None:
    (workspace.folder / "good.js").write_bytes(SCRIPT)
    (workspace.folder / "bad.js").write_bytes(SCRIPT.replace(b"onLoad", b"onload"))
    arguments = ("forms", "register", "--in", "form.xml", "--out", "new.xml", *HANDLER, "--script")
    refused = workspace.run(*arguments, "bad.js")
    assert refused.returncode == ExitCode.USAGE
    assert "(function-missing)" in refused.stderr
    assert "Pop.onload" in refused.stderr
    assert not (workspace.folder / "new.xml").exists()
    accepted = workspace.run(*arguments, "good.js")
    assert accepted.returncode == ExitCode.OK, accepted.stderr


@pytest.mark.usefixtures("form")
@pytest.mark.parametrize("options", [["--event", "onchange"], ["--column", "telephone1"]])
def test_column_belongs_to_onchange_and_to_nothing_else(
    workspace: Workspace, options: list[str]
) -> None:
    result = workspace.run(
        "forms", "register", "--in", "form.xml", "--out", "new.xml", *HANDLER, *options
    )
    assert result.returncode == ExitCode.USAGE
    assert "(column-mismatch)" in result.stderr


def test_own_script_of_the_build_has_the_function_that_is_registered(
    workspace: Workspace, form: Path
) -> None:
    assert workspace.run("build", "--layout", "source").returncode == ExitCode.OK
    script = "dist/GenesysScreenPop/WebResources/d365pop_/screenpop/form.js"
    result = workspace.run(
        *("forms", "register", "--in", "form.xml", "--out", "form.xml", "--table", "account"),
        *("--library", "d365pop_/screenpop/form.js", "--function", "D365Pop.onLoad"),
        *("--script", script),
    )
    assert result.returncode == ExitCode.OK, result.stderr
    assert b"D365Pop.onLoad" in form.read_bytes()


def test_file_in_the_folder_of_another_table_is_refused(workspace: Workspace) -> None:
    path = workspace.folder / "Entities" / "Contact" / "FormXml" / "main" / "form.xml"
    path.parent.mkdir(parents=True)
    path.write_bytes(FORM)
    result = workspace.run("forms", "register", "--in", str(path), "--out", str(path), *HANDLER)
    assert result.returncode == ExitCode.USAGE
    assert "(table-mismatch)" in result.stderr
    assert path.read_bytes() == FORM


@pytest.mark.parametrize(
    ("option", "value", "reference"),
    [
        ("--function", "Pop.onLoad()", "function-name-invalid"),
        ("--function", "Pop..onLoad", "function-name-invalid"),
        ("--function", "1", "function-name-invalid"),
        ("--library", "$webresource:pop_/form.js", "library-name-invalid"),
        ("--library", "form.js", "library-name-invalid"),
        ("--library", "pop_//form.js", "library-name-invalid"),
    ],
)
def test_name_that_nothing_can_have_is_refused(
    workspace: Workspace, form: Path, option: str, value: str, reference: str
) -> None:
    arguments = [*HANDLER, option, value]
    result = workspace.run("forms", "register", "--in", form.name, "--out", "new.xml", *arguments)
    assert result.returncode == ExitCode.USAGE
    assert f"({reference})" in result.stderr
    assert not (workspace.folder / "new.xml").exists()


@pytest.mark.parametrize(
    ("document", "code"),
    [
        (FORM.replace(b"<tabs />", b""), ExitCode.USAGE),
        (FORM.replace(b"<tabs />", b'<tabs solutionaction="Modified" />'), ExitCode.USAGE),
        (FORM, ExitCode.OK),
    ],
    ids=["empty difference", "difference", "form that the solution brings"],
)
def test_managed_difference_is_told_from_a_whole_form(
    workspace: Workspace, document: bytes, code: ExitCode
) -> None:
    (workspace.folder / "{1}_managed.xml").write_bytes(document)
    files = ("--in", "{1}_managed.xml", "--out", "new.xml")
    result = workspace.run("forms", "register", *files, *HANDLER)
    assert result.returncode == code
    assert ("(form-is-difference)" in result.stderr) is (code == ExitCode.USAGE)
