"""Pictures are decoded by a child and written anew: whatever is sent, what is served is plain (PIC-R4, PIC-R5)."""

from __future__ import annotations

import asyncio
from typing import Final

import pytest
from hypothesis import HealthCheck, given, settings, strategies as st
from PIL import Image

from retail_adapters.pictures import PrepareInChild
from retail_adapters.pictures.decoding import CannotShow, prepared
from retail_domain.pictures import PreparedPicture, Unfit
from tests.support.drawn_pictures import (
    SECRET,
    bomb,
    drawn,
    moving,
    pixel,
    png,
    sent,
    shape_of,
    told_by,
    with_places,
)

PREPARE: Final = PrepareInChild()


async def made_of(content: bytes) -> PreparedPicture:
    made = await PREPARE(content)
    assert isinstance(made, PreparedPicture), made
    return made


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
async def test_nothing_that_a_picture_tells_beside_its_pixels_is_served(kind: str) -> None:
    """PIC-R5: no place, no camera, no profile, no comment; whatever the kind."""
    content = with_places(kind)
    assert SECRET in content or kind == "PNG"
    assert told_by(content)["exif"]

    made = await made_of(content)

    for name, written in made.contents.items():
        assert told_by(written) == {"exif": {}}, name
        assert SECRET not in written and b"Exif" not in written and b"ICC" not in written


@pytest.mark.parametrize(("orientation", "dark_at"), [(1, (0.1, 0.5)), (3, (0.9, 0.5)), (6, (0.5, 0.1)), (8, (0.5, 0.9))])
async def test_a_picture_is_turned_upright(orientation: int, dark_at: tuple[float, float]) -> None:
    """PIC-R5: as the camera was held; its size is the one upright."""
    made = await made_of(with_places(orientation=orientation))

    assert (made.width, made.height) == ((60, 40) if orientation < 5 else (40, 60))
    for written in made.contents.values():
        light_at = (1 - dark_at[0], 1 - dark_at[1])
        assert pixel(written, *dark_at)[0] < 80 and pixel(written, *light_at)[0] > 180


async def test_files_have_their_widths_and_kinds_and_are_never_enlarged() -> None:
    """PIC-R5."""
    large = await made_of(sent(picture=drawn(3000, 1500)))
    small = await made_of(sent(picture=drawn(500, 1000)))

    assert {name: shape_of(one) for name, one in large.contents.items()} == {
        "400.webp": ("WEBP", (400, 200)), "800.webp": ("WEBP", (800, 400)), "1600.webp": ("WEBP", (1600, 800)),
        "800.jpg": ("JPEG", (800, 400)),
    }  # fmt: skip
    assert {name: shape_of(one) for name, one in small.contents.items()} == {
        "400.webp": ("WEBP", (400, 800)), "500.webp": ("WEBP", (500, 1000)), "500.jpg": ("JPEG", (500, 1000)),
    }  # fmt: skip


@pytest.mark.parametrize(
    ("kind", "mode"),
    [
        ("JPEG", "CMYK"),
        ("JPEG", "L"),
        ("PNG", "I;16"),
        ("PNG", "LA"),
        ("PNG", "P"),
        ("PNG", "1"),
        ("PNG", "RGBA"),
        ("WEBP", "RGBA"),
    ],
)
async def test_every_way_to_say_colours_is_understood(kind: str, mode: str) -> None:
    """PIC-R5: the dark half stays dark and the light half light."""
    grey = drawn(mode="L")
    picture = (
        Image.frombytes("I;16", grey.size, b"".join(bytes((value, value)) for value in grey.tobytes()))
        if mode == "I;16"
        else grey.convert(mode)
    )

    made = await made_of(sent(kind, picture))

    for written in made.contents.values():
        assert pixel(written, 0.1, 0.5)[0] < 60 and pixel(written, 0.9, 0.5)[0] > 200


async def test_what_shines_through_stays_so_and_a_card_has_paper_behind_it() -> None:
    """PIC-R5."""
    made = await made_of(sent("PNG", Image.new("RGBA", (50, 50), (200, 0, 0, 0))))

    assert pixel(made.contents["50.jpg"], 0.5, 0.5) == (255, 255, 255)


@pytest.mark.parametrize(
    ("content", "unfit"),
    [
        (bomb(), Unfit.TOO_LARGE),
        (png(6_000, 6_000, b"\x78\x9c"), Unfit.BROKEN),
        (sent(picture=drawn(300, 300))[:-200], Unfit.BROKEN),
        (sent("PNG")[:60], Unfit.BROKEN),
        (sent("WEBP", drawn(300, 300), lossless=True)[:-40], Unfit.BROKEN),
        (b"\xff\xd8\xff" + b"<html><script>alert(1)</script>" * 9, Unfit.BROKEN),
        (b"", Unfit.BROKEN),
        (moving("WEBP"), Unfit.MOVING),
        (moving("PNG"), Unfit.MOVING),
    ],
)
async def test_what_is_none_is_refused_with_its_reason(content: bytes, unfit: Unfit) -> None:
    """PIC-R3, PIC-R4."""
    assert await PREPARE(content) is unfit


@pytest.mark.parametrize("behind", [b"<html><script>alert(1)</script></html>", b"PK\x03\x04" + b"payload" * 30])
@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
async def test_what_hides_behind_a_picture_is_not_served(kind: str, behind: bytes) -> None:
    """PIC-R5: a file that is a picture to one and a page or an archive to another is only a picture afterwards."""
    made = await made_of(sent(kind) + behind)

    assert all(behind[4:20] not in written for written in made.contents.values())


async def test_time_and_memory_of_one_picture_have_an_end() -> None:
    """PIC-R4: whoever prepares goes on, and the next picture is prepared."""
    sound = sent(picture=drawn(4_000, 4_000))
    assert await PrepareInChild(memory_bytes=90 * 1024 * 1024)(sound) in (Unfit.TOO_HARD, Unfit.BROKEN)
    assert await PrepareInChild(wall_seconds=0.01)(sound) is Unfit.TOO_HARD
    assert isinstance(await PREPARE(sent()), PreparedPicture)


async def test_forty_megapixels_are_prepared_within_the_limits() -> None:
    """PIC-R3: the largest that is let in does not fail of its size."""
    made = await made_of(sent("PNG", Image.new("RGBA", (8_000, 5_000), (9, 99, 9, 200)), compress_level=1))

    assert (made.width, made.height) == (8_000, 5_000)


async def test_several_are_prepared_at_once_and_each_gets_its_own() -> None:
    """PIC-R4."""
    made = await asyncio.gather(*(PREPARE(sent(picture=drawn(20 + n, 30))) for n in range(5)))

    assert [one.width for one in made if isinstance(one, PreparedPicture)] == [20, 21, 22, 23, 24]


@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(st.sampled_from([sent(), sent("PNG"), sent("WEBP"), with_places()]), st.data())
def test_damaged_pictures_are_prepared_or_refused_and_nothing_else(content: bytes, data: st.DataObject) -> None:
    """PIC-R4: a byte changed, or the end cut off, anywhere."""
    at = data.draw(st.integers(0, len(content) - 1))
    changed = (
        content[:at] + bytes([data.draw(st.integers(0, 255))]) + content[at + 1 : data.draw(st.integers(at, len(content)))]
    )
    try:
        width, height, files = prepared(changed)
    except CannotShow:
        return
    assert width >= 1 and height >= 1 and files
