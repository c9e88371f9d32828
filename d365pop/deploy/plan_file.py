"""A plan as text and back: what lies in ``plan.json`` and in the folder of every run."""

import hashlib
import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Final, Literal

from pydantic import BaseModel, ConfigDict, ValidationError
from pydantic_core import to_json

from d365pop.contents import Shelf, name_of
from d365pop.deploy.plan import ImportPackage, Plan
from d365pop.errors import ConfigurationError, PlanRefusedError
from d365pop.models import Json

FORMAT: Final = 2
"""1 had each content in its place, as often as it is used."""


class _Contents(BaseModel):
    """What the plan beside it names by its hash."""

    model_config = ConfigDict(val_json_bytes="base64")
    contents: dict[str, bytes] = {}


class _Document(_Contents):
    """The file: its digest covers the rest, so that what was reviewed is what is applied."""

    model_config = ConfigDict(extra="forbid")
    d365pop_plan: Literal[1, 2]
    environment: str
    digest: str
    package_sha256: str
    plan: Plan


def plan_text(plan: Plan, environment: str) -> str:
    """Return ``plan`` for the environment called ``environment`` as a JSON document."""
    shelf = Shelf()
    unsealed = _Document(
        d365pop_plan=FORMAT,
        environment=environment,
        digest="",
        package_sha256=_package_hash(plan),
        plan=plan,
    )
    document = unsealed.model_dump(mode="json", exclude={"digest", "contents"}, context=shelf)
    contents = shelf.texts()
    sealed = {"digest": _digest(document, contents), **document, "contents": contents}
    return to_json(sealed, indent=1).decode() + "\n"


def read_plan(path: Path) -> tuple[str, Plan]:
    """Return the environment's name and the plan that ``path`` holds.

    Raises:
        ConfigurationError: the file cannot be read, or is no plan of this version.
        PlanRefusedError: it was changed after it was made.
    """
    try:
        text = path.read_bytes()
        contents = _Contents.model_validate_json(text).contents
        document = _Document.model_validate_json(text, context=contents)
    except (OSError, ValidationError, RecursionError) as error:
        raise _unreadable(path, error) from error
    if not _is_as_written(document, text):
        raise PlanRefusedError(
            "plan-file-changed",
            f"{path} is not what was written: its digest does not fit.",
            context="A plan is applied as it was reviewed, or not at all.",
            hint="Plan again: d365pop plan --env ENV --out plan.json",
        )
    return document.environment, document.plan


def _digest(document: Mapping[str, Json], contents: Iterable[str]) -> str:
    """Return the digest of ``document``; ``contents`` stand in it by what they are named by.

    The order of keys does not matter.
    """
    bare = json.dumps([document, sorted(contents)], sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(bare.encode()).hexdigest()


def _is_as_written(document: _Document, text: bytes) -> bool:
    """Return whether everything in the file fits its digest.

    By the text and not by what was read of it: an earlier version of d365pop knew fewer keys, and
    its runs can be rolled back all the same.
    """
    written = json.loads(text)
    del written["digest"]
    if document.d365pop_plan == FORMAT:
        contents = written.pop("contents", {})
        digest = _digest(written, contents)
    else:
        bare = json.dumps(written, ensure_ascii=False, separators=(",", ":"))
        digest = hashlib.sha256(bare.encode()).hexdigest()
    return (
        document.digest == digest
        and document.package_sha256 == _package_hash(document.plan)
        and all(name_of(content) == name for name, content in document.contents.items())
    )


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
