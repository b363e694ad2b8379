"""How a tag is read: plain names, which most tags are, without Jinja's parser, to the same tree."""

from __future__ import annotations

import pytest

from letters.assembly.template.grammar import _PARSER, parsed, read_tag
from letters.assembly.template.tags import TEXT, TagPlace


@pytest.mark.parametrize(
    "says",
    [
        *("office", "request.requester.name", "a1_b.c_2.d"),
        *("true", "none", "not", "a.if", "false.x", "in.a", "a.none"),
        *("Office", "a.B", "a._b", "é", "a.é", "a.1", "a..b", "a b"),
    ],
)
def test_a_name_is_read_as_jinja_reads_it(says: str) -> None:
    tag, _ = read_tag(f"{{{{ {says} }}}}", TagPlace("body"), TEXT)
    try:
        anew = _PARSER.parse(f"{{{{ {says} }}}}")
    except Exception as error:
        with pytest.raises(type(error)):
            parsed(tag)
    else:
        assert parsed(tag) == anew
        assert [node.lineno for node in parsed(tag).body] == [node.lineno for node in anew.body]
