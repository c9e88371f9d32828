"""The handlers that the configuration wants on a form; pure."""

from d365pop.build.names import FORM_SCRIPT, ON_LOAD_FUNCTION, web_resource_name
from d365pop.models import FormEvent, FormHandler
from d365pop.settings import FormSettings, Settings


def form_handlers(settings: Settings, form: FormSettings) -> tuple[FormHandler, ...]:
    """Return the handler that starts the softphone, then the configured ones in their order."""
    prefix = settings.publisher.customization_prefix
    own = FormHandler(
        FormEvent(form.event), ON_LOAD_FUNCTION, web_resource_name(prefix, FORM_SCRIPT)
    )
    further = (
        FormHandler(
            event=handler.event,
            function_name=handler.function,
            library_name=web_resource_name(prefix, handler.library or FORM_SCRIPT),
            attribute=handler.column,
            parameters=handler.parameters,
        )
        for handler in form.handlers
    )
    return (own, *further)
