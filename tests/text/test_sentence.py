"""What is wrong with a feed is kept once, and told in any language."""

from __future__ import annotations

import pytest

from ioc.catalogue.expression import BadExpression, parse
from ioc.catalogue.kinds import Kind
from ioc.errors import FeedUnavailable, Said, both, did_you_mean, kept, offered
from ioc.text.words import words


def test_a_kept_fault_is_told_in_both_languages() -> None:
    fault = FeedUnavailable("{name} has a line longer than {mib:g} MiB.", "Send it again.", name="tệp {1}.csv", mib=16.0)
    assert str(fault) == "tệp {1}.csv has a line longer than 16 MiB. Send it again."
    assert words("en").sentence(fault.kept()) == str(fault)
    assert words("vi").sentence(fault.kept()) == "tệp {1}.csv có dòng dài hơn 16 MiB. Hãy gửi lại."


def test_what_is_no_pattern_is_told_as_it_is() -> None:
    for text in ("The disk is full.", "[1]", '{"what": 1}', "null"):
        assert words("vi").sentence(text) == text
    assert words("vi").sentence(FeedUnavailable("{braces} alone").kept()) == "{braces} alone"


def test_the_nearest_names_are_offered_in_both_languages() -> None:
    fault = FeedUnavailable("{file} has no sheet “{wanted}”.", file="a.xlsx", wanted="thang6", **offered("thang6", ["Thang 6", "Ghi chú"]))
    assert words("vi").sentence(fault.kept()) == "a.xlsx không có trang tính “thang6”. Ý bạn là “Thang 6”?"
    assert str(FeedUnavailable("No.", **offered("x", ["a", "b"]))) == "No. Known: a, b."


def test_a_fault_within_a_fault_is_kept_and_told_in_both_languages() -> None:
    with pytest.raises(BadExpression) as caught:
        parse("units", {"unit": Kind.TEXT, "unit_of": Kind.TEXT})
    fault = Said("The filter cannot be read: {said}", said=both(caught.value.what, caught.value.hint))
    again = kept(fault, Said())
    assert words("en").sentence(again) == fault == "The filter cannot be read: There is no field “units”. Did you mean “unit” or “unit_of”?"
    assert words("vi").sentence(again) == "Không đọc được bộ lọc: Không có trường “units”. Ý bạn là “unit” hoặc “unit_of”?"
    assert words("vi").say(did_you_mean("x", ["a"])) == "Có thể dùng: a." and words("vi").say("as it is") == "as it is"
