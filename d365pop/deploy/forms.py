"""Which forms are meant, and what their FormXml must become; pure."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from d365pop.deploy.plan import EditForm, FormAction, Leave
from d365pop.errors import PlanRefusedError
from d365pop.models import FormHandler, FormRegistration, FormSelector, RemoteForm
from d365pop.solution.formxml import register
from d365pop.solution.reading_xml import guid


@dataclass(frozen=True, slots=True)
class FormChanges:
    """What is to be done to forms."""

    edits: tuple[EditForm, ...]
    tables_to_publish: tuple[str, ...]
    """Tables with a form whose published state lacks a handler, edited now or before."""
    left: tuple[Leave, ...]
    wanted: Mapping[str, Sequence[FormHandler]]
    """The handlers of each form that is written, by its id."""
    packaged: frozenset[str]
    """Ids of the forms that the package brings as a whole."""

    def is_ours(self, form: RemoteForm) -> bool:
        """Return whether what is unpublished on ``form``, if anything, is ours alone."""
        published = form.published_xml
        wanted = self.wanted.get(form.form_id, ())
        ours = register(published, wanted) if published else form.draft_xml
        return form.form_id in self.packaged or form.draft_xml in {published, ours}


def plan_forms(
    registrations: Sequence[FormRegistration], forms: Sequence[RemoteForm]
) -> FormChanges:
    """Return the edits that put every registration's handlers on its forms.

    Raises:
        PlanRefusedError: a form is missing, ambiguous, inactive, locked or not well formed.
    """
    wanted: dict[str, list[FormHandler]] = {}
    for registration in registrations:
        if registration.by_package:
            continue
        for form in select_forms(registration.form, forms):
            handlers = wanted.setdefault(form.form_id, [])
            handlers += [handler for handler in registration.handlers if handler not in handlers]
    edits: list[EditForm] = []
    tables: set[str] = set()
    left: list[Leave] = []
    for form in sorted(forms, key=lambda form: (form.table, form.name, form.form_id)):
        if form.form_id not in wanted:
            continue
        handlers = wanted[form.form_id]
        after = register(form.draft_xml, handlers)
        if after != form.draft_xml:
            edits.append(_edit(form, after, handlers))
        if after != form.draft_xml or not is_published(form, handlers):
            tables.add(form.table)
        else:
            left.append(Leave(f"form {form.table} / {form.name}", "handler registered"))
    packaged = packaged_forms(registrations, forms)
    return FormChanges(tuple(edits), tuple(sorted(tables)), tuple(left), wanted, packaged)


def packaged_forms(
    registrations: Sequence[FormRegistration], forms: Sequence[RemoteForm]
) -> frozenset[str]:
    """Return the ids of the forms that are there and travel in the package."""
    return frozenset(
        found.form_id
        for each in registrations
        if each.by_package and (found := find_form(each.form, forms))
    )


def bare_packaged_forms(
    registrations: Sequence[FormRegistration], forms: Sequence[RemoteForm]
) -> Iterator[RemoteForm]:
    """Yield the packaged forms on which agents do not get the handlers."""
    for each in registrations:
        form = find_form(each.form, forms) if each.by_package else None
        if form is not None and not is_published(form, each.handlers):
            yield form


def is_published(form: RemoteForm, handlers: Sequence[FormHandler]) -> bool:
    """Return whether agents get the handlers; a form that was never published has no text."""
    return bool(form.published_xml) and register(form.published_xml, handlers) == form.published_xml


def is_drafted(form: RemoteForm, handlers: Sequence[FormHandler]) -> bool:
    """Return whether the newest state of the form has the handlers."""
    return register(form.draft_xml, handlers) == form.draft_xml


def packaged_tables(
    registrations: Sequence[FormRegistration], forms: Sequence[RemoteForm], *, imported: bool
) -> Iterator[str]:
    """Yield the tables whose forms an unmanaged package brings, and agents do not get yet."""
    for registration in registrations:
        form = find_form(registration.form, forms)
        known = form is not None and is_published(form, registration.handlers)
        if registration.by_package and (imported or not known):
            yield registration.form.table


def select_forms(selector: FormSelector, forms: Sequence[RemoteForm]) -> list[RemoteForm]:
    """Return the forms that ``selector`` means, at least one.

    Raises:
        PlanRefusedError: there is none, more than one of that name, or it cannot be edited.
    """
    of_table = [form for form in forms if form.table == selector.table]
    if selector.form_id:
        found = [form for form in of_table if guid(form.form_id) == guid(selector.form_id)]
    elif selector.name:
        found = [form for form in of_table if form.name == selector.name]
        # An inactive form of the same name is no rival.
        found = [form for form in found if form.active] or found
    else:
        found = [form for form in of_table if form.active and form.customizable]
    if not found:
        raise _refusal("form-not-found", f"There is no main form {selector}.", of_table)
    if selector.name and len(found) > 1:
        raise _refusal("form-ambiguous", f"{len(found)} main forms are {selector}.", found)
    for form in found:
        if not form.active:
            raise _refusal("form-inactive", f"The main form {selector} is inactive.", of_table)
        if not form.customizable:
            raise _refusal("form-locked", f"The main form {selector} is locked.", of_table)
    return found


def find_form(selector: FormSelector, forms: Sequence[RemoteForm]) -> RemoteForm | None:
    """Return the one form that ``selector`` names, by id or else by name; None without one."""
    for form in forms:
        if form.table == selector.table and (
            guid(form.form_id) == guid(selector.form_id)
            if selector.form_id
            else form.name == selector.name
        ):
            return form
    return None


def refuse_missing_forms(
    registrations: Sequence[FormRegistration], forms: Sequence[RemoteForm]
) -> None:
    """Refuse a managed package with handlers for a form that is not there: it brings no form.

    Raises:
        PlanRefusedError: the message names the forms.
    """
    missing = [
        f"{each.form}"
        for each in registrations
        if each.by_package and find_form(each.form, forms) is None
    ]
    if missing:
        raise PlanRefusedError(
            "packaged-form-missing",
            f"There is no main form {', '.join(missing)}.",
            context="A managed package says what it adds to a form, and does not hold the form.",
            hint="Import the solution that brings the form first, or deploy unmanaged, where the "
            "package holds it as a whole.",
        )


def _edit(form: RemoteForm, after: str, handlers: Sequence[FormHandler]) -> EditForm:
    new = [each for each in handlers if not is_drafted(form, [each])]
    names = ", ".join(f"{handler.event} {handler.function_name}" for handler in new)
    return EditForm(
        form_id=form.form_id,
        table=form.table,
        name=form.name,
        reason=f"register {names}" if new else "its handlers are called in another order",
        row_version=form.row_version,
        before=form.draft_xml,
        after=after,
        action=FormAction.REGISTER if new else FormAction.REORDER,
    )


def _refusal(reference: str, message: str, candidates: Sequence[RemoteForm]) -> PlanRefusedError:
    rows = [
        f"{form.table} / {form.name} ({form.form_id})"
        + ("" if form.active else ", inactive")
        + ("" if form.customizable else ", locked by its managed solution")
        for form in candidates
    ]
    return PlanRefusedError(
        reference,
        message,
        context="main forms there:\n" + "\n".join(rows) if rows else "The table has no main form.",
        hint="Name one of them in [[forms]], by name or by id.",
    )
