"""Real packages pass but for what is really there."""

from pathlib import Path

import pytest

from d365pop.check.checker import check_package
from d365pop.check.finding import Finding, Severity
from d365pop.check.schemas import read_schemas
from d365pop.solution.package import read_package

# Low and medium findings of each sample, by rule; none has a graver one.
EXPECTED = {
    "CustomActivityDialog.zip": set(),
    # Made by hand in 2019: values in a file at the root, tables listed without an Entity.
    "EnvVarsSample_1_0_0_2.zip": {"part-unexpected", "root-table-dangling"},
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
    assert all(f.rule.severity < Severity.MEDIUM for f in found)


def test_dependencies_are_listed_with_the_solution_that_brings_them(shared: Path) -> None:
    found = check(shared, "cdsifyintegrationtests.zip")
    (finding,) = found
    assert finding.rule.rule_id == "dependency-required"
    assert finding.message == (
        "The web resource msdyn_/Images/AppModule_Default_Icon.png comes with"
        " AppModuleWebResources (2.5)"
    )
