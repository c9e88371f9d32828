"""Real packages pass but for what is really there."""

from pathlib import Path

import pytest

from d365pop.check.checker import check_package
from d365pop.check.finding import Finding, Severity
from d365pop.check.schemas import read_schemas
from d365pop.check.subject import read_subject
from d365pop.solution.package import read_package
from tests.unit.check.packages import (
    CUSTOM,
    ENTITIES,
    FORM_ROOT,
    FULL,
    SOLUTION,
    good_parts,
    own_parts,
    replace,
)

# Low and medium findings of each sample, by rule; none has a graver one.
EXPECTED = {
    "CustomActivityDialog.zip": set(),
    # Made by hand in 2019: values in a file at the root, tables listed without an Entity.
    "EnvVarsSample_1_0_0_2.zip": {"variable-value-packaged", "root-table-dangling"},
    "cdsifyintegrationtests.zip": set(),
    "ms_DependentOptionSetsSample_2_0_0_0_managed_pkg8.0.zip": set(),
    # Its script is called new_…, its publisher's prefix is cr206.
    "ms_SecondaryRecordSource_1_23091_1_managed.zip": {"web-resource-prefix-foreign"},
    "terraform_TerraformSolutionExample_1_0_0_1.zip": set(),
    "terraform_TerraformSolutionExample_1_0_0_1_managed.zip": set(),
}


def check(shared: Path, name: str) -> tuple[Finding, ...]:
    parts = read_package((shared / "samples" / "packages" / name).read_bytes())
    return check_package(parts, schemas=read_schemas(shared / "schemas" / "9.0.0.2090"))


def test_every_sample_is_expected(shared: Path) -> None:
    folder = shared / "samples" / "packages"
    assert {file.name for file in folder.glob("*.zip")} == set(EXPECTED)


@pytest.mark.parametrize("name", EXPECTED)
def test_sample_has_only_findings_that_are_true(shared: Path, name: str) -> None:
    found = check(shared, name)
    graver = {f.rule.rule_id for f in found if f.rule.severity > Severity.INFORMATIONAL}
    assert graver == EXPECTED[name]
    assert all(f.rule.severity < Severity.HIGH for f in found)


def test_dependencies_are_listed_with_the_solution_that_brings_them(shared: Path) -> None:
    found = check(shared, "cdsifyintegrationtests.zip")
    (finding,) = found
    assert finding.rule.rule_id == "dependency-required"
    assert finding.message == (
        "The web resource msdyn_/Images/AppModule_Default_Icon.png comes with"
        " AppModuleWebResources (2.5)"
    )


FORMS = (
    "account_main_core",
    "account_main_financial",
    "account_main_internal",
    "account_main_managed_diff",
    "account_user_handler",
    "contact_main_internal",
    "contact_tiny_managed_diff",
    "contact_user_handler",
    "lead_main_internal",
    "opportunity_main_small",
    "opportunity_user_handler",
)


@pytest.mark.parametrize("name", FORMS)
def test_real_form_has_nothing_but_libraries_of_others(shared: Path, name: str) -> None:
    document = (shared / "samples" / "forms" / f"{name}.xml").read_text(encoding="utf-8-sig")
    forms = document[document.index("<forms") :].replace("<forms>", '<forms type="main">', 1)
    start, end = ENTITIES.index("<forms"), ENTITIES.index("</FormXml>")
    parts = good_parts()
    replace(parts, CUSTOM, ENTITIES, ENTITIES[:start] + forms + ENTITIES[end:])
    replace(parts, SOLUTION, FORM_ROOT, "")
    assert read_subject(parts).forms != ()
    schemas = read_schemas(shared / "schemas" / "9.0.0.2090")
    found = {finding.rule.rule_id for finding in check_package(parts, schemas=schemas)}
    assert found <= {"library-unlisted"}


@pytest.mark.parametrize("managed", [False, True], ids=["unmanaged", "managed"])
def test_what_we_generate_follows_microsofts_schema(shared: Path, *, managed: bool) -> None:
    schemas = read_schemas(shared / "schemas" / "9.0.0.2090")
    assert check_package(own_parts(FULL, managed=managed), schemas=schemas, strict=True) == ()
