"""The matrices that pipelines fan out over."""

import json

from d365pop.report.matrix import azure_matrix, github_matrix


def test_github_gets_a_list_of_environments() -> None:
    assert json.loads(github_matrix({"test": False, "live": True})) == {
        "include": [
            {"environment": "test", "production": False},
            {"environment": "live", "production": True},
        ]
    }


def test_azure_gets_legs_with_names_of_its_own_and_strings() -> None:
    assert json.loads(azure_matrix({"a-b": False, "a_b": True, "1st": False})) == {
        "a_b": {"environment": "a-b", "production": "false"},
        "a_b_": {"environment": "a_b", "production": "true"},
        "e_1st": {"environment": "1st", "production": "false"},
    }


def test_matrix_is_one_line_for_a_pipeline_variable() -> None:
    assert github_matrix({"test": False}).count("\n") == 1
    assert azure_matrix({"test": False}).count("\n") == 1
