"""The matrices of GitHub Actions and Azure Pipelines; their shapes differ; pure.

https://docs.github.com/actions/writing-workflows/workflow-syntax (``strategy.matrix.include``)
https://learn.microsoft.com/azure/devops/pipelines/yaml-schema/jobs-job-strategy: names of legs
are letters, digits and underscores, values are strings.
"""

import json
import re
from collections.abc import Mapping

from d365pop.models import Json

_NO_LEG = re.compile(r"[^A-Za-z0-9_]")


def github_matrix(production: Mapping[str, bool]) -> str:
    """Return what ``fromJSON`` makes a job's ``strategy.matrix`` of, one entry an environment."""
    include: list[Json] = [
        {"environment": name, "production": is_production}
        for name, is_production in production.items()
    ]
    return _line({"include": include})


def azure_matrix(production: Mapping[str, bool]) -> str:
    """Return what ``strategy: matrix: $[ … ]`` takes, one leg an environment."""
    legs: dict[str, Json] = {}
    for name, is_production in production.items():
        leg = _leg(name)
        while leg in legs:
            leg += "_"
        legs[leg] = {"environment": name, "production": str(is_production).lower()}
    return _line(legs)


def _leg(name: str) -> str:
    leg = _NO_LEG.sub("_", name)
    return leg if leg[:1].isalpha() else f"e_{leg}"


def _line(document: Json) -> str:
    return json.dumps(document, separators=(",", ":")) + "\n"
