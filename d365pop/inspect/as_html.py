"""An inspection as one page that loads nothing: its own style and script, named by their hash."""

from typing import Final

from d365pop.compare.forms import handler_text
from d365pop.compare.manifests import managed_text
from d365pop.inspect.as_json import inspection_document
from d365pop.inspect.inspection import Effect, Inspection, form_name
from d365pop.report.page import asset
from d365pop.report.templates import render_page

_FOLDER: Final = "inspect/page"
_MANY: Final = 40


def inspection_html(inspection: Inspection) -> str:
    """Return the page."""
    return render_page(
        asset("page.html.j2", _FOLDER),
        asset("page.css", _FOLDER),
        asset("page.js", _FOLDER),
        document=inspection_document(inspection),
        kind=managed_text(inspection.contents.manifest.managed),
        forms=[
            (form_name(form), form.form_type, form.libraries, map(handler_text, form.handlers))
            for form in inspection.contents.forms
        ],
        effects=_effects(inspection),
        many=_MANY,
    )


def _effects(inspection: Inspection) -> list[tuple[str, int]]:
    found = inspection.effects or ()
    return [(str(effect), sum(item.effect is effect for item in found)) for effect in Effect]
