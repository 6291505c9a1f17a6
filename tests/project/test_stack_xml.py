"""The list of layers: strict when written, patient and bounded when read."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from studio.project import stack_xml
from studio.project.damage import DamagedError
from studio.project.stack_xml import LayerEntry, Stack, parse, render, xml_text


def listed(inner: str, **attributes: str) -> bytes:
    values = "".join(f' {name}="{value}"' for name, value in {"w": "8", "h": "9", **attributes}.items())
    return f"<image{values}><stack>{inner}</stack></image>".encode()


entries = st.builds(
    LayerEntry,
    source=st.text(min_size=1, max_size=20).map(xml_text),
    name=st.text(max_size=50).map(xml_text),
    x=st.integers(-(1 << 20), 1 << 20),
    y=st.integers(-(1 << 20), 1 << 20),
    opacity=st.floats(0, 1),
    is_visible=st.booleans(),
    composite_op=st.sampled_from(["svg:src-over", "svg:plus", "krita:x"]),
    is_locked=st.booleans(),
    is_selected=st.booleans(),
    id=st.text(max_size=8).map(xml_text),
    extra=st.dictionaries(
        st.sampled_from(["tag", "{urn:a}b", "{urn:c}b"]), st.text(max_size=20).map(xml_text)
    ),
)


@given(
    stack=st.builds(
        Stack, width=st.integers(1, 9999), height=st.integers(1, 9999), layers=st.lists(entries).map(tuple)
    )
)
def test_what_is_written_is_read(stack: Stack) -> None:
    again = parse(render(stack))
    assert (again.width, again.height, again.layers) == (stack.width, stack.height, stack.layers)
    assert again.warnings == ()
    assert again.is_whole


@given(text=st.text())
def test_any_name_makes_well_formed_xml(text: str) -> None:
    (layer,) = parse(render(Stack(width=1, height=1, layers=(LayerEntry(source="a", name=text),)))).layers
    assert layer.name == xml_text(text)


def test_halves_of_characters_and_control_characters_are_replaced() -> None:
    assert xml_text("a\ud800b\0c\x1bd\n\U0001f600") == "a�b�c�d\n\U0001f600"


def test_prefixes_of_others_stay_and_never_clash() -> None:
    stack = Stack(
        width=1,
        height=1,
        image_attributes={
            "{urn:a}x": "1",
            "{urn:b}x": "2",
            "{urn:c}x": "3",
            "version": "no",
            "bad name": "no",
        },
        namespaces={"urn:a": "mypaint", "urn:b": "mypaint", "urn:c": "underpaint"},
    )
    text = render(stack).decode()
    assert 'xmlns:mypaint="urn:a"' in text
    assert "bad name" not in text
    again = parse(text.encode())
    assert again.image_attributes == {"{urn:a}x": "1", "{urn:b}x": "2", "{urn:c}x": "3"}


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16"])
def test_byte_order_marks(encoding: str) -> None:
    text = '<?xml version="1.0"?><image w="2" h="3"><stack><layer src="a" name="ä"/></stack></image>'
    stack = parse(text.encode(encoding))
    assert (stack.width, stack.height, stack.layers[0].name) == (2, 3, "ä")


@pytest.mark.parametrize(
    ("written", "x", "opacity"),
    [
        ("nan", 0, 1.0),
        ("-7.6", -8, 0.0),
        ("1e300", stack_xml.MAX_COORDINATE, 1.0),
        ("", 0, 1.0),
        ("x", 0, 1.0),
    ],
)
def test_strange_numbers(written: str, x: int, opacity: float) -> None:
    (layer,) = parse(listed(f'<layer src="a" x="{written}" opacity="{written}"/>')).layers
    assert (layer.x, layer.opacity) == (x, opacity)


def test_missing_sizes_are_zero() -> None:
    assert parse(b"<image><stack/></image>").width == 0


def test_unknown_elements_are_named() -> None:
    stack = parse(listed('<text name="t">hello</text><layer src="a"/><filter/>'))
    assert len(stack.layers) == 1
    assert len(stack.warnings) == 2


def test_a_list_that_breaks_off_keeps_what_came_before() -> None:
    data = listed('<layer src="a"/><layer src="b"/>')
    cut = parse(data[: data.index(b'<layer src="b"')])
    assert [layer.source for layer in cut.layers] == ["a"]
    assert not cut.is_whole


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"<",
        b"hello",
        b"<html></html>",
        b"\xff\xfe\x00",
        b'<?xml version="1.0" encoding="nonsense"?><image/>',
        b'<!DOCTYPE a [<!ENTITY b "c">]><image>&b;</image>',
        b'<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><image name="&b;"/>',
    ],
)
def test_what_is_no_list_is_refused(data: bytes) -> None:
    with pytest.raises(DamagedError):
        parse(data)


def lol_bomb() -> bytes:
    entities = '<!ENTITY a "' + "x" * 50 + '">'
    for before, after in zip("abcdefgh", "bcdefghi", strict=True):
        entities += f'<!ENTITY {after} "{f"&{before};" * 10}">'
    return f'<!DOCTYPE image [{entities}]><image w="1" h="1" name="&i;"/>'.encode()


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (listed("<layer src='a'/>" * 100_000), "more than 10000 layers"),
        (listed("<stack>" * 100_000), "nested more than 50"),
        (lol_bomb(), "forbidden construct"),
        (listed(f"<layer src='a' name='{'x' * 40_000_000}'/>"), "far too long"),
    ],
    ids=["many", "deep", "entities", "long"],
)
def test_bombs_are_refused(data: bytes, words: str) -> None:
    with pytest.raises(DamagedError, match=words):
        parse(data)


def test_a_long_name_is_cut() -> None:
    (layer,) = parse(listed(f"<layer src='a' name='{'x' * 10_000_000}'/>")).layers
    assert len(layer.name) == stack_xml.MAX_NAME_CHARS
