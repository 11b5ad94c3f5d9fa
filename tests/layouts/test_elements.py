"""Elements are written as HTML reads them; nothing that somebody has typed becomes HTML."""

from __future__ import annotations

from html.parser import HTMLParser

import pytest
from markupsafe import Markup

from layouts import elements as h

NASTY = "<script>alert(\"1\")</script> & 'x'"


class Read(HTMLParser):
    """What a reader of HTML makes of it."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.said = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.said += data


def test_what_is_typed_stays_text_between_and_in_tags() -> None:
    read = Read(str(h.p(".a", title=NASTY, data_key=NASTY)[NASTY, [h.b[NASTY], (part for part in (NASTY,))]]))
    assert read.tags == [("p", {"class": "a", "title": NASTY, "data-key": NASTY}), ("b", {})]
    assert read.said == NASTY * 3


def test_attributes_are_called_as_html_calls_them() -> None:
    drawn = h.label("#one.two.three", for_="x", aria_label="y", hidden=True, lang=None, title=False, tabindex=0, viewBox="0 0 1 1")["z"]
    assert str(drawn) == '<label id="one" class="two three" for="x" aria-label="y" hidden tabindex="0" viewBox="0 0 1 1">z</label>'
    assert str(h.input(name="a", value="")) == '<input name="a" value="">'


def test_nothing_yes_and_no_are_not_drawn_and_what_is_html_stays() -> None:
    assert str(h.fragment[None, True, False, 0, "", Markup("<i>x</i>"), h.p]) == "0<i>x</i><p></p>"
    reused = h.span(".x")
    assert (str(reused["a"]), str(reused["b"]), str(reused)) == (
        '<span class="x">a</span>',
        '<span class="x">b</span>',
        '<span class="x"></span>',
    )
    assert str(h.td(title=Markup("<i>"))[1]) == '<td title="&lt;i&gt;">1</td>', "in an attribute nothing is HTML"


@pytest.mark.parametrize("wrong", [b"x", 1.5, {"a": 1}, object()])
def test_what_is_no_child_is_refused(wrong: object) -> None:
    with pytest.raises(TypeError):
        h.text_of([wrong])


@pytest.mark.parametrize("wrong", ["x", "#", ".", ".a..b", ".a b", ".a."])
def test_what_is_no_shorthand_is_refused(wrong: str) -> None:
    with pytest.raises(TypeError):
        h.p(wrong)
