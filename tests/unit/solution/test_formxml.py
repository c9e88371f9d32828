"""Single rules of registering: what is reused, what is added, what is refused."""

from collections.abc import Callable, Sequence
from dataclasses import replace

import pytest

from d365pop.errors import PlanRefusedError
from d365pop.models import FormEvent, FormHandler
from d365pop.solution.formxml import (
    RegisteredHandler,
    libraries,
    register,
    register_in_document,
    registered,
    unregister,
    unregister_in_document,
)

LIBRARY = "pop_/screenpop/form.js"
ON_LOAD = FormHandler(FormEvent.ON_LOAD, "D365Pop.onLoad", LIBRARY)
ON_CHANGE = FormHandler(FormEvent.ON_CHANGE, "D365Pop.onChange", LIBRARY, "telephone1")

HANDLER = (
    '<Handler functionName="D365Pop.onLoad" libraryName="pop_/screenpop/form.js"'
    ' handlerUniqueId="{88a43459-ff6e-58d6-9bb6-339f617125c9}" enabled="true" parameters=""'
    ' passExecutionContext="true" />'
)
LISTED = (
    '<Library name="pop_/screenpop/form.js"'
    ' libraryUniqueId="{24dbeed8-1b8c-5268-a3a2-1077d7a569e3}" />'
)
LIBRARIES = f"<formLibraries>{LISTED}</formLibraries>"


def form(events: str) -> str:
    """A form whose library is listed, so that only its events are of interest."""
    return f"<form><tabs/>{LIBRARIES}{events}</form>"


def by_hand(attributes: str) -> str:
    """The form of a person who registered our function before us."""
    return form(
        '<events><event name="onload"><Handlers><Handler functionName="D365Pop.onLoad"'
        f" libraryName='POP_/screenpop/form.js' handlerUniqueId='{{ab}}' {attributes}/>"
        "</Handlers></event></events>"
    )


def test_a_form_without_events_gets_library_and_handler_in_its_own_layout() -> None:
    assert register("<form>\r\n  <tabs />\r\n</form>", [ON_LOAD]) == (
        "<form>\r\n"
        "  <tabs />\r\n"
        "  <formLibraries>\r\n"
        f"    {LISTED}\r\n"
        "  </formLibraries>\r\n"
        "  <events>\r\n"
        '    <event name="onload" application="false" active="false">\r\n'
        "      <Handlers>\r\n"
        f"        {HANDLER}\r\n"
        "      </Handlers>\r\n"
        "    </event>\r\n"
        "  </events>\r\n"
        "</form>"
    )


@pytest.mark.parametrize(
    ("before", "after"),
    [
        pytest.param(
            "<events/>",
            '<events><event name="onload" application="false" active="false"><Handlers>'
            f"{HANDLER}</Handlers></event></events >",
            id="events-in-one-tag",
        ),
        pytest.param(
            '<events><event name="onload" active="false" /></events>',
            f'<events><event name="onload" active="false" ><Handlers>{HANDLER}</Handlers></event >'
            "</events>",
            id="event-in-one-tag",
        ),
        pytest.param(
            '<events><event name="onload"></event></events>',
            f'<events><event name="onload"><Handlers>{HANDLER}</Handlers></event  ></events>',
            id="event-in-two-tags",
        ),
        pytest.param(
            "<events><event name='onload'><Handlers><Handler functionName='a'/></Handlers>"
            "<InternalHandlers/></event></events>",
            f"<events><event name='onload'><Handlers><Handler functionName='a'/>{HANDLER}"
            "</Handlers><InternalHandlers/></event></events>",
            id="behind-the-handler-of-another",
        ),
        pytest.param(
            "<events><event name='onload'><InternalHandlers/></event></events>",
            "<events><event name='onload'><InternalHandlers/>"
            f"<Handlers>{HANDLER}</Handlers></event></events>",
            id="beside-internal-handlers",
        ),
        pytest.param(
            "<events><event name='onload' control='IFRAME_a'/></events>",
            "<events><event name='onload' control='IFRAME_a'/>"
            '<event name="onload" application="false" active="false"><Handlers>'
            f"{HANDLER}</Handlers></event></events>",
            id="not-in-the-event-of-a-control",
        ),
        pytest.param(
            "<events><event name='onload' relationship='r'/></events>",
            "<events><event name='onload' relationship='r'/>"
            '<event name="onload" application="false" active="false"><Handlers>'
            f"{HANDLER}</Handlers></event></events>",
            id="not-in-the-event-of-a-relationship",
        ),
    ],
)
def test_containers_that_exist_are_reused(before: str, after: str) -> None:
    assert register(form(before), [ON_LOAD]) == form(after)
    assert unregister(form(after), [ON_LOAD]) == form(before).replace(LIBRARIES, "")


def test_the_event_of_another_column_is_not_reused() -> None:
    fax = "<event name='onchange' attribute='fax' />"
    changed = register(form(f"<events>{fax}</events>"), [ON_CHANGE])
    assert f'{fax}<event name="onchange" attribute="telephone1"' in changed
    assert [(h.event, h.attribute) for h in registered(changed)] == [("onchange", "telephone1")]


def test_an_internal_handler_for_the_same_function_does_not_count() -> None:
    internal = HANDLER.replace("true", "false")
    events = (
        f'<events><event name="onload"><InternalHandlers>{internal}</InternalHandlers></event>'
        "</events>"
    )
    changed = register(form(events), [ON_LOAD])
    assert f"<InternalHandlers>{internal}</InternalHandlers><Handlers>{HANDLER}<" in changed


@pytest.mark.parametrize(
    ("before", "after"),
    [
        pytest.param(
            "enabled='false' passExecutionContext='1' parameters=''",
            "enabled=\"true\" passExecutionContext='1' parameters=''",
            id="disabled",
        ),
        pytest.param(
            "enabled='true'", "enabled='true' passExecutionContext=\"true\"", id="flag-absent"
        ),
        pytest.param(
            "parameters='&quot;enabled=&apos;0&apos;' enabled='1' passExecutionContext='true'",
            "parameters=\"\" enabled='1' passExecutionContext='true'",
            id="other-parameters",
        ),
    ],
)
def test_a_known_handler_keeps_its_id_and_gets_the_attributes_that_differ(
    before: str, after: str
) -> None:
    assert register(by_hand(before), [ON_LOAD]) == by_hand(after)


def test_a_known_handler_that_agrees_is_left_as_it_is() -> None:
    same = by_hand("passExecutionContext = '1'\n enabled='true' other='x'")
    assert register(same, [ON_LOAD]) == same


def _own(name: str) -> tuple[FormHandler, str]:
    """A handler of ours, and how a form has it that writes ids in its own way."""
    handler = FormHandler(FormEvent.ON_LOAD, f"D365Pop.{name}", LIBRARY)
    unique_id = str(handler.handler_unique_id).upper()
    return handler, (
        f"<Handler functionName='D365Pop.{name}' libraryName='{LIBRARY}' enabled='true'"
        f" handlerUniqueId='{{{unique_id}}}' passExecutionContext='true'/>"
    )


def test_ours_change_places_among_themselves_and_others_stay() -> None:
    (first, a), (second, b), (third, c) = map(_own, ("a", "b", "c"))
    other = "<Handler functionName='X.y' libraryName='x_/a.js' handlerUniqueId='{0}'/>"
    events = "<events><event name='onload'><Handlers>{}</Handlers></event></events>"
    before = form(events.format(f"\n {c}<!-- c -->{other}\n{a}  {other}{b}"))
    after = form(events.format(f"\n {a}<!-- c -->{other}\n{b}  {other}{c}"))
    assert register(before, [first, second, third]) == after
    assert register(after, [first, second, third]) == after
    assert register(after, [third, first, second]) == before


def test_order_is_kept_within_an_event_only() -> None:
    save = FormHandler(FormEvent.ON_SAVE, "D365Pop.onSave", LIBRARY)
    changed = register(form(""), [ON_LOAD, save, ON_CHANGE])
    assert register(changed, [ON_CHANGE, save, ON_LOAD]) == changed


def test_handler_of_a_person_for_our_function_keeps_its_place() -> None:
    other = FormHandler(FormEvent.ON_LOAD, "D365Pop.before", LIBRARY)
    changed = register(by_hand("passExecutionContext='1' enabled='1'"), [other, ON_LOAD])
    names = [handler.function_name for handler in registered(changed)]
    assert names == ["D365Pop.onLoad", "D365Pop.before"]


def test_the_handler_of_a_person_stays_when_ours_is_taken_off() -> None:
    same = by_hand("passExecutionContext='1' enabled='true'")
    assert unregister(same, [ON_LOAD]) == same


def test_our_own_handler_is_corrected_when_its_parameters_change() -> None:
    first = register("<form><tabs/></form>", [ON_LOAD])
    second = replace(ON_LOAD, parameters='"a",\t1 < 2 && "é"', enabled=False)
    changed = register(first, [second])
    assert changed.count("<Handler ") == 1
    assert registered(changed) == (
        RegisteredHandler(
            event="onload",
            attribute="",
            function_name="D365Pop.onLoad",
            library_name=LIBRARY,
            handler_unique_id="{88a43459-ff6e-58d6-9bb6-339f617125c9}",
            enabled=False,
            pass_execution_context=True,
            parameters='"a",\t1 < 2 && "é"',
        ),
    )
    assert register(changed, [second]) == changed


def test_our_handler_whose_function_was_renamed_by_hand_is_repaired_under_its_id() -> None:
    first = register("<form><tabs/></form>", [ON_LOAD])
    assert register(first.replace("D365Pop.onLoad", "gone"), [ON_LOAD]) == first


def test_a_library_in_other_case_is_not_listed_again() -> None:
    listed = "<form><formLibraries><Library name='POP_/ScreenPop/form.js'/></formLibraries></form>"
    assert libraries(register(listed, [ON_LOAD])) == ("POP_/ScreenPop/form.js",)


def test_a_library_stays_while_another_of_our_handlers_needs_it() -> None:
    both = register("<form><tabs/></form>", [ON_LOAD, ON_CHANGE])
    assert libraries(unregister(both, [ON_LOAD])) == (LIBRARY,)
    assert unregister(unregister(both, [ON_LOAD]), [ON_CHANGE]) == "<form><tabs/></form>"


def test_a_library_stays_when_a_person_began_to_use_it() -> None:
    ours = register("<form><tabs/></form>", [ON_LOAD])
    theirs = HANDLER.replace("onLoad", "mine").replace("88a4", "77a4")
    used = unregister(ours.replace(HANDLER, HANDLER + theirs), [ON_LOAD])
    assert libraries(used) == (LIBRARY,)
    assert [handler.function_name for handler in registered(used)] == ["D365Pop.mine"]


def test_a_library_that_was_used_unlisted_is_unlisted_again() -> None:
    unlisted = f"<form><tabs><tab><events><event>{HANDLER}</event></events></tab></tabs></form>"
    changed = register(unlisted, [ON_LOAD, ON_CHANGE])
    assert libraries(changed) == (LIBRARY,)
    assert libraries(unregister(changed, [ON_LOAD])) == (LIBRARY,)
    assert unregister(changed, [ON_LOAD, ON_CHANGE]) == unlisted


@pytest.mark.parametrize("blanks", ["", " ", "  ", "   ", "\n", "\t \r\n"])
@pytest.mark.parametrize("text", ["<form{}/>", "<form></form{}>", "<form><!-- c --></form{}>"])
def test_an_empty_form_comes_back_as_it_was(text: str, blanks: str) -> None:
    form_xml = text.format(blanks)
    assert unregister(register(form_xml, [ON_LOAD]), [ON_LOAD]) == form_xml


def test_a_marker_that_the_platform_dropped_leaves_no_empty_container() -> None:
    changed = register('<form><tabs/><events><event name="onload"/></events></form>', [ON_LOAD])
    normalised = changed.replace("</event >", "</event>")
    assert unregister(normalised, [ON_LOAD]) == "<form><tabs/></form>"


def test_a_comment_that_a_person_put_beside_our_handler_stays() -> None:
    changed = register('<form><tabs/><events><event name="onload"/></events></form>', [ON_LOAD])
    noted = changed.replace("<Handlers>", "<!-- mine --><Handlers>")
    assert "<!-- mine -->" in unregister(noted, [ON_LOAD])


def handlers_on_load(count: int) -> str:
    handlers = "".join(f"<Handler functionName='f{n}' libraryName='l'/>" for n in range(count))
    return form(f"<events><event name='onload'><Handlers>{handlers}</Handlers></event></events>")


def listed_libraries(count: int) -> str:
    names = "".join(f"<Library name='l{n}' libraryUniqueId='{n}'/>" for n in range(count))
    return f"<form><formLibraries>{names}</formLibraries></form>"


@pytest.mark.parametrize("full", [handlers_on_load, listed_libraries])
def test_a_form_takes_fifty_of_each_and_refuses_the_next(full: Callable[[int], str]) -> None:
    assert registered(register(full(49), [ON_LOAD]))[-1].function_name == "D365Pop.onLoad"
    with pytest.raises(PlanRefusedError) as caught:
        register(full(50), [ON_LOAD])
    assert caught.value.reference == "form-full"


@pytest.mark.parametrize(
    ("form_xml", "place"),
    [
        pytest.param("", "line 1, column 1", id="nothing"),
        pytest.param("<form>\n <tabs></form>", "line 2, column 10", id="not-closed"),
        pytest.param("<form/>\n<form/>", "line 2, column 1", id="two-roots"),
        pytest.param("<forms/>", "its root is forms", id="another-root"),
        pytest.param("<x:form xmlns:x='u'/>", "its root is x:form", id="root-with-prefix"),
        pytest.param("<form><x:a/></form>", "line 1, column 7", id="prefix-undeclared"),
        pytest.param("\n<!DOCTYPE form><form/>", "line 2, column", id="doctype"),
        pytest.param("<!DOCTYPE f [<!ENTITY e 'x'>]><form>&e;</form>", "DOCTYPE", id="own-entity"),
        pytest.param("<form>&e;</form>", "line 1, column 7", id="unknown-entity"),
        pytest.param("<form>\n\x00</form>", "line 2, column 1", id="control-character"),
        pytest.param("<form>\né\ud800</form>", "line 2, column 2", id="half-a-character"),
    ],
)
@pytest.mark.parametrize("edit", [register, unregister], ids=["register", "unregister"])
def test_what_is_no_form_is_refused_with_its_place(
    edit: Callable[[str, Sequence[FormHandler]], str], form_xml: str, place: str
) -> None:
    with pytest.raises(PlanRefusedError) as caught:
        edit(form_xml, [ON_LOAD])
    assert caught.value.reference == "form-xml-invalid"
    assert place in caught.value.context


@pytest.mark.parametrize(
    "handler",
    [
        pytest.param(replace(ON_LOAD, function_name=""), id="no-function"),
        pytest.param(replace(ON_LOAD, library_name=""), id="no-library"),
        pytest.param(replace(ON_LOAD, attribute="fax"), id="onload-with-column"),
        pytest.param(replace(ON_CHANGE, attribute=""), id="onchange-without-column"),
        pytest.param(replace(ON_LOAD, parameters="\x0b"), id="control-character"),
    ],
)
def test_a_handler_that_no_form_can_hold_is_refused(handler: FormHandler) -> None:
    with pytest.raises(PlanRefusedError) as caught:
        register("<form/>", [handler])
    assert caught.value.reference == "form-handler-invalid"


def test_only_main_forms_of_a_document_are_changed() -> None:
    forms = "<systemform><form><tabs/></form></systemform>"
    document = (
        f'<ImportExportXml><forms type="quick">{forms}</forms>'
        f'<forms type="main">{forms}{forms}</forms></ImportExportXml>'
    ).encode()
    changed = register_in_document(document, [ON_LOAD])
    expected = document.decode().replace(
        '"main">' + forms + forms,
        '"main">'
        + 2 * forms.replace("<form><tabs/></form>", register("<form><tabs/></form>", [ON_LOAD])),
    )
    assert changed.decode() == expected
    assert unregister_in_document(changed, [ON_LOAD]) == document


def test_a_document_in_an_old_encoding_takes_parameters_that_it_cannot_spell() -> None:
    document = "<?xml version='1.0' encoding='iso-8859-1'?><form><!-- é --></form>".encode(
        "latin-1"
    )
    handler = replace(ON_LOAD, parameters='"€"')
    changed = register_in_document(document, [handler])
    assert b"<!-- \xe9 -->" in changed
    assert b"&#8364;" in changed
    assert register_in_document(changed, [handler]) == changed
    assert unregister_in_document(changed, [handler]) == document


@pytest.mark.parametrize(
    "document",
    [
        pytest.param(b"<forms><systemform/></forms>", id="no-form"),
        pytest.param(b'<forms type="card"><systemform><form/></systemform></forms>', id="a-card"),
        pytest.param(b"<form>\xe9</form>", id="not-utf-8"),
        pytest.param(b"<?xml version='1.0' encoding='klingon'?><form/>", id="unknown-encoding"),
        pytest.param(b"<?xml version='1.0' encoding='hex'?><form/>", id="no-text-encoding"),
        pytest.param(b"<!DOCTYPE form><form/>", id="doctype"),
    ],
)
def test_a_document_without_a_readable_main_form_is_refused(document: bytes) -> None:
    with pytest.raises(PlanRefusedError) as caught:
        register_in_document(document, [ON_LOAD])
    assert caught.value.reference == "form-xml-invalid"


def test_a_form_of_more_than_a_mebibyte_is_edited_at_the_right_places() -> None:
    form_xml = (
        f"<form><!-- {'é' * 1_100_000} --><tabs/><events><event name='onload'/></events></form>"
    )
    changed = register(form_xml, [ON_LOAD])
    assert changed.startswith(form_xml.removesuffix("/></events></form>"))
    assert unregister(changed, [ON_LOAD]) == form_xml
