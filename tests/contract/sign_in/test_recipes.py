"""The recipes of docs/sign-in.md; the tests beside this one sign in with them as they stand."""

import re
import tomllib

import pytest

from d365pop.settings import EnvironmentSettings
from d365pop.sign_in import KEYS, key_mistakes
from tests.contract.sign_in.desk import RECIPES


def test_every_sign_in_but_the_local_one_has_a_recipe() -> None:
    assert set(RECIPES) == set(KEYS) - {"local"}


@pytest.mark.parametrize("kind", RECIPES)
def test_recipe_is_a_configuration_as_it_stands(kind: str) -> None:
    environment = tomllib.loads(RECIPES[kind])["environments"]["prod"]
    assert list(key_mistakes(environment)) == []
    assert EnvironmentSettings.model_validate(environment).sign_in == kind


@pytest.mark.parametrize("kind", RECIPES)
def test_keys_in_comments_of_a_recipe_belong_to_it(kind: str) -> None:
    keys = re.findall(r"^# (\w+) = ", RECIPES[kind], re.MULTILINE)
    assert set(keys) <= KEYS[kind].allowed | KEYS[kind].needed.keys()
