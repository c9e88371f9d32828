"""What is read of an environment, and how it is compared with a package."""

from d365pop.compare.environment import environment_side
from d365pop.compare.packages import compare
from d365pop.models import Json
from d365pop.solution.reading import read_contents
from tests.unit.compare.samples import parts, side, system_form
from tests.unit.dataverse.fake import environment, rows

SOLUTION: dict[str, Json] = {
    "solutionid": "1",
    "uniquename": "Pop",
    "version": "1.0",
    "ismanaged": False,
    "publisherid": {"customizationprefix": ""},
}
SCRIPT: dict[str, Json] = {
    "webresourceid": "2",
    "name": "A.js",
    "ismanaged": False,
    "content": "MQ==",
}
FORM: dict[str, Json] = {
    "@odata.etag": 'W/"1"',
    "formid": "1",
    "name": "Main",
    "objecttypecode": "account",
    "formactivationstate": 1,
    "iscustomizable": {"Value": True},
    "formxml": "<form><tabs/></form>",
}
OTHER_FORM: dict[str, Json] = {**FORM, "formid": "9", "name": "Not of the package"}


def test_environment_that_holds_the_package_is_the_same() -> None:
    package = parts(scripts={"a.js": b"1"}, forms=system_form("<tabs />"))
    remote = environment(
        rows(SOLUTION), rows(SCRIPT), rows(SCRIPT), rows(FORM, OTHER_FORM), rows(FORM, OTHER_FORM)
    )
    found = environment_side(remote.client, "env:test", read_contents(package))
    comparison = compare(found, side("a.zip", package))
    assert comparison.differences == ()
    assert comparison.notes == (
        "only what the package names was looked for in the environment",
        "not compared, since an environment does not tell: tables (1)",
    )


def test_what_is_missing_or_other_there_differs_and_drafts_are_told() -> None:
    package = parts(version="1.1", scripts={"a.js": b"2", "b.js": b"2"})
    remote = environment(rows(SOLUTION), rows({**SCRIPT, "content": "Mw=="}), rows(SCRIPT))
    found = environment_side(remote.client, "env:test", read_contents(package))
    comparison = compare(found, side("a.zip", package))
    assert [(str(d.change), d.name) for d in comparison.differences] == [
        ("changed", "Pop"),
        ("changed", "a.js"),
        ("added", "b.js"),
    ]
    assert comparison.notes[0] == "web resource A.js: its newest content is not published yet"


def test_environment_without_the_solution_gets_all_of_it() -> None:
    package = parts(scripts={"a.js": b"1"})
    remote = environment(rows(), rows(), rows())
    found = environment_side(remote.client, "env:test", read_contents(package))
    comparison = compare(found, side("a.zip", package))
    assert [(str(d.change), d.kind) for d in comparison.differences] == [
        ("added", "solution"),
        ("added", "web resources"),
    ]
    back = compare(side("a.zip", package), found)
    assert [str(d.change) for d in back.differences] == ["removed", "removed"]


def test_forms_of_a_managed_package_are_not_compared_with_whole_forms() -> None:
    package = parts(forms=system_form("<tabs solutionaction='Modified' />"))
    package["solution.xml"] = package["solution.xml"].replace(b"<Managed>0", b"<Managed>1")
    remote = environment(rows({**SOLUTION, "ismanaged": True}), rows(FORM), rows(FORM))
    found = environment_side(remote.client, "env:test", read_contents(package))
    comparison = compare(found, side("a.zip", package))
    assert comparison.is_same
    assert "since a managed package holds changes: forms (1)" in comparison.notes[-1]


def test_variables_without_a_value_in_the_package_leave_the_environments_alone() -> None:
    folder = "environmentvariabledefinitions/pop_a"
    package = parts(
        files={f"{folder}/environmentvariabledefinition.xml": b"<environmentvariabledefinition/>"}
    )
    value: Json = [{"environmentvariablevalueid": "4", "value": "there"}]
    row: dict[str, Json] = {
        "environmentvariabledefinitionid": "3",
        "schemaname": "pop_a",
        "environmentvariabledefinition_environmentvariablevalue": value,
    }
    remote = environment(rows(SOLUTION), rows(row))
    found = environment_side(remote.client, "env:test", read_contents(package))
    assert found.contents.variables[0].value == "there"
    assert compare(found, side("a.zip", package)).is_same
