"""What the first bytes of a picture say, and what becomes of it (PIC-R1 to PIC-R8)."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import pytest
from hypothesis import given, strategies as st

from retail_domain.kernel.actor import Actor
from retail_domain.kernel.errors import InvalidInput
from retail_domain.kernel.ids import PictureId
from retail_domain.pictures import BYTES_MAX, Picture, PictureInUse, PictureNotFound, PictureState, PictureUnfit, Unfit
from retail_domain.pictures.model import ARRIVES_WITHIN, KEPT_UNUSED, TRIES_MAX, TRY_AGAIN_AFTER, files_of
from retail_domain.pictures.reading import PIXELS_MAX, heading_of
from retail_domain.testing.goods import NOON, member_id
from tests.support.drawn_pictures import bomb, drawn, png, sent

ALICE = Actor.member(member_id(1))
ONE = PictureId(UUID(int=1))


def arriving() -> Picture:
    content = sent()
    return Picture.announced(ONE, ALICE, heading_of(content), content, at=NOON).state


def ready() -> Picture:
    return arriving().arrived(at=NOON).state.prepared(60, 40, at=NOON).state.sent_is_gone(at=NOON).state


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
@pytest.mark.parametrize(
    "more", [{}, {"lossless": True}, {"progressive": True}, {"exif": b"Exif\x00\x00MM\x00*\x00\x00\x00\x08\x00\x00"}]
)
def test_kind_and_size_are_told_by_the_first_bytes(kind: str, more: dict[str, object]) -> None:
    """PIC-R2, PIC-R3."""
    told = heading_of(sent(kind, drawn(123, 45), **more))

    assert (told.kind.value, told.width, told.height) == (kind.lower(), 123, 45)


@pytest.mark.parametrize(
    ("content", "rule"),
    [
        (b"", "required"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "kind"),
        (b"GIF89a" + bytes(100), "kind"),
        (b"BM" + bytes(100), "kind"),
        (b"<html>" + b"\xff\xd8\xff", "kind"),
        (b"PK\x03\x04" + b"\x89PNG\r\n\x1a\n", "kind"),
        (b"\x89PNG\r\n\x1a\n", "format"),
        (b"\xff\xd8\xff\xd9", "format"),
        (b"\xff\xd8\xff\xe0" + bytes(100), "format"),
        (b"RIFF\x00\x00\x00\x00WEBPVP8 ", "format"),
        (b"RIFF\x00\x00\x00\x00WEBPXXXX" + bytes(40), "format"),
        (png(0, 5, b""), "format"),
        (bomb(), "pixels"),
        (png(16_384, 1, b""), "pixels"),
        (sent() + bytes(BYTES_MAX), "bytes"),
    ],
)
def test_nothing_else_is_taken_and_what_is_wrong_is_said(content: bytes, rule: str) -> None:
    """PIC-R1, PIC-R2, PIC-R3: by kind, by bytes, by pixels; all before anything is decoded."""
    with pytest.raises(InvalidInput) as refused:
        heading_of(content)

    assert [(one.field, one.rule) for one in refused.value.problems] == [("picture", rule)]


def test_a_bomb_is_a_small_file() -> None:
    """The test above would prove nothing with a large one."""
    assert len(bomb()) < 10_000


@given(st.one_of(st.binary(max_size=200), st.builds(lambda start, rest: start + rest, st.sampled_from([
    b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR", b"RIFF0000WEBPVP8X", b"RIFF0000WEBPVP8L",
    b"RIFF0000WEBPVP8 ", sent()[:30], sent("PNG")[:30], sent("WEBP")[:30],
]), st.binary(max_size=400))))  # fmt: skip
def test_any_bytes_are_a_picture_of_a_bounded_size_or_refused_by_name(content: bytes) -> None:
    """PIC-R2, PIC-R3: never anything else, and never without an end."""
    try:
        told = heading_of(content)
    except InvalidInput as refused:
        fields = {one.field for one in refused.problems}
    else:
        fields = {"picture"} if 1 <= told.width * told.height <= PIXELS_MAX else {"too many pixels"}

    assert fields == {"picture"}


@given(st.integers(1, 16_383), st.integers(1, 16_383))
def test_no_file_is_larger_than_what_was_sent_and_all_have_its_shape(width: int, height: int) -> None:
    """PIC-R5: never enlarged; a JPEG for cards is always among them."""
    made = files_of("a", width, height)

    assert all(one.width <= width and one.height >= 1 for one in made)
    assert len({one.name for one in made}) == len(made) and [one.name.endswith("jpg") for one in made].count(True) == 1
    assert max(one.width for one in made) == min(width, 1600)
    assert all(abs(one.height - height * one.width / width) <= 1 for one in made)


def test_an_upload_that_never_ends_goes_and_one_that_ended_is_told_once() -> None:
    """PIC-R7."""
    picture = arriving()
    assert not picture.is_due(NOON) and picture.is_due(NOON + ARRIVES_WITHIN)
    waiting = picture.arrived(at=NOON).state

    assert waiting.state is PictureState.WAITING and waiting.is_due(NOON)
    assert waiting.arrived(at=NOON + ARRIVES_WITHIN).state == waiting


def test_who_dies_of_a_picture_again_and_again_refuses_it() -> None:
    """PIC-R4: a bomb that kills its worker kills it a few times at most."""
    picture = arriving().arrived(at=NOON).state
    for _ in range(TRIES_MAX):
        picture = picture.taken_up(at=NOON).state
        assert (picture.state, picture.due_at) == (PictureState.WAITING, NOON + TRY_AGAIN_AFTER)

    assert (refused := picture.taken_up(at=NOON).state).state is PictureState.REFUSED and refused.reason is Unfit.TOO_HARD


def test_a_picture_is_kept_while_something_shows_it_and_a_day_longer() -> None:
    """PIC-R8."""
    picture = ready()
    assert picture.due_at == NOON + KEPT_UNUSED
    shown = picture.used(at=NOON).state.used(at=NOON).state
    assert shown.due_at is None
    with pytest.raises(PictureInUse):
        shown.goes(at=NOON)
    later = NOON + timedelta(days=400)

    assert shown.let_go(at=later).state.due_at is None
    assert shown.let_go(at=later).state.let_go(at=later).state.due_at == later + KEPT_UNUSED


def test_neither_a_refused_nor_a_going_picture_can_be_shown() -> None:
    """PIC-R8: but one in preparation can."""
    waiting = arriving().arrived(at=NOON).state
    assert waiting.used(at=NOON).state.uses == 1
    with pytest.raises(PictureUnfit):
        waiting.refused(Unfit.BROKEN, at=NOON).state.used(at=NOON)
    for gone in (arriving(), ready().goes(at=NOON).state):
        with pytest.raises(PictureNotFound):
            gone.used(at=NOON)


def test_what_is_forgotten_in_preparation_goes_when_that_must_have_ended() -> None:
    """PIC-R7: else files would be written after they were deleted; and what comes of it changes nothing any more."""
    going = arriving().arrived(at=NOON).state.taken_up(at=NOON).state.goes(at=NOON).state

    assert going.due_at == NOON + TRY_AGAIN_AFTER
    assert going.prepared(60, 40, at=NOON).state == going and going.refused(Unfit.BROKEN, at=NOON).state == going
