"""Pictures of every kind come in with the right colours, upright, or are refused with a sentence."""

from __future__ import annotations

import io
import struct
import sys
import zlib
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageCms, ImageFile, ImageOps

from studio.core.errors import ProjectError
from studio.document.pixels import UInt8Array
from studio.project import png
from studio.project.formats import FORMATS, images
from studio.project.formats.format import DAMAGED, FIRST_PICTURE, EncodeOptions


@pytest.fixture(autouse=True)
def no_other_program() -> Iterator[None]:
    """Decoding a picture starts no process and opens no connection, whatever it pretends to be."""
    forbidden = ("subprocess.Popen", "os.system", "os.exec", "os.posix_spawn", "os.fork", "socket.connect")
    seen: list[str] = []
    is_on = [True]

    def watch(event: str, _: object) -> None:
        if is_on[0] and event in forbidden:
            seen.append(event)

    # A hook cannot be removed: it is switched off.
    sys.addaudithook(watch)
    yield
    is_on[0] = False
    assert seen == []


def saved(image: Image.Image, format_id: str, **options: object) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, format_id, **options)
    return buffer.getvalue()


def photo(width: int = 40, height: int = 30) -> Image.Image:
    x, y = np.meshgrid(np.linspace(0, 255, width), np.linspace(0, 255, height))
    return Image.fromarray(np.stack([x, y, 255 - x], axis=-1).astype(np.uint8))


def with_alpha() -> Image.Image:
    image = photo().convert("RGBA")
    image.putalpha(Image.fromarray(np.linspace(0, 255, 40 * 30).reshape(30, 40).astype(np.uint8)))
    return image


# Modes --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("format_id", "mode"),
    [
        *[("PNG", mode) for mode in ("1", "L", "LA", "P", "RGB", "RGBA")],
        *[("TIFF", mode) for mode in ("1", "L", "LA", "P", "RGB", "RGBA", "YCbCr")],
        *[("BMP", mode) for mode in ("1", "L", "P", "RGB", "RGBA")],
        *[("GIF", mode) for mode in ("1", "L", "P")],
        *[("JPEG", mode) for mode in ("L", "RGB")],
        *[("WEBP", mode) for mode in ("RGB", "RGBA")],
    ],
)
def test_common_modes(format_id: str, mode: str) -> None:
    options = {"lossless": True, "exact": True} if format_id == "WEBP" else {}
    data = saved(with_alpha().convert(mode), format_id, **options)
    decoded = images.decode(data)
    with Image.open(io.BytesIO(data)) as reference:
        expected = np.asarray(reference.convert("RGBA"), np.uint8)
    assert np.array_equal(decoded.pixels, expected)
    assert decoded.pixels.dtype == np.uint8
    assert decoded.pixels.flags.c_contiguous
    assert decoded.format == format_id.lower()
    assert decoded.notices == ()


def test_palette_and_grey_with_a_transparent_colour() -> None:
    palette = photo().convert("P", palette=Image.Palette.ADAPTIVE, colors=16)
    decoded = images.decode(saved(palette, "PNG", transparency=3))
    assert np.array_equal(decoded.pixels[..., 3] == 0, np.asarray(palette) == 3)
    grey = photo().convert("L")
    decoded = images.decode(saved(grey, "PNG", transparency=100))
    assert np.array_equal(decoded.pixels[..., 3] == 0, np.asarray(grey) == 100)


def test_sixteen_bit_grey_keeps_its_tones() -> None:
    values = np.linspace(0, 65_535, 40 * 30).reshape(30, 40).astype(np.uint16)
    for format_id in ("PNG", "TIFF"):
        decoded = images.decode(saved(Image.fromarray(values), format_id))
        assert np.abs(decoded.pixels[..., 0] - values / 257).max() <= 0.5
        assert (decoded.pixels[..., 3] == 255).all()
        assert decoded.notices == ("16 bits per channel were reduced to 8.",)


def deep_png(channels: int) -> tuple[bytes, np.ndarray[tuple[int, ...], np.dtype[np.uint16]]]:
    color_type = {3: 2, 4: 6, 2: 4}[channels]
    values = np.arange(6 * 5 * channels, dtype=np.uint16).reshape(5, 6, channels) * 700
    rows = b"".join(b"\0" + row.astype(">u2").tobytes() for row in values)
    header = struct.pack(">IIBBBBB", 6, 5, 16, color_type, 0, 0, 0)
    parts = [png.chunk(b"IHDR", header), png.chunk(b"IDAT", zlib.compress(rows)), png.chunk(b"IEND", b"")]
    return png.SIGNATURE + b"".join(parts), values


@pytest.mark.parametrize("channels", [3, 4])
def test_sixteen_bit_colour_is_said(channels: int) -> None:
    data, values = deep_png(channels)
    decoded = images.decode(data)
    assert np.array_equal(decoded.pixels[..., :channels], values >> 8)
    assert decoded.notices == ("16 bits per channel were reduced to 8.",)


def test_floating_point_grey() -> None:
    values = np.linspace(0, 1, 100, dtype=np.float32).reshape(10, 10)
    values[0, 0] = np.nan
    decoded = images.decode(saved(Image.fromarray(values), "TIFF"))
    assert decoded.pixels[9, 9, 0] == 255
    assert decoded.pixels[5, 0, 1] == pytest.approx(values[5, 0] * 255, abs=1)
    assert "Floating-point" in decoded.notices[0]


def test_cmyk_is_said() -> None:
    for format_id in ("JPEG", "TIFF"):
        decoded = images.decode(saved(photo().convert("CMYK"), format_id))
        assert np.abs(decoded.pixels[..., :3].astype(int) - np.asarray(photo())).max() < 40
        assert "without a profile" in decoded.notices[0]


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("format_id", ["JPEG", "PNG", "WEBP", "TIFF"])
def test_the_camera_s_orientation(orientation: int, format_id: str) -> None:
    exif = Image.Exif()
    exif[0x0112] = orientation
    options = {"lossless": True} if format_id == "WEBP" else {}
    data = saved(photo(), format_id, exif=exif, **options)
    with Image.open(io.BytesIO(data)) as stored:
        expected = ImageOps.exif_transpose(stored).convert("RGBA")
    assert np.array_equal(images.decode(data).pixels, np.asarray(expected))


# Colour profiles ----------------------------------------------------------------------------------------------------


def icc(name: str) -> bytes:
    return ImageCms.ImageCmsProfile(ImageCms.createProfile(name)).tobytes()  # type: ignore[arg-type]  # a literal


def swapped_profile() -> bytes:
    """A profile for a display whose red is sRGB's blue."""
    data = bytearray(icc("sRGB"))
    count = struct.unpack(">I", data[128:132])[0]
    places = {bytes(data[132 + 12 * n : 136 + 12 * n]): 136 + 12 * n for n in range(count)}
    red, blue = places[b"rXYZ"], places[b"bXYZ"]
    data[red : red + 8], data[blue : blue + 8] = data[blue : blue + 8], data[red : red + 8]
    return bytes(data)


def test_an_srgb_profile_changes_no_pixel() -> None:
    decoded = images.decode(saved(photo(), "PNG", icc_profile=icc("sRGB")))
    assert np.array_equal(decoded.pixels[..., :3], np.asarray(photo()))
    assert decoded.notices == ()


@pytest.mark.parametrize("format_id", ["PNG", "TIFF", "WEBP"])
def test_another_profile_is_converted_and_alpha_kept(format_id: str) -> None:
    image = with_alpha()
    image.paste((255, 0, 0, 128), (0, 0, 10, 10))
    options = {"lossless": True, "exact": True} if format_id == "WEBP" else {}
    decoded = images.decode(saved(image, format_id, icc_profile=swapped_profile(), **options))
    assert np.abs(decoded.pixels[5, 5].astype(int) - (0, 0, 255, 128)).max() <= 2
    assert decoded.notices == ("The colours were converted to sRGB.",)


def test_a_broken_or_foreign_profile_is_said() -> None:
    for profile in (b"nonsense", swapped_profile()[:200], icc("LAB")):
        decoded = images.decode(saved(photo(), "PNG", icc_profile=profile))
        assert np.array_equal(decoded.pixels[..., :3], np.asarray(photo()))
        assert "profile could not be used" in decoded.notices[0]


# Damage -------------------------------------------------------------------------------------------------------------


def noisy() -> Image.Image:
    return Image.fromarray(np.random.default_rng(3).integers(0, 256, (60, 50, 3), np.uint8))


@pytest.mark.parametrize(
    ("format_id", "options"),
    [
        ("PNG", {}),
        ("JPEG", {"quality": 95}),
        ("JPEG", {"quality": 95, "progressive": True}),
        ("BMP", {}),
        ("GIF", {}),
        ("TIFF", {}),
        ("TIFF", {"compression": "tiff_lzw"}),
        ("WEBP", {}),
    ],
)
def test_a_cut_picture_shows_its_part_with_a_notice_or_is_refused(
    format_id: str, options: dict[str, object]
) -> None:
    data = saved(noisy(), format_id, **options)
    whole = images.decode(data).pixels
    for share in (0.0, 0.01, 0.1, 0.3, 0.6, 0.9, 0.99):
        cut = data[: int(len(data) * share)]
        try:
            decoded = images.decode(cut)
        except ProjectError as error:
            refusal = error.message
            assert refusal.startswith("The picture is ")
            assert share < 0.9 or format_id in ("WEBP", "TIFF")
            continue
        assert DAMAGED in decoded.notices
        assert decoded.pixels.shape == whole.shape
        if format_id in ("PNG", "JPEG") and "progressive" not in options:
            rows = int(60 * share * 0.7) // 16 * 16
            assert np.array_equal(decoded.pixels[:rows, :, :3], whole[:rows, :, :3])


def test_a_wrong_checksum_alone_costs_nothing() -> None:
    data = bytearray(saved(noisy(), "PNG"))
    at = data.index(b"IDAT")
    length = struct.unpack(">I", data[at - 4 : at])[0]
    data[at + 4 + length] ^= 0xFF
    decoded = images.decode(bytes(data))
    assert np.array_equal(decoded.pixels[..., :3], np.asarray(noisy()))
    assert decoded.notices == (DAMAGED,)


@pytest.mark.parametrize("format_id", ["PNG", "JPEG", "WEBP", "GIF", "BMP", "TIFF"])
def test_random_damage_never_crashes(format_id: str) -> None:
    data = saved(noisy(), format_id)
    generator = np.random.default_rng(11)
    for _ in range(60):
        broken = bytearray(data)
        for position in generator.integers(0, len(data), int(generator.integers(1, 20))):
            broken[position] = int(generator.integers(0, 256))
        try:
            decoded = images.decode(bytes(broken), max_pixels=4_000_000)
        except ProjectError as error:
            message = error.message
            assert message.endswith(".")
        else:
            assert decoded.pixels.ndim == 3


def header_only(width: int, height: int) -> bytes:
    header = struct.pack(">IIBBBBB", width, height, 8, 6, 0, 0, 0)
    return png.SIGNATURE + png.chunk(b"IHDR", header) + png.chunk(b"IDAT", b"") + png.chunk(b"IEND", b"")


def test_huge_pictures_are_refused_by_their_header() -> None:
    with pytest.raises(ProjectError, match="has 900 megapixels, more than the limit of 268"):
        images.decode(header_only(30_000, 30_000))
    with pytest.raises(ProjectError, match="100000 × 10 pixels; the limit is 16384"):
        images.decode(header_only(100_000, 10))
    with pytest.raises(ProjectError):
        images.decode(header_only(2**31 - 1, 2**31 - 1))
    with pytest.raises(ProjectError):
        images.decode(header_only(0, 10))


def test_a_header_that_claims_more_than_the_file_can_hold() -> None:
    with pytest.raises(ProjectError, match="is damaged"):
        images.decode(header_only(16_000, 16_000))


@pytest.mark.parametrize("format_id", ["PNG", "JPEG", "WEBP", "GIF", "BMP", "TIFF"])
@pytest.mark.parametrize("mode", ["1", "L", "RGB"])
def test_the_emptiest_picture_is_still_believed(format_id: str, mode: str) -> None:
    if mode == "1" and format_id in ("JPEG", "WEBP"):
        mode = "L"
    image = Image.new(mode, (2000, 1500))
    data = saved(image, format_id)
    if format_id == "TIFF":
        data = saved(image, format_id, compression="tiff_adobe_deflate")
    elif format_id == "WEBP":
        data = saved(image, format_id, lossless=True)
    assert images.decode(data).size == (2000, 1500)


def test_no_pixel_is_decoded_before_the_size_is_known(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(_: Image.Image) -> None:
        raise AssertionError("decoded too early")

    for format in FORMATS.values():
        image = photo().convert("P" if format.identifier == "gif" else "RGB")
        data = saved(image, format.identifier)
        with monkeypatch.context() as patch:
            patch.setattr(ImageFile.ImageFile, "load", refuse)
            format.open(data)


def test_a_second_header_cannot_enlarge_the_picture() -> None:
    small = saved(photo(), "PNG")
    big = png.chunk(b"IHDR", struct.pack(">IIBBBBB", 40_000, 40_000, 8, 6, 0, 0, 0))
    with pytest.raises(ProjectError):
        images.decode(png.insert_chunks(small, [big]))


def test_one_pixel() -> None:
    assert images.decode(saved(photo(1, 1), "PNG")).size == (1, 1)


def test_animations_show_their_first_picture() -> None:
    frames = [photo(), ImageOps.invert(photo())]
    for format_id in ("GIF", "WEBP", "PNG"):
        options = {"lossless": True} if format_id == "WEBP" else {}
        data = saved(frames[0], format_id, save_all=True, append_images=frames[1:], **options)
        decoded = images.decode(data)
        assert FIRST_PICTURE in decoded.notices
        assert np.abs(decoded.pixels[..., :3].astype(int) - np.asarray(photo())).max() < 60


# Strangers ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "is empty"),
        (b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 10 10\n(x) show\n", "a PostScript file"),
        (b"\xc5\xd0\xd3\xc6" + bytes(28), "a PostScript file"),
        (b"%PDF-1.7", "a PDF document"),
        (b"8BPS\0\1", "a Photoshop file"),
        (b"<svg xmlns='x'/>", "an SVG drawing"),
        (b"\xef\xbb\xbf<?xml version='1.0'?><svg/>", "an XML file"),
        (b"<!DOCTYPE html><html>", "a web page"),
        (b"version https://git-lfs.github.com/spec/v1\n", "a Git LFS pointer"),
        (b"\0\0\0 ftypavif", "HEIC, AVIF"),
        (b"PK\x03\x04", "an archive"),
        (b"hello", "no picture of a known format"),
    ],
)
def test_strangers_named_png_are_refused_by_name(tmp_path: Path, content: bytes, words: str) -> None:
    path = tmp_path / "picture.png"
    path.write_bytes(content)
    with pytest.raises(ProjectError, match=words) as caught:
        images.read(path)
    assert caught.value.message.startswith("“picture.png” ")


def test_the_content_counts_not_the_name(tmp_path: Path) -> None:
    path = tmp_path / "picture.jpg"
    path.write_bytes(saved(photo(), "PNG"))
    assert images.read(path).format == "png"


def test_missing_files_and_folders(tmp_path: Path) -> None:
    with pytest.raises(ProjectError, match="is not there"):
        images.read(tmp_path / "gone.png")
    with pytest.raises(ProjectError, match="cannot be read"):
        images.read(tmp_path)


# Text inside --------------------------------------------------------------------------------------------------------


def with_chunks(*chunks: bytes) -> bytes:
    return png.insert_chunks(saved(photo(), "PNG"), chunks)


def test_no_text_can_spoil_a_picture() -> None:
    bomb = zlib.compress(bytes(50_000_000))
    decoded = images.decode(
        with_chunks(
            png.chunk(b"tEXt", b"long\0" + b"x" * 5_000_000),
            png.chunk(b"zTXt", b"bomb\0\0" + bomb),
            png.chunk(b"iTXt", b"bomb2\0\1\0\0\0" + bomb),
            png.chunk(b"iTXt", b"bad\0\0\0\0\0\xff\xfe"),
            png.chunk(b"iTXt", b"cut"),
            png.chunk(b"zTXt", b"broken\0\0nonsense"),
            png.chunk(b"tEXt", b"\0no keyword"),
            png.chunk(b"iCCP", b"icc\0\0" + bomb[:100]),
        )
    )
    assert np.array_equal(decoded.pixels[..., :3], np.asarray(photo()))
    assert len(decoded.texts["long"]) == 1_000_000
    assert len(decoded.texts["bomb"]) == 1_000_000
    assert len(decoded.texts["bomb2"]) == 1_000_000
    assert decoded.texts["bad"] == "��"


def test_text_behind_the_pixels_is_found() -> None:
    data = saved(photo(), "PNG")
    end = data.rindex(b"IEND") - 4
    decoded = images.decode(data[:end] + png.text_chunk("parameters", "late") + data[end:])
    assert decoded.texts == {"parameters": "late"}


# Out ----------------------------------------------------------------------------------------------------------------


def rgba() -> UInt8Array:
    return np.asarray(with_alpha(), np.uint8)


def test_png_keeps_every_byte_and_says_srgb() -> None:
    for pixels in (rgba(), np.asarray(photo().convert("RGBA"), np.uint8)):
        data = images.encode(pixels, "png")
        assert np.array_equal(images.decode(data).pixels, pixels)
        assert b"sRGB" in data[:64]
        with Image.open(io.BytesIO(data)) as reference:
            reference.verify()


def test_lossless_webp_keeps_every_byte() -> None:
    data = images.encode(rgba(), "webp", options=EncodeOptions(is_lossless=True))
    assert np.array_equal(images.decode(data).pixels, rgba())


def test_jpeg_shows_white_where_it_is_transparent() -> None:
    pixels = np.zeros((16, 16, 4), np.uint8)
    decoded = images.decode(images.encode(pixels, "jpeg"))
    assert (decoded.pixels == 255).all()
    assert decoded.notices == ()


@pytest.mark.parametrize("format_id", ["jpeg", "webp"])
def test_quality_changes_the_size(format_id: str) -> None:
    pixels = np.asarray(noisy().convert("RGBA"), np.uint8)
    sizes = [
        len(images.encode(pixels, format_id, options=EncodeOptions(quality=quality))) for quality in (20, 95)
    ]
    assert sizes[0] < sizes[1]


def test_a_picture_a_format_cannot_hold() -> None:
    wide = np.zeros((1, 16_384, 4), np.uint8)
    with pytest.raises(ProjectError, match="WebP pictures can be at most 16383"):
        images.encode(wide, "webp")
    images.encode(wide, "png")


def test_names_choose_formats(tmp_path: Path) -> None:
    assert images.format_for(Path("A.JPG")).identifier == "jpeg"
    with pytest.raises(ProjectError, match="which format") as caught:
        images.format_for(Path("a.gif"))
    assert ".png, .jpg, .webp" in caught.value.remedy
    images.write(tmp_path / "a.webp", rgba())
    assert images.read(tmp_path / "a.webp").format == "webp"


def test_the_table_is_sound() -> None:
    assert {key for key, value in FORMATS.items() if value.encode} == {"png", "jpeg", "webp"}
    for key, format in FORMATS.items():
        assert key == format.identifier
        assert all(extension.startswith(".") for extension in format.extensions)


@pytest.mark.parametrize("shape", [(7, 5), (7, 5, 3), (7, 5, 4), (1, 1, 4), (300, 2, 4)])
def test_the_fast_writer_keeps_every_byte(shape: tuple[int, ...]) -> None:
    pixels = np.random.default_rng(1).integers(0, 256, shape, np.uint8)
    with Image.open(io.BytesIO(png.encode(pixels))) as image:
        assert np.array_equal(np.asarray(image), pixels)
