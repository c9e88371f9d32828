"""Generated forms: what registering may change, and that unregistering leaves no trace."""

import random
import re

from hypothesis import given, settings
from hypothesis import strategies as st

from d365pop.models import FormEvent, FormHandler
from d365pop.solution.formxml import (
    libraries,
    register,
    register_in_document,
    registered,
    unregister,
    unregister_in_document,
)

LIBRARY = "pop_/screenpop/form.js"
ON_LOAD = FormHandler(FormEvent.ON_LOAD, "D365Pop.onLoad", LIBRARY)
ON_SAVE = FormHandler(FormEvent.ON_SAVE, "D365Pop.onSave", LIBRARY, parameters='"<a>", 1 & 2')
ON_CHANGE = FormHandler(
    FormEvent.ON_CHANGE, "Other.onChange", "pop_/other.js", "telephone1", enabled=False
)

SECOND = FormHandler(FormEvent.ON_LOAD, "Other.onLoad", "pop_/other.js")
THIRD = FormHandler(FormEvent.ON_LOAD, "D365Pop.onLoadToo", LIBRARY)

HANDLERS = st.lists(
    st.sampled_from([ON_LOAD, ON_SAVE, ON_CHANGE, SECOND, THIRD]), min_size=1, unique=True
)
BLANKS = st.sampled_from(["", "", "", " ", "  ", "   ", "\n", " \r\n "])
FOREIGN = (
    '<Handler functionName="A.b&amp;c" libraryName=\'x_/a.js\' handlerUniqueId="{0}" enabled="1"/>'
)
# A person registered our function before us, with an id of their own.
BY_HAND = (
    f"<Handler libraryName='{LIBRARY.upper()}' functionName='D365Pop.onLoad'"
    " handlerUniqueId='{11111111-1111-1111-1111-111111111111}' enabled='true'"
    " passExecutionContext='true'><dependencies/></Handler >"
)
INTERNAL = (
    '<InternalHandlers><Handler functionName="D365Pop.onLoad" libraryName="pop_/screenpop/form.js"'
    ' handlerUniqueId="bare" enabled="true" passExecutionContext="true" /></InternalHandlers>'
)
NESTED = (
    '<events><event name="onload" application="0"><Handlers>'
    '<Handler functionName="D365Pop.onLoad" libraryName="pop_/screenpop/form.js"'
    ' handlerUniqueId="{2}" /></Handlers></event></events>'
)
TABS = (
    "<tabs><tab name='t > u'><columns><column><sections><section><rows><row><cell>"
    '<events><event name="onload" application="0"><dependencies /></event></events>'
    f"</cell></row></rows></section></sections></column></columns>{NESTED}</tab></tabs>"
)
NOISE = st.sampled_from(
    [
        "<!-- <events><event name='onload'/></events> -->",
        "<![CDATA[<formLibraries/>]]>",
        "<?editor <events/> ?>",
        "<header id='&lt;&#34;&gt;' x:y='1' xmlns:x=\"urn:x\"><rows/></header>",
        "<tabs/>",
        "<x:events xmlns:x='urn:x'><x:event name='onload'/></x:events>",
        TABS,
        "text &amp; more",
    ]
)


@st.composite
def containers(
    draw: st.DrawFn, name: str, attributes: list[str], children: st.SearchStrategy[str]
) -> str:
    """An element of this name: in one tag, in two, with white space, with children."""
    attribute = draw(st.sampled_from(attributes))
    blanks = draw(BLANKS)
    inside = draw(st.lists(children, max_size=3))
    between = draw(st.sampled_from(["", "\n    ", "\r\n\t", "<!-- c -->", "<![CDATA[]]>"]))
    if not inside and draw(st.booleans()):
        return f"<{name} {attribute}{blanks}/>"
    content = between + "".join(child + between for child in inside)
    return f"<{name} {attribute}>{content}</{name}{blanks}>"


MANAGED = ["", "solutionaction='Added'", 'ordinalvalue="0"']
EVENTS = [
    'name="onload" application="false" active="false"',
    "active='0' name='onload'",
    'name="onsave"',
    "name='onchange' attribute='telephone1'",
    "name='onchange' attribute='fax'",
]


def events() -> st.SearchStrategy[str]:
    handlers = containers("Handlers", MANAGED, st.sampled_from([FOREIGN, BY_HAND]))
    inside = st.one_of(handlers, st.just(INTERNAL), st.just("<dependencies />"))
    return containers("events", MANAGED, containers("event", EVENTS, inside))


def form_libraries() -> st.SearchStrategy[str]:
    library = st.sampled_from(
        [
            "<Library name='x_/a.js' libraryUniqueId='{3}'/>",
            '<Library name="POP_/screenpop/FORM.js" libraryUniqueId="{4}"></Library>',
        ]
    )
    return containers("formLibraries", MANAGED, library)


@st.composite
def forms(draw: st.DrawFn) -> str:
    """A form as text, with or without prolog, in one line or many."""
    parts = draw(st.lists(NOISE, max_size=2))
    parts += [draw(events())] if draw(st.booleans()) else []
    parts += [draw(form_libraries())] if draw(st.booleans()) else []
    parts = draw(st.permutations(parts))
    between = draw(st.sampled_from(["", "\n  ", "\r\n\t", "\n\n "]))
    content = "".join(between + part for part in parts) + draw(st.sampled_from(["", "\n", "\r\n"]))
    bom = draw(st.sampled_from(["", "\ufeff"]))
    prolog = draw(st.sampled_from(["", '<?xml version="1.0"?>\r\n', "<!-- é😀 -->\n"]))
    start = draw(st.sampled_from(["<form>", "<form showImage='true' xmlns='urn:form'\n>"]))
    return f"{bom}{prolog}{start}{content}</form{draw(BLANKS)}>\n"


MARKUP = re.compile(
    r"<!--.*?-->|<!\[CDATA\[.*?\]\]>|<\?.*?\?>|<(?P<close>/?)(?P<name>[^\s/>]+)"
    r"(?:[^\"'>]|\"[^\"]*\"|'[^']*')*?(?P<empty>/?)>",
    re.DOTALL,
)


def outside(form_xml: str) -> str:
    """The form without its own libraries and events: found by tokens, not by the product's way."""
    kept, position, depth, cut_from = [], 0, 0, None
    for token in MARKUP.finditer(form_xml):
        if not token["name"]:
            continue
        own = depth == 1 and token["name"] in {"formLibraries", "events"}
        if own and not token["close"]:
            kept.append(form_xml[position : token.start()].rstrip())
            cut_from = token.start()
        depth += -1 if token["close"] else 0 if token["empty"] else 1
        if cut_from is not None and depth == 1:
            position, cut_from = token.end(), None
    # An end tag's blanks hold no information; an empty form in two tags may get more of them.
    return re.sub(r"</form\s*>", "</form>", "".join(kept) + form_xml[position:])


@settings(max_examples=300)
@given(forms(), HANDLERS)
def test_registering_changes_nothing_outside_the_forms_own_libraries_and_events(
    form_xml: str, handlers: list[FormHandler]
) -> None:
    assert outside(register(form_xml, handlers)) == outside(form_xml)


@settings(max_examples=300)
@given(form_xml=forms(), handlers=HANDLERS, backwards=st.booleans())
def test_unregistering_restores_the_text_in_any_order(
    *, form_xml: str, handlers: list[FormHandler], backwards: bool
) -> None:
    changed = register(form_xml, handlers)
    assert unregister(changed, handlers[::-1] if backwards else handlers) == form_xml


@given(forms(), HANDLERS)
def test_registering_twice_is_registering_once(form_xml: str, handlers: list[FormHandler]) -> None:
    once = register(form_xml, handlers)
    assert register(once, handlers) == once


@given(forms(), HANDLERS)
def test_every_handler_is_registered_once_with_its_library_listed_once(
    form_xml: str, handlers: list[FormHandler]
) -> None:
    changed = register(form_xml, handlers)
    listed = [name.lower() for name in libraries(changed)]
    before = [name.lower() for name in libraries(form_xml)]
    for handler in handlers:
        name = handler.library_name.lower()
        assert listed.count(name) == max(before.count(name), 1)
        known = sum(
            found.event == handler.event
            and found.attribute == handler.attribute
            and found.function_name == handler.function_name
            for found in registered(form_xml)
        )
        matches = [
            found
            for found in registered(changed)
            if (found.event, found.attribute, found.function_name)
            == (handler.event, handler.attribute, handler.function_name)
        ]
        assert len(matches) == max(known, 1)
        assert (matches[0].enabled, matches[0].parameters) == (handler.enabled, handler.parameters)
        assert matches[0].pass_execution_context is handler.pass_execution_context


@given(forms(), HANDLERS)
def test_handlers_of_others_stay_and_ours_come_behind_them(
    form_xml: str, handlers: list[FormHandler]
) -> None:
    own = {f"{{{handler.handler_unique_id}}}" for handler in handlers}
    after = registered(register(form_xml, handlers))
    assert [h for h in after if h.handler_unique_id not in own] == list(registered(form_xml))


@given(forms(), st.sampled_from(["utf-8", "utf-8-sig", "utf-16"]), HANDLERS)
def test_a_document_keeps_its_encoding_and_comes_back_to_the_byte(
    form_xml: str, codec: str, handlers: list[FormHandler]
) -> None:
    document = form_xml.removeprefix("\ufeff").encode(codec)
    changed = register_in_document(document, handlers)
    expected = register(form_xml.removeprefix("\ufeff"), handlers)
    assert changed.decode(codec) == expected
    assert unregister_in_document(changed, handlers) == document


@given(forms(), HANDLERS, HANDLERS, st.randoms())
def test_ours_get_their_order_and_others_keep_their_places(
    form_xml: str, earlier: list[FormHandler], wanted: list[FormHandler], dice: random.Random
) -> None:
    own = {f"{{{handler.handler_unique_id}}}": handler for handler in wanted}
    present = register(form_xml, earlier)
    shuffled = wanted.copy()
    dice.shuffle(shuffled)
    complete = register(present, shuffled)
    after = register(present, wanted)
    others = [found.handler_unique_id not in own for found in registered(after)]
    assert others == [found.handler_unique_id not in own for found in registered(complete)]
    assert [h for h in registered(after) if h.handler_unique_id not in own] == [
        h for h in registered(complete) if h.handler_unique_id not in own
    ]
    for event in {(handler.event, handler.attribute) for handler in wanted}:
        ours = [own.get(h.handler_unique_id) for h in registered(after)]
        found = [each for each in ours if each and (each.event, each.attribute) == event]
        assert found == [each for each in wanted if each in found]
