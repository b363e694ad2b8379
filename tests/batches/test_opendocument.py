"""Rows from real .ods files: what prints is what the sheet shows, and nothing is used that nobody meant."""

from __future__ import annotations

import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from helpers.batches import ROW
from helpers.reading import words

from letters.batches.api import batch
from letters.errors import InvalidAnswers, Usage

SPACES = " ".join(
    f'xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"' for name in ("office", "style", "table", "text")
)
STYLES = (
    '<style:style style:name="struck" style:family="table-cell" style:parent-style-name="base"/>'
    '<style:style style:name="base" style:family="table-cell"><style:text-properties '
    'style:text-line-through-style="solid"/></style:style>'
    '<style:style style:name="gone" style:family="table"><style:table-properties table:display="false"/></style:style>'
)


def cell(value: Any, shown: str = "", kind: str = "string", style: str = "", attribute: str = "") -> str:
    stored = {"string": "", "float": f' office:value="{value}"', "date": f' office:date-value="{value}"'}[kind]
    name = f' table:style-name="{style}"' if style else ""
    lines = "".join(f"<text:p>{line}</text:p>" for line in (shown or str(value)).split("\n"))
    note = "<office:annotation><text:p>not to be printed</text:p></office:annotation>"
    return f'<table:table-cell office:value-type="{kind}"{stored}{name}{attribute}>{note}{lines}</table:table-cell>'


def sheet(title: str, *table: Mapping[str, str], attributes: str = "", columns: str = "") -> str:
    """A sheet of rows; a value that is no markup yet is a text."""
    lines = [{name: name for name in table[0] if name != "!"}, *table]
    rows = "".join(
        f"<table:table-row{each.get('!', '')}>"
        + "".join(value if value.startswith("<") else cell(value) for name, value in each.items() if name != "!")
        + '<table:table-cell table:number-columns-repeated="16300"/></table:table-row>'
        for each in lines
    )
    end = '<table:table-row table:number-rows-repeated="1048500"><table:table-cell/></table:table-row>'
    return f'<table:table table:name="{title}"{attributes}>{columns}{rows}{end}</table:table>'


def save(path: Path, *sheets: str, opened: str = "") -> Path:
    content = (
        f"<office:document-content {SPACES}><office:automatic-styles>{STYLES}</office:automatic-styles><office:body>"
        f"<office:spreadsheet>{''.join(sheets)}</office:spreadsheet></office:body></office:document-content>"
    )
    config = 'xmlns:config="urn:oasis:names:tc:opendocument:xmlns:config:1.0"'
    item = f'<s {config}><config:config-item config:name="ActiveTable">{opened}</config:config-item></s>'
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr("content.xml", content)
        if opened:
            archive.writestr("settings.xml", item)
    return path


def made(path: Path, vetted: Path, **options: Any) -> list[Any]:
    return list(batch(path, kind="denial", library=vetted, formats=["docx"], workers=0, **options))


def test_a_letter_says_what_the_sheet_shows(vetted: Path, tmp_path: Path) -> None:
    row = ROW | {
        "date": cell("2019-08-02", "8/2/19", "date"),
        "reference": cell(142, "OGC-2019-0142", "float"),
        "Access sought": '<table:table-cell office:value-type="string"><text:p>direct<text:span>-access</text:span>'
        "</text:p></table:table-cell>",
    }
    path = save(tmp_path / "rows.ods", sheet("Rows", row), sheet("Old", row, attributes=' table:style-name="gone"'))
    (result,) = made(path, vetted)
    text = words(result.data["docx"])
    assert "OGC-2019-0142" in text
    assert "August 2, 2019" in text
    assert "not to be printed" not in text
    misnamed = path.rename(tmp_path / "rows.csv")
    assert made(misnamed, vetted)[0].data == result.data


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"reference": cell("OGC-1", style="struck")}, "is struck out"),
        ({"reference": cell("#REF!", attribute=' table:formula="of:=[.A1]"')}, r"spreadsheet error \(#REF!\)"),
        ({"!": ' table:visibility="filter"'}, "The row is hidden"),
        ({"reference": "<table:covered-table-cell/>"}, "is merged with"),
        ({"date": cell("-0044-03-15", "3/15/44 BC", "date")}, "holds a day that no letter can have"),
        ({"!": ' table:number-rows-repeated="20001"'}, "row 2: The row stands there 20,001 times"),
        ({"!": ' table:number-rows-repeated="-1"'}, "The sheet is damaged"),
    ],
)
def test_what_nobody_meant_is_refused(vetted: Path, tmp_path: Path, changes: dict[str, str], told: str) -> None:
    row = changes | ROW | changes  # the attributes of the row first
    with pytest.raises(InvalidAnswers, match=told):
        made(save(tmp_path / "rows.ods", sheet("Rows", row)), vetted)


def test_a_hidden_column_is_noted_and_another_sheet_that_was_open_refused(vetted: Path, tmp_path: Path) -> None:
    hidden = '<table:table-column table:visibility="collapse"/>'
    (result,) = made(save(tmp_path / "rows.ods", sheet("Rows", ROW, columns=hidden)), vetted)
    assert "The column “date” is hidden" in "\n".join(map(str, result.notes))
    path = save(tmp_path / "two.ods", sheet("Old", ROW), sheet("Now", ROW), opened="Now")
    with pytest.raises(Usage, match=r'last open on the sheet “Now”.*--sheet "Now"'):
        made(path, vetted)
    assert len(made(path, vetted, sheet="Now")) == 1


def test_a_damaged_file_is_refused_in_a_sentence(vetted: Path, tmp_path: Path) -> None:
    path = save(tmp_path / "rows.ods", sheet("Rows", ROW).replace("</table:table>", ""))
    with pytest.raises(InvalidAnswers, match="not an OpenDocument spreadsheet that can be read"):
        made(path, vetted)
