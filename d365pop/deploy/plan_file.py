"""A plan as text and back: what lies in ``plan.json`` and in the folder of every run."""

import hashlib
import json
from pathlib import Path
from typing import Final, Literal

from pydantic import BaseModel, ConfigDict, ValidationError

from d365pop.deploy.plan import ImportPackage, Plan
from d365pop.errors import ConfigurationError, PlanRefusedError

FORMAT: Final = 1


class _Document(BaseModel):
    """The file: its digest covers the plan, so that what was reviewed is what is applied."""

    model_config = ConfigDict(
        ser_json_bytes="base64", val_json_bytes="base64", extra="forbid", frozen=True
    )
    d365pop_plan: Literal[1] = FORMAT
    environment: str
    digest: str
    package_sha256: str
    plan: Plan


def plan_text(plan: Plan, environment: str) -> str:
    """Return ``plan`` for the environment called ``environment`` as a JSON document."""
    document = _Document(
        environment=environment, digest="", package_sha256=_package_hash(plan), plan=plan
    )
    return _sealed(document).model_dump_json(indent=1) + "\n"


def read_plan(path: Path) -> tuple[str, Plan]:
    """Return the environment's name and the plan that ``path`` holds.

    Raises:
        ConfigurationError: the file cannot be read, or is no plan of this version.
        PlanRefusedError: it was changed after it was made.
    """
    try:
        text = path.read_bytes()
        document = _Document.model_validate_json(text)
    except (OSError, ValidationError, RecursionError) as error:
        raise _unreadable(path, error) from error
    digests = {_digest_as_written(text), _sealed(document).digest}
    if document.digest not in digests or document.package_sha256 != _package_hash(document.plan):
        raise PlanRefusedError(
            "plan-file-changed",
            f"{path} is not what was written: its digest does not fit.",
            context="A plan is applied as it was reviewed, or not at all.",
            hint="Plan again: d365pop plan --env ENV --out plan.json",
        )
    return document.environment, document.plan


def _sealed(document: _Document) -> _Document:
    """Return ``document`` with the digest of everything else in it."""
    # The order is the model's own, whatever the file's is: what it dumps is canonical.
    bare = document.model_dump_json(exclude={"digest"})
    digest = hashlib.sha256(bare.encode()).hexdigest()
    return document.model_copy(update={"digest": digest})


def _digest_as_written(text: bytes) -> str:
    """Return the digest of a file in its own order of keys.

    An earlier version of d365pop knew fewer of them: its runs can be rolled back all the same.
    """
    written = json.loads(text)
    del written["digest"]
    bare = json.dumps(written, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(bare.encode()).hexdigest()


def _package_hash(plan: Plan) -> str:
    packages = [step.package for step in plan.steps if isinstance(step, ImportPackage)]
    return hashlib.sha256(packages[0]).hexdigest() if packages else ""


def _unreadable(path: Path, error: Exception) -> ConfigurationError:
    if isinstance(error, ValidationError):
        first = error.errors(include_url=False, include_input=False)[0]
        place = ".".join(map(str, first["loc"]))
        why = f"{place}: {first['msg']}" if place else first["msg"]
    else:
        why = str(error) or type(error).__name__
    return ConfigurationError(
        "plan-unreadable",
        f"{path} is no plan that this version of d365pop reads.",
        context=why,
        hint="Plan again: d365pop plan --env ENV --out plan.json",
    )
