"""What is saved comes back bit for bit, and other programs can read it."""

from __future__ import annotations

import io
import json
import zipfile
from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pyora
import pytest
from defusedxml.ElementTree import fromstring
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image

from studio.core.errors import ProjectError
from studio.core.geometry import Rect
from studio.document.blend import BLEND_MODES
from studio.document.composite import flatten
from studio.document.document import Document
from studio.document.edits import AddLayer
from studio.document.layer import LayerProperties, layer_from_image
from studio.document.pixels import premultiply, unpremultiply
from studio.document.surface import TiledSurface
from studio.project import archive, layer_plan, members, schema
from studio.project.snapshot import (
    KeptParts,
    LayerSnapshot,
    ProjectSnapshot,
    build_document,
    build_layers,
    capture,
    every_layer,
    is_document_id,
)
from tests.project import examples

FILES = settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
TEXT = st.text(max_size=40)


def round_trip(project: ProjectSnapshot, folder: Path) -> ProjectSnapshot:
    path = folder / "project.ora"
    archive.write(project, path)
    loaded = archive.read(path)
    assert loaded.warnings == ()
    assert not loaded.is_damaged
    assert not loaded.is_foreign
    return loaded.project


def test_everything_comes_back(tmp_path: Path) -> None:
    project = examples.project()
    examples.assert_same_project(project, round_trip(project, tmp_path))


@st.composite
def projects(draw: st.DrawFn) -> ProjectSnapshot:
    generator = np.random.default_rng(draw(st.integers(0, 2**32)))
    sides = st.integers(1, 300)
    places = st.integers(-300, 300)

    def rect() -> Rect:
        return Rect(draw(places), draw(places), draw(sides), draw(sides))

    layers = [
        LayerSnapshot(
            id=f"id {number}",
            properties=LayerProperties(
                name=draw(TEXT),
                is_visible=draw(st.booleans()),
                opacity=draw(st.floats(0, 1)),
                blend_mode=draw(st.sampled_from([*BLEND_MODES, "other:strange", "invented"])),
                is_locked=draw(st.booleans()),
                are_pixels_locked=draw(st.booleans()),
                is_alpha_locked=draw(st.booleans()),
                is_clipped=draw(st.booleans()),
                is_isolated=draw(st.booleans()),
                is_mask_enabled=draw(st.booleans()),
            ),
            tiles=examples.color_tiles(generator, rect()),
            mask=examples.mask_tiles(generator, rect()) if draw(st.booleans()) else None,
            recipe=replace(examples.RECIPE, prompt=draw(TEXT)) if draw(st.booleans()) else None,
        )
        for number in range(draw(st.integers(0, 3)))
    ]
    active_id = layers[0].id if layers else None
    for number in range(draw(st.integers(0, 2))):
        held = draw(st.integers(0, len(layers)))
        shell = draw(st.sampled_from(layers)) if layers else examples.tree().layers[0]
        group = replace(
            shell,
            id=f"group {number}",
            tiles={},
            recipe=None,
            children=tuple(layers[:held]),
            is_collapsed=draw(st.booleans()),
        )
        layers = [group, *layers[held:]]
    candidates = [
        examples.candidate(
            generator, f"c{number}", Rect(draw(places), draw(places), 9, 7), masked=draw(st.booleans())
        )
        for number in range(draw(st.integers(0, 2)))
    ]
    return ProjectSnapshot(
        document_id=draw(st.from_regex(r"[0-9a-f]{32}", fullmatch=True)),
        canvas=rect(),
        layers=tuple(layers),
        selection=examples.mask_tiles(generator, rect()) if draw(st.booleans()) else {},
        active_layer_id=active_id,
        frame=rect(),
        settings=draw(
            st.dictionaries(TEXT, TEXT | st.integers() | st.floats(allow_nan=False, allow_infinity=False))
        ),
        candidates=tuple(candidates),
    )


@FILES
@given(project=projects())
def test_any_project_comes_back(project: ProjectSnapshot, tmp_path: Path) -> None:
    path = tmp_path / "project.ora"
    archive.write(project, path)
    loaded = archive.read(path)
    assert not loaded.is_damaged
    examples.assert_same_project(project, loaded.project)


def test_a_half_transparent_premultiplied_pixel_of_every_kind(tmp_path: Path) -> None:
    alpha, color = np.meshgrid(np.arange(256, dtype=np.uint8), np.arange(256, dtype=np.uint8), indexing="ij")
    tile = np.stack([np.minimum(color, alpha), np.minimum(255 - color, alpha), alpha, alpha], axis=-1)
    layer = LayerSnapshot(id="a", properties=LayerProperties(name="all"), tiles={(0, 0): tile})
    project = replace(examples.project(), layers=(layer,), active_layer_id="a")
    examples.assert_same_tiles(round_trip(project, tmp_path).layers[0].tiles, layer.tiles)


def test_the_snapshot_shares_tiles_and_is_immune_to_painting(tmp_path: Path) -> None:
    document = Document(Rect(0, 0, 64, 64))
    pixels = np.full((64, 64, 4), 255, np.uint8)
    layer = layer_from_image("Photo", pixels)
    AddLayer(layer, 0).apply(document)
    project = capture(document, document_id="d", frame=document.canvas, settings={})
    assert project.layers[0].tiles[0, 0] is layer.surface.tile((0, 0))
    layer.surface.edit_tile((0, 0))[:] = 0
    loaded = round_trip(project, tmp_path)
    reopened = build_document(loaded)
    assert reopened.active_layer_id == layer.id
    assert np.array_equal(reopened.layers[0].surface.read(Rect(0, 0, 64, 64)), pixels)


# What the specification asks for -----------------------------------------------------------------------------------


def test_layout_of_the_file(tmp_path: Path) -> None:
    path = tmp_path / "project.ora"
    archive.write(examples.project(), path)
    data = path.read_bytes()
    assert data[30:38] == b"mimetype"
    assert data[38:54] == b"image/openraster"
    with zipfile.ZipFile(path) as opened:
        assert opened.testzip() is None
        infos = opened.infolist()
        assert infos[0].filename == "mimetype"
        assert {info.compress_type for info in infos} <= {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}
        assert infos[0].compress_type == zipfile.ZIP_STORED
        image = fromstring(opened.read("stack.xml"))
        assert image.tag == "image"
        assert {"version", "w", "h"} <= image.attrib.keys()
        (stack,) = image
        assert stack.tag == "stack"
        assert stack.attrib == {}
        assert [layer.get("name") for layer in stack] == ["Empty", "Mill <&> “räder” \n2", "Ground"]
        for layer in stack:
            assert {"name", "src", "x", "y", "opacity", "visibility", "composite-op"} <= layer.attrib.keys()
            with Image.open(io.BytesIO(opened.read(layer.attrib["src"]))) as picture:
                assert picture.mode == "RGBA"
        for name, longest in (("mergedimage.png", None), ("Thumbnails/thumbnail.png", 256)):
            with Image.open(io.BytesIO(opened.read(name))) as picture:
                assert picture.mode == "RGBA"
                assert longest is None or max(picture.size) <= longest
                assert picture.info.get("interlace", 0) == 0


def test_layers_are_cut_to_what_they_hold(tmp_path: Path) -> None:
    surface = TiledSurface(4)
    surface.write(Rect(100, 50, 3, 2), np.full((2, 3, 4), 255, np.uint8))
    layer = LayerSnapshot(id="a", properties=LayerProperties(name="dot"), tiles=surface.snapshot())
    path = tmp_path / "project.ora"
    archive.write(replace(examples.project(), layers=(layer,)), path)
    with zipfile.ZipFile(path) as opened:
        entry = fromstring(opened.read("stack.xml"))[0][0]
        # The canvas of the example begins at (-40, -30).
        assert (entry.get("x"), entry.get("y")) == ("140", "80")
        with Image.open(io.BytesIO(opened.read(entry.get("src")))) as picture:
            assert picture.size == (3, 2)


def test_a_second_reader_sees_the_same_pixels(tmp_path: Path) -> None:
    project = examples.project()
    path = tmp_path / "project.ora"
    archive.write(project, path)
    other = pyora.Project.load(str(path))
    assert other.dimensions == tuple(project.canvas.size)
    seen = list(other.iter_layers)
    assert [layer.name for layer in seen] == [layer.properties.name for layer in project.layers]
    for theirs, ours, built in zip(seen, project.layers, build_layers(project), strict=True):
        assert theirs.visible == ours.properties.is_visible
        assert theirs.opacity == pytest.approx(ours.properties.opacity)
        x, y = theirs.offsets
        pixels = np.asarray(theirs.get_image_data(raw=True), np.uint8)
        rect = Rect(x + project.canvas.x, y + project.canvas.y, pixels.shape[1], pixels.shape[0])
        whole = replace(ours.properties, is_visible=True, opacity=1.0, blend_mode="normal")
        built.properties = whole
        expected = flatten([built], rect)
        difference = np.abs(premultiply(pixels).astype(int) - expected)
        # A mask is applied for others; an unmasked layer is exact.
        assert difference.max(initial=0) <= (1 if ours.mask is not None else 0)


def test_the_merged_image_is_the_flattened_canvas(tmp_path: Path) -> None:
    project = examples.project()
    path = tmp_path / "project.ora"
    archive.write(project, path)
    with zipfile.ZipFile(path) as opened, Image.open(io.BytesIO(opened.read("mergedimage.png"))) as picture:
        assert np.array_equal(
            np.asarray(picture), unpremultiply(flatten(build_layers(project), project.canvas))
        )


# Other programs' files ----------------------------------------------------------------------------------------------


def png(pixels: np.ndarray[tuple[int, ...], np.dtype[np.generic]] | Image.Image) -> bytes:
    buffer = io.BytesIO()
    image = pixels if isinstance(pixels, Image.Image) else Image.fromarray(pixels)
    image.save(buffer, "PNG")
    return buffer.getvalue()


RED = png(np.full((4, 6, 4), (255, 0, 0, 255), np.uint8))


def foreign(
    path: Path, stack: str | bytes, extra: dict[str, bytes] | None = None, *, mimetype: bool = True
) -> Path:
    with zipfile.ZipFile(path, "w") as opened:
        if mimetype:
            opened.writestr("mimetype", "image/openraster")
        for name, data in {"data/a.png": RED, **(extra or {})}.items():
            opened.writestr(name, data)
        opened.writestr("stack.xml", stack)
    return path


def test_a_lean_file_without_version_merged_image_and_mimetype(tmp_path: Path) -> None:
    stack = (
        '\ufeff<image h="32" w="20"><stack><layer src="data/a.png" name="Red" x="-2" y="-1"/></stack></image>'
    )
    loaded = archive.read(foreign(tmp_path / "a.ora", stack.encode(), mimetype=False))
    assert loaded.is_foreign
    assert not loaded.is_damaged
    assert loaded.warnings == ()
    assert loaded.project.canvas == Rect(0, 0, 20, 32)
    (layer,) = loaded.project.layers
    assert layer.properties == LayerProperties(name="Red")
    assert build_layers(loaded.project)[0].surface.bounds() == Rect(-2, -1, 6, 4)


def test_groups_of_other_programs_keep_their_structure(tmp_path: Path) -> None:
    stack = """<image version="0.0.3" w="9" h="9"><stack name="root" x="0" y="0">
      <stack name="Trees" opacity="0.5" x="10" visibility="hidden">
        <stack y="3"><layer src="data/a.png" name="Oak" opacity="0.5" x="1" y="1"/></stack>
        <stack isolation="isolate" name="None"/>
      </stack>
      <layer src="data/a.png" name="Sky"/></stack></image>"""
    loaded = archive.read(foreign(tmp_path / "a.ora", stack))
    assert loaded.warnings == ()
    sky, trees = build_layers(loaded.project)
    assert (sky.properties.name, trees.properties.name) == ("Sky", "Trees")
    assert trees.properties == LayerProperties(name="Trees", opacity=0.5, is_visible=False)
    empty, inner = trees.members
    assert (empty.members, empty.properties.is_isolated) == ([], True)
    # Specification: without a word about it, a stack of full opacity that blends normally is not isolated.
    assert not inner.properties.is_isolated
    (oak,) = inner.members
    assert oak.properties == LayerProperties(name="Oak", opacity=0.5)
    assert oak.surface.bounds() == Rect(11, 4, 6, 4)


def test_a_tree_survives_and_others_see_it_too(tmp_path: Path) -> None:
    """Groups of every kind, clipping, locks, masks of groups: bit for bit; and without our parts it looks alike."""
    project = examples.tree()
    archive.write(project, tmp_path / "a.ora")
    loaded = archive.read(tmp_path / "a.ora")
    assert (loaded.warnings, loaded.is_damaged) == ((), False)
    examples.assert_same_project(project, loaded.project)
    before, after = build_layers(project), build_layers(loaded.project)
    assert np.array_equal(flatten(before, project.canvas), flatten(after, project.canvas))
    with zipfile.ZipFile(tmp_path / "a.ora") as opened:
        ours = [name for name in opened.namelist() if name.startswith("studio/")]
    rewrite(tmp_path / "a.ora", dict.fromkeys(ours))
    seen = archive.read(tmp_path / "a.ora")
    theirs = [(layer.properties.name, layer.children is None) for layer in every_layer(seen.project.layers)]
    assert theirs == [
        (layer.properties.name, layer.children is None) for layer in every_layer(project.layers)
    ]
    look = flatten(build_layers(seen.project), seen.project.canvas).astype(int)
    # What is clipped or masked as a whole has that in its own pixels: soft edges come out a little stronger. Adjustments
    # are blank there.
    plain = [layer for layer in before if layer.properties.name != "Curves"]
    assert np.abs(look - flatten(plain, project.canvas)).mean() < 4


def test_a_project_of_the_first_schema_still_opens() -> None:
    """Written by 0.1.0: a masked multiply layer with a recipe over an opaque one, a selection."""
    loaded = archive.read(Path(__file__).with_name("schema_1.ora"))
    assert (loaded.warnings, loaded.is_damaged, loaded.is_foreign) == ((), False, False)
    ground, mill = loaded.project.layers
    assert ground.properties == LayerProperties(name="Ground", is_locked=True)
    assert mill.properties == LayerProperties(name="Mill", opacity=0.5, blend_mode="multiply")
    assert mill.recipe == examples.RECIPE
    assert mill.mask is not None
    assert loaded.project.selection
    picture = unpremultiply(flatten(build_layers(loaded.project), loaded.project.canvas))
    with zipfile.ZipFile(Path(__file__).with_name("schema_1.ora")) as opened:
        merged = np.asarray(Image.open(io.BytesIO(opened.read(members.MERGED))).convert("RGBA"))
    assert np.array_equal(picture, merged)


def test_an_adjustment_painted_on_elsewhere_is_a_layer(tmp_path: Path) -> None:
    archive.write(examples.tree(), tmp_path / "a.ora")
    with zipfile.ZipFile(tmp_path / "a.ora") as opened:
        manifest = json.loads(opened.read(members.MANIFEST))
    source = next(layer["source"] for layer in manifest["layers"] if layer["id"] == "curves")
    rewrite(tmp_path / "a.ora", {source: RED})
    curves = archive.read(tmp_path / "a.ora").project.layers[-1]
    assert (curves.id, curves.effect, curves.mask) == ("curves", None, None)
    assert curves.tiles


def test_unknown_operators_attributes_and_members_survive_a_save(tmp_path: Path) -> None:
    stack = """<image version="0.0.3" w="9" h="9" xres="300" m:look="dark" xmlns:m="urn:mine"><stack m:kind="x">
      <layer src="data/a.png" name="a" composite-op="other:strange" m:strokes="data/s.dat" colour-tag="3"/>
      </stack></image>"""
    path = foreign(tmp_path / "a.ora", stack, {"data/s.dat": b"strokes", "data/layer000.png": b"theirs"})
    loaded = archive.read(path)
    assert loaded.warnings == ("The blend mode “other:strange” of “a” is unknown here and shown as normal.",)
    archive.write(loaded.project, tmp_path / "b.ora")
    again = archive.read(tmp_path / "b.ora")
    examples.assert_same_project(loaded.project, again.project)
    with zipfile.ZipFile(tmp_path / "b.ora") as opened:
        assert opened.read("data/s.dat") == b"strokes"
        assert opened.read("data/layer000.png") == b"theirs"
        image = fromstring(opened.read("stack.xml"))
    assert image.get("xres") == "300"
    assert image.get("{urn:mine}look") == "dark"
    assert image[0].get("{urn:mine}kind") == "x"
    assert image[0][0].get("composite-op") == "other:strange"
    assert image[0][0].get("{urn:mine}strokes") == "data/s.dat"
    assert image[0][0].get("colour-tag") == "3"
    assert image[0][0].get("src") == "data/layer001.png"


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGB", "RGBA", "I;16"])
def test_layers_of_every_depth(tmp_path: Path, mode: str) -> None:
    grey = Image.fromarray(np.arange(24, dtype=np.uint8).reshape(4, 6) * 10)
    picture = (
        Image.fromarray(np.arange(24, dtype=np.uint16).reshape(4, 6) * 2570)
        if mode == "I;16"
        else grey.convert(mode)
    )
    stack = '<image version="0.0.3" w="6" h="4"><stack><layer src="data/p.png" name="p"/></stack></image>'
    loaded = archive.read(foreign(tmp_path / "a.ora", stack, {"data/p.png": png(picture)}))
    expected = np.asarray((grey if mode == "I;16" else picture).convert("RGBA"), np.uint8)
    assert np.array_equal(
        build_layers(loaded.project)[0].surface.read(Rect(0, 0, 6, 4)), premultiply(expected)
    )
    assert not loaded.is_damaged


def test_what_pyora_writes_opens(tmp_path: Path) -> None:
    other = pyora.Project.new(30, 20)
    other.add_layer(Image.open(io.BytesIO(RED)), "Red", offsets=(3, 4))
    other.save(str(tmp_path / "a.ora"))
    loaded = archive.read(tmp_path / "a.ora")
    assert loaded.project.canvas == Rect(0, 0, 30, 20)
    assert build_layers(loaded.project)[0].surface.bounds() == Rect(3, 4, 6, 4)
    assert not loaded.is_damaged


# A project another program has touched ------------------------------------------------------------------------------


def rewrite(path: Path, changes: dict[str, bytes | None]) -> None:
    with zipfile.ZipFile(path) as opened:
        content: dict[str, bytes | None] = {name: opened.read(name) for name in opened.namelist()}
    with zipfile.ZipFile(path, "w") as opened:
        for name, data in {**content, **changes}.items():
            if data is not None:
                opened.writestr(name, data)


@pytest.fixture
def saved(tmp_path: Path) -> Path:
    path = tmp_path / "project.ora"
    archive.write(examples.project(), path)
    return path


def masked_source(path: Path) -> str:
    with zipfile.ZipFile(path) as opened:
        manifest = json.loads(opened.read(members.MANIFEST))
    return str(next(layer["source"] for layer in manifest["layers"] if layer["mask"]))


def test_pixels_painted_elsewhere_win_over_our_mask(saved: Path) -> None:
    rewrite(saved, {masked_source(saved): RED})
    loaded = archive.read(saved)
    mill = loaded.project.layers[1]
    assert mill.id == "mill"
    assert mill.mask is None
    assert mill.recipe == examples.RECIPE
    assert (next(iter(mill.tiles.values())).reshape(-1, 4).max(axis=0) == (255, 0, 0, 255)).all()


def test_a_renamed_and_moved_layer(saved: Path) -> None:
    with zipfile.ZipFile(saved) as opened:
        image = fromstring(opened.read("stack.xml"))
    image[0][1].set("name", "Windmill")
    image[0][1].set("x", "0")
    rewrite(saved, {"stack.xml": ElementTree.tostring(image)})
    mill = archive.read(saved).project.layers[1]
    assert mill.properties.name == "Windmill"
    assert mill.id == "mill"


def test_without_our_parts_it_is_still_the_picture(saved: Path) -> None:
    with zipfile.ZipFile(saved) as opened:
        ours = [name for name in opened.namelist() if name.startswith("studio/")]
    rewrite(saved, dict.fromkeys(ours))
    loaded = archive.read(saved)
    assert loaded.is_foreign
    before, after = examples.project(), loaded.project
    moved = replace(after, canvas=before.canvas)
    shifted = flatten(build_layers(after), after.canvas).astype(int)
    assert moved.canvas.size == after.canvas.size
    assert np.abs(shifted - flatten(build_layers(before), before.canvas)).max() <= 2


def test_a_project_from_the_future_opens_its_pixels(saved: Path) -> None:
    rewrite(
        saved, {members.MANIFEST: json.dumps({"schema": schema.SCHEMA_VERSION + 1, "layers": "?"}).encode()}
    )
    loaded = archive.read(saved)
    assert loaded.is_damaged
    assert "newer version" in loaded.warnings[0]
    assert loaded.project.layers[0].properties.name == "Ground"


def test_a_project_from_the_past_is_migrated(saved: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(schema, "SCHEMA_VERSION", schema.SCHEMA_VERSION + 1)

    def rename(values: dict[str, object]) -> dict[str, object]:
        return {**values, "settings": {"migrated": True}}

    monkeypatch.setattr(schema, "MIGRATIONS", {schema.SCHEMA_VERSION - 1: rename})
    loaded = archive.read(saved)
    assert loaded.project.settings == {"migrated": True}
    assert not loaded.is_damaged


def test_an_id_that_leads_out_of_the_journal_is_replaced(saved: Path) -> None:
    with zipfile.ZipFile(saved) as opened:
        manifest = json.loads(opened.read(members.MANIFEST))
    for identifier in ("../../home", "/etc", "a/b", "", "x" * 100, "..", None):
        rewrite(saved, {members.MANIFEST: json.dumps({**manifest, "document_id": identifier}).encode()})
        assert is_document_id(archive.read(saved).project.document_id)


def test_kept_members_cannot_replace_ours(tmp_path: Path) -> None:
    bad = dict.fromkeys(
        ("mimetype", "stack.xml", "studio/manifest.json", "../up", "/root", "c:\\x", "a//b"), b"x"
    )
    project = replace(examples.project(), kept=KeptParts(members={**bad, "ok/file": b"y"}))
    examples.assert_same_project(
        replace(project, kept=KeptParts(members={"ok/file": b"y"})), round_trip(project, tmp_path)
    )


# Refusals -----------------------------------------------------------------------------------------------------------


def test_a_layer_that_reaches_too_far_is_named(tmp_path: Path) -> None:
    tile = np.full((256, 256, 4), 255, np.uint8)
    layer = LayerSnapshot(
        id="a", properties=LayerProperties(name="Far"), tiles={(0, 0): tile, (200, 200): tile}
    )
    with pytest.raises(ProjectError, match="“Far” reaches over 51456 × 51456"):
        archive.write(replace(examples.project(), layers=(layer,)), tmp_path / "a.ora")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "content", [b"", b"x", b"not a zip at all" * 100, b"PK\x03\x04", b"PK\x05\x06" + bytes(18)]
)
def test_what_is_no_project_is_refused_with_a_sentence(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "a.ora"
    path.write_bytes(content)
    with pytest.raises(ProjectError, match=r"“a\.ora” is damaged: ") as caught:
        archive.read(path)
    assert caught.value.message.endswith(".")


def test_a_missing_file(tmp_path: Path) -> None:
    with pytest.raises(ProjectError, match=r"“a\.ora” is not there"):
        archive.read(tmp_path / "a.ora")
    with pytest.raises(ProjectError, match="cannot be read"):
        archive.read(tmp_path)


def test_what_reads_back_differently_is_not_saved(saved: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = saved.read_bytes()

    def lose_a_layer(self: object) -> list[tuple[str, bytes]]:
        return []

    monkeypatch.setattr(layer_plan.LayerPlan, "encode", lose_a_layer)
    with pytest.raises(ProjectError, match="reads back differently") as caught:
        archive.write(examples.project(1), saved)
    assert "old file is untouched" in caught.value.remedy
    assert saved.read_bytes() == before
