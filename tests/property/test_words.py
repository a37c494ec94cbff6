"""Search words: our own tokeniser finds what stands in a title."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import assume, given, strategies as st

from retail_domain.catalog import Query
from retail_domain.catalog.words import QUERY_LENGTH_MAX, after, searchable, terms_of
from retail_domain.testing.goods import titles


def finds(query: str, title: str) -> bool:
    """Whether the index lets a title through and the text confirms it."""
    words, text = Query.parse(query), searchable(title)
    terms = terms_of(text)
    through = all(any(beginning <= term < after(beginning) for term in terms) for beginning in words.beginnings)
    assert through or not words.matches(text), "the index hides what the text would confirm"
    return through and words.matches(text)


@pytest.mark.parametrize(
    ("query", "title", "found"),
    [
        ("刺绣", "轻奢纯棉刺绣水洗四件套", True),
        ("绣水", "轻奢纯棉刺绣水洗四件套", True),
        ("套", "轻奢纯棉刺绣水洗四件套", True),
        ("纯棉 四件套", "轻奢纯棉刺绣水洗四件套", True),
        ("纯棉四件套", "轻奢纯棉刺绣水洗四件套", False),
        ("IPHONE", "Apple iPhone 8 (A1863)", True),
        ("iph", "Apple iPhone 8 (A1863)", True),
        ("phone", "Apple iPhone 8 (A1863)", False),
        ("ｉＰｈｏｎｅ８", "Apple iPhone8", True),
        ("iphone手机", "苹果手机 iPhone", True),
        ("200ml", "基础润肤乳液 高保湿型200ml", True),
        ("200 ml", "基础润肤乳液 高保湿型200ml", True),
        ("%", "100%棉", False),
        ("_____", "任何", False),
        ("\U0001f600", "笑脸 \U0001f600 杯", False),
        ("  \u3000", "任何", True),
        ("iphone 15", "Apple iPhone15 Pro", True),
        ("15", "Apple iPhone15 Pro", True),
        ("iphone16", "iPhone 16", True),
        ("iphone16", "iPhone 12, 16 GB", False),
        ("iPhone-16", "iPhone16", True),
        ("iphone 15 promax", "iPhone 15 Pro Max", True),
        ("cafe", "Café crème", True),
        ("CAFÉ", "cafe creme", True),
        ("lodz", "Łódź", True),
        ("strasse", "Straße", True),
        ("がき", "かき", False),
        ("levis", "Levi's 501", True),
        ("levi’s", "Levis 501", True),
        ("levi", "Levi's 501", True),
        ("11457010", "114570-10", True),
        ("114570-10", "11457010", True),
        ("11457010", "114570 10", True),
        ("114570", "114570-10", True),
        ("4570", "114570-10", False),
        ("10", "114570-10", True),
        ("tshirt", "T-Shirt", True),
        ("t-shirt", "T Shirt", True),
        ("shirt", "T-Shirt", True),
        ("c3", "USB-C 3", True),
        ("哈利波特", "哈利·波特 全集", True),
        ("哈利·波特", "哈利波特 全集", True),
        ("ｃａｆｅ\u200b１", "Cafe 1", True),
        ("缎面", "真丝缎", False),
    ],
)
def test_queries_and_titles(query: str, title: str, found: bool) -> None:
    assert finds(query, title) is found


@given(titles(), st.data())
def test_every_two_characters_that_stand_side_by_side_are_found(title: str, data: st.DataObject) -> None:
    """Issue: 2-character Chinese words inside a title are found."""
    chinese = [title[at : at + 2] for at in range(len(title) - 1) if all("一" <= one <= "鿿" for one in title[at : at + 2])]
    if chinese:
        assert finds(data.draw(st.sampled_from(chinese)), title)


@given(titles())
def test_a_title_finds_itself_as_far_as_a_query_reaches(title: str) -> None:
    assert finds(title, title) or not Query.parse(title).words


@given(titles(), titles())
def test_the_index_never_hides_what_the_text_would_confirm(query: str, title: str) -> None:
    finds(query, title)


@given(st.text(max_size=200))
def test_any_text_can_be_searched_for(text: str) -> None:
    """R37"""
    words = Query.parse(text)

    assert all(begin < after(begin) for begin in words.beginnings)
    assert not words.is_hopeless or not words.words
    assert words.is_hopeless or not words.pieces or words.matches(searchable(text[:QUERY_LENGTH_MAX]))


@given(st.lists(st.sampled_from(["iphone", "café", "X", "15", "7", "手机", "刺绣"]), min_size=1, max_size=4), st.data())
def test_where_words_of_different_sorts_meet_blanks_do_not_matter(words: list[str], data: st.DataObject) -> None:
    """CAT-R5: letters, digits and Chinese are words of their own, whoever leaves a blank between them or a hyphen."""
    sorts = ["d" if word.isdigit() else "c" if word > "一" else "l" for word in words]
    different = all(one != other for one, other in pairwise(sorts))
    assume(different)
    title = "".join(word + data.draw(st.sampled_from(["", " ", "-", "\u3000"])) for word in words)
    query = "".join(word + data.draw(st.sampled_from(["", "-", "·"])) for word in words)

    assert finds(query, f"a {title} z")


def test_what_stands_in_the_title_counts_more() -> None:
    words = Query.parse("羊毛 被")

    assert words.relevance(searchable("羊毛被")) > words.relevance(searchable("羊毛毯")) > words.relevance(searchable("毯"))
