"""An inspection as JSON; ``format`` changes when a reader of the last one would break."""

from typing import Final

from d365pop.inspect.component_types import component_type_name, variable_type_name
from d365pop.inspect.inspection import Inspection, stamp_text
from d365pop.models import Json
from d365pop.redaction import MASK
from d365pop.report.json_text import dump, redacted
from d365pop.solution.contents import Contents, FormEntry, VariableEntry

FORMAT: Final = 1


def inspection_json(inspection: Inspection) -> str:
    """Return the document."""
    return dump(redacted(inspection_document(inspection)))


def inspection_document(inspection: Inspection) -> dict[str, Json]:
    """Return the document as values."""
    contents = inspection.contents
    return {
        "format": FORMAT,
        "source": inspection.source,
        "content_digest": inspection.digest,
        "provenance": _provenance(inspection),
        "solution": _solution(contents),
        "components": _components(contents),
        "web_resources": [
            {
                "name": item.name,
                "display_name": item.display_name,
                "type": item.type,
                "size": item.size,
                "sha256": item.sha256,
                "used_by": list(item.used_by),
            }
            for item in inspection.web_resources
        ],
        "forms": [_form(form) for form in contents.forms],
        "environment_variables": _variables(contents),
        "missing_dependencies": _dependencies(contents),
        "other_components": {k: list(names) for k, names in contents.other_components.items()},
        "against": inspection.against,
        "import_effects": _effects(inspection),
        "notes": list(inspection.notes),
    }


def _provenance(inspection: Inspection) -> Json:
    if not inspection.stamp:
        return None
    return {
        "digest": inspection.stamp,
        "matches_own_stamp": inspection.matches_own_stamp,
        "meaning": stamp_text(inspection),
    }


def _solution(contents: Contents) -> Json:
    manifest = contents.manifest
    return {
        "unique_name": manifest.unique_name,
        "display_name": manifest.display_name,
        "description": manifest.description,
        "version": manifest.version,
        "managed": manifest.managed,
        "package_version": manifest.package_version,
        "publisher": {
            "unique_name": manifest.publisher_unique_name,
            "display_name": manifest.publisher_display_name,
            "customization_prefix": manifest.customization_prefix,
            "option_value_prefix": manifest.option_value_prefix,
        },
    }


def _components(contents: Contents) -> Json:
    return [
        {
            "type": item.type_code,
            "type_name": component_type_name(item.type_code),
            "name": item.schema_name,
            "id": item.component_id,
            "behavior": item.behavior,
        }
        for item in contents.manifest.root_components
    ]


def _form(form: FormEntry) -> Json:
    return {
        "table": form.table,
        "id": form.form_id,
        "name": form.name,
        "type": form.form_type,
        "libraries": list(form.libraries),
        "handlers": [
            {
                "event": handler.event,
                "attribute": handler.attribute,
                "function_name": handler.function_name,
                "library_name": handler.library_name,
                "handler_unique_id": handler.handler_unique_id,
                "enabled": handler.enabled,
                "pass_execution_context": handler.pass_execution_context,
                "parameters": handler.parameters,
            }
            for handler in form.handlers
        ],
    }


def _variables(contents: Contents) -> Json:
    return [
        {
            "schema_name": item.schema_name,
            "display_name": item.display_name,
            "type": item.type_code,
            "type_name": variable_type_name(item.type_code),
            "default_value": _shown(item, item.default_value),
            "value": _shown(item, item.value),
        }
        for item in contents.variables
    ]


def _shown(variable: VariableEntry, value: str | None) -> str | None:
    return MASK if variable.is_secret and value is not None else value


def _dependencies(contents: Contents) -> Json:
    return [
        {
            "required_type": item.required_type,
            "required_type_name": component_type_name(item.required_type),
            "required_name": item.required_name,
            "required_solution": item.required_solution,
            "dependent_type": item.dependent_type,
            "dependent_type_name": component_type_name(item.dependent_type),
            "dependent_name": item.dependent_name,
        }
        for item in contents.manifest.missing_dependencies
    ]


def _effects(inspection: Inspection) -> Json:
    if inspection.effects is None:
        return None
    return [
        {"effect": item.effect.name.lower(), "kind": item.kind, "name": item.name}
        for item in inspection.effects
    ]
