"""An inspection as one page that loads nothing: its own style and script, named by their hash."""

from typing import Final

from jinja2 import Environment, StrictUndefined
from markupsafe import Markup, escape

from d365pop.compare.forms import handler_text
from d365pop.compare.manifests import managed_text
from d365pop.inspect.as_json import inspection_document
from d365pop.inspect.inspection import Effect, Inspection, form_name
from d365pop.report.page import asset, content_security_policy
from d365pop.report.plain import markup_without_commands, visible

_FOLDER: Final = "inspect/page"
_MANY: Final = 40


def inspection_html(inspection: Inspection) -> str:
    """Return the page."""
    style, script = asset("page.css", _FOLDER), asset("page.js", _FOLDER)
    environment = Environment(
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        # Of what reaches the page everything may be hostile; this sees all of it.
        finalize=_safe,
    )
    return environment.from_string(asset("page.html.j2", _FOLDER)).render(
        policy=content_security_policy(style, script),
        style=Markup(style),  # noqa: S704 - our own file
        script=Markup(script),  # noqa: S704 - our own file
        document=inspection_document(inspection),
        kind=managed_text(inspection.contents.manifest.managed),
        forms=[
            (form_name(form), form.form_type, form.libraries, map(handler_text, form.handlers))
            for form in inspection.contents.forms
        ],
        effects=_effects(inspection),
        many=_MANY,
    )


def _safe(value: object) -> Markup:
    if isinstance(value, Markup):
        return value
    return Markup(markup_without_commands(escape(visible(str(value)))))  # noqa: S704 - escaped


def _effects(inspection: Inspection) -> list[tuple[str, int]]:
    found = inspection.effects or ()
    return [(str(effect), sum(item.effect is effect for item in found)) for effect in Effect]
