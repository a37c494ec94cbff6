"""Forms with files: whatever browsers send is read back byte by byte, and what they would not send is refused (R34, R37)."""

from __future__ import annotations

import pytest
from hypothesis import given, strategies as st

from retail_entrypoints.http.refusals import Malformed, TooLarge
from retail_entrypoints.web.uploads import boundary_of, read_parts

EDGE = b"----WebKitFormBoundary7MA4YWxk"
NAMES = st.text("abcdefghijklmnopqrstuvwxyz_", min_size=1, max_size=12)
NEARLY = st.sampled_from([b"\r\n", b"--", EDGE[:-1], b"\r\n--" + EDGE[:10], b"\r\n\r\n", b"\x00", b"\xff"])
CONTENTS = st.lists(NEARLY | st.binary(max_size=30), max_size=6).map(b"".join)


def written(fields: list[tuple[str, str]], files: list[tuple[str, str, bytes]]) -> bytes:
    """As browsers write it."""
    out = b""
    for name, text in fields:
        out += b'--%s\r\nContent-Disposition: form-data; name="%s"\r\n\r\n%s\r\n' % (EDGE, name.encode(), text.encode())
    for name, file_name, content in files:
        out += b'--%s\r\nContent-Disposition: form-data; name="%s"; filename="%s"\r\n' % (
            EDGE,
            name.encode(),
            file_name.encode(),
        )
        out += b"Content-Type: image/jpeg\r\n\r\n%s\r\n" % content
    return out + b"--%s--\r\n" % EDGE


@given(
    st.lists(st.tuples(NAMES, st.text(st.characters(exclude_categories=["Cs"]), max_size=40)), max_size=4),
    st.lists(st.tuples(NAMES, st.sampled_from(["a.jpg", "茶 %22.png"]), CONTENTS), max_size=4),
)
def test_what_a_browser_sends_is_read_back(fields: list[tuple[str, str]], files: list[tuple[str, str, bytes]]) -> None:
    """Every field and file in its order, whatever bytes a file holds but the boundary itself (R34)."""
    read, came = read_parts(written(fields, files), EDGE, 20)

    assert list(read) == fields
    assert [(one.name, one.content) for one in came] == [(name, content) for name, _, content in files]


def test_a_field_of_files_in_which_none_was_chosen_brings_none() -> None:
    """Browsers send an empty part without a name then (R34)."""
    assert read_parts(written([("text", "好")], [("files", "", b"")]), EDGE, 20) == ([("text", "好")], [])


@given(st.binary(max_size=200), st.integers(0, 400))
def test_what_no_browser_sends_is_refused_and_breaks_nothing(noise: bytes, at: int) -> None:
    """Cut off, or with bytes put in between: a refusal that says so, or a form (R34)."""
    whole = written([("text", "好")], [("files", "a.jpg", b"tea")])
    for raw in (noise, whole[:at], whole[:at] + noise + whole[at:]):
        try:
            fields, files = read_parts(raw, EDGE, 20)
        except (Malformed, TooLarge):
            continue
        assert len(fields) + len(files) <= 20


@pytest.mark.parametrize(
    "raw",
    [
        b"", b"--" + EDGE, b"x" + written([("a", "b")], []), written([("a", "b")], [])[:-4],
        written([("a", "b")], []).replace(b"form-data", b"attachment"), written([("a", "b")], []).replace(b'name="a"', b""),
        written([("a", "b")], []).replace(b"b\r\n", b"\xff\r\n"),
        written([("a", "b")], []).replace(b"Content-Disposition", b"Content-Disposition: form-data\r\ncontent-disposition"),
    ],
)  # fmt: skip
def test_a_form_that_is_broken_off_or_unnamed_is_refused(raw: bytes) -> None:
    """R34, R37."""
    with pytest.raises(Malformed):
        read_parts(raw, EDGE, 20)


def test_more_parts_than_may_come_are_too_large() -> None:
    """R37."""
    with pytest.raises(TooLarge):
        read_parts(written([("a", "b")] * 21, []), EDGE, 20)
    assert len(read_parts(written([("a", "b")] * 20, []), EDGE, 20)[0]) == 20


def test_only_a_form_with_a_plain_boundary_is_one_with_files() -> None:
    """R34."""
    assert boundary_of("application/x-www-form-urlencoded") is None
    assert boundary_of('multipart/form-data; boundary="a-b"') == boundary_of("Multipart/Form-Data;boundary=a-b") == b"a-b"
    for odd in (
        "multipart/form-data",
        "multipart/form-data; boundary=",
        "multipart/form-data; boundary=a b",
        "multipart/form-data; boundary=a; x=y",
    ):
        with pytest.raises(Malformed):
            boundary_of(odd)
