"""What is wrong with a feed is kept once, and told in any language."""

from __future__ import annotations

from ioc.errors import FeedUnavailable, offered
from ioc.text.words import words


def test_a_kept_fault_is_told_in_both_languages() -> None:
    fault = FeedUnavailable("{name} has a line longer than {mib:g} MiB.", "Send it again.", name="tệp {1}.csv", mib=16.0)
    assert str(fault) == "tệp {1}.csv has a line longer than 16 MiB. Send it again."
    assert words("en").sentence(fault.kept()) == str(fault)
    assert words("vi").sentence(fault.kept()) == "tệp {1}.csv có dòng dài hơn 16 MiB. Hãy gửi lại."


def test_what_is_no_pattern_is_told_as_it_is() -> None:
    for kept in ("The disk is full.", "[1]", '{"what": 1}', "null"):
        assert words("vi").sentence(kept) == kept
    assert words("vi").sentence(FeedUnavailable("{braces} alone").kept()) == "{braces} alone"


def test_the_nearest_names_are_offered_in_both_languages() -> None:
    fault = FeedUnavailable("{file} has no sheet “{wanted}”.", file="a.xlsx", wanted="thang6", **offered("thang6", ["Thang 6", "Ghi chú"]))
    assert words("vi").sentence(fault.kept()) == "a.xlsx không có trang tính “thang6”. Ý bạn là “Thang 6”?"
    assert str(FeedUnavailable("No.", **offered("x", ["a", "b"]))) == "No. Known: a, b."
