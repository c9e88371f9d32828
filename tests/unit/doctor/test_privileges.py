"""Each privilege that a deploy needs is missed on its own."""

import pytest

from d365pop.doctor.access import NEEDED, privilege_rule_id
from d365pop.emulator.seed_roles import ADMINISTRATOR
from tests.unit.doctor.patient import Patient

# Without the first nobody sees their own privileges, without the second nobody's roles.
BLINDING = ("prvReadUser", "prvReadRole")


@pytest.mark.parametrize(
    ("doing", "name"),
    [(doing, name) for doing, names in NEEDED.items() for name in names if name not in BLINDING],
)
def test_missing_privilege_is_named_with_what_it_is_for_and_the_role(doing: str, name: str) -> None:
    patient = Patient()
    patient.take(name, ADMINISTRATOR)
    expected = f"{name} is missing; the role System Customizer would bring it."
    assert patient.failures() == {privilege_rule_id(doing): (expected,)}


def test_user_who_may_not_see_its_privileges_is_told_which_one_that_takes() -> None:
    patient = Patient()
    patient.take("prvReadUser", ADMINISTRATOR)
    ((rule_id, (problem,)),) = patient.failures().items()
    assert rule_id == privilege_rule_id("look around")
    assert "prvReadUser" in problem
    assert "prvReadUser" in patient.gaps()[privilege_rule_id("publish")]


def test_user_who_may_not_see_roles_is_told_so_and_the_agents_role_is_not_checked() -> None:
    patient = Patient()
    patient.take("prvReadRole", ADMINISTRATOR)
    expected = "prvReadRole is missing; the role System Administrator would bring it."
    assert patient.failures() == {privilege_rule_id("look around"): (expected,)}
    assert "prvReadRole" in patient.gaps()["agents-cannot-read"]
