"""A page from a template of ours: one file that loads nothing; what reaches it may be hostile."""

from jinja2 import Environment, StrictUndefined
from markupsafe import Markup, escape

from d365pop.report.page import content_security_policy
from d365pop.report.plain import markup_without_commands, visible


def render_page(template: str, style: str, script: str = "", /, **values: object) -> str:
    """Return the page; ``style`` and ``script`` are ours, the policy names them by their hash."""
    environment = Environment(
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        # Names come from an environment or a package; this sees all that reaches the page.
        finalize=_safe,
    )
    return environment.from_string(template).render(
        policy=content_security_policy(style, script),
        style=Markup(style),  # noqa: S704 - our own file
        script=Markup(script),  # noqa: S704 - our own file
        **values,
    )


def _safe(value: object) -> Markup:
    if isinstance(value, Markup):
        return value
    return Markup(markup_without_commands(escape(visible(str(value)))))  # noqa: S704 - escaped
