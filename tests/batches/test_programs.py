"""`letters.batch` from a program: its arguments, the rows a program has, and what is left when it stops early."""

from __future__ import annotations

import json
import logging
import sqlite3
import subprocess
import sys
from collections import namedtuple
from collections.abc import Callable
from contextlib import closing
from dataclasses import make_dataclass
from datetime import datetime
from decimal import Decimal
from enum import Enum
from pathlib import Path
from typing import Any

import pytest
from helpers import ROOT
from helpers.batches import ROW, files_in, rows, save
from helpers.reading import words
from msgspec import defstruct
from pydantic import create_model

from letters.batches.api import BatchProgress, batch
from letters.errors import CannotWrite, InvalidAnswers, Usage

Sample = Callable[[str], dict[str, Any]]


def made(source: Any, vetted: Path, **options: Any) -> Any:
    return batch(source, **{"kind": "denial", "library": vetted, "formats": ["docx"], "workers": 0} | options)


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        ({"formats": "docx"}, "formats is 'docx', but must be a list"),
        ({"formats": ["odt"]}, r"formats is \['odt'\]"),
        ({"formats": []}, r"formats is \[\]"),
        ({"workers": -1}, "workers is -1"),
        ({"workers": 1.5}, r"workers is 1\.5"),
        ({"kind": "denail"}, "no kind of letter called “denail”"),
        ({"source": [ROW, 7]}, "Row 2 is of the type int, not a mapping"),
        ({"source": 7}, "rows is 7, but must be a path, a stream, or a list"),
        ({"source": ROW}, r"rows is \{'"),
        ({"source": object()}, "rows is of the type object"),
        ({"formats": ["docx", 3], "name": 5}, r"formats is \['docx', 3\](.|\n)*name is 5"),
        ({"out": ""}, "out is '', but must be a folder or an address"),
        ({"answers": "answers.toml"}, "answers is 'answers.toml', but must be a mapping"),
        ({"library": 3}, "library is 3, but must be a Library or the path"),
        ({"drafts": "no"}, "drafts is 'no', but must be True or False"),
        ({"resume": True}, "resume is True, but must be False where no folder is given"),
        ({"ignore_columns": "A,B"}, "ignore_columns is 'A,B', but must be a list"),
        ({"header_row": 0}, "header_row is 0, but must be the number of a row"),
        ({"header_row": 2}, "header_row is for tables"),
        ({"sheet": "Rows"}, "sheet is for tables"),
        ({"progress": 5}, "progress is 5, but must be a function"),
        ({"executor": "x"}, "executor is 'x', but must be an executor"),
        ({"connect_seconds": -1}, "connect_seconds is -1"),
    ],
)
def test_a_wrong_argument_is_refused_at_the_call(arguments: dict[str, Any], told: str, vetted: Path) -> None:
    with pytest.raises(Usage, match=told):
        made(**{"source": [ROW], "vetted": vetted} | arguments)


class Agency(Enum):
    FEDERAL = "federal"


def test_rows_may_hold_what_programs_hold(vetted: Path) -> None:
    row = ROW | {
        "date": datetime(2019, 8, 2, 9, 30),
        "Kind of agency": Agency.FEDERAL,
        "reference": Decimal("2019.50"),
        "legal_basis": ("cfr-603-4", "nm-51-1-32"),
    }
    (result,) = made(iter([row]), vetted)
    (plain,) = made([ROW | {"reference": "2019.50"}], vetted)
    assert result.data == plain.data
    assert "2019.50" in words(result.data["docx"])


def test_a_row_may_be_one_of_a_database_and_hold_any_series(vetted: Path, sample: Sample) -> None:
    with closing(sqlite3.connect(":memory:")) as database:
        database.row_factory = sqlite3.Row
        (row,) = database.execute("SELECT 'OGC-7' AS reference")
    series = ROW | {"legal_basis": (each for each in ("cfr-603-4", "nm-51-1-32"))}
    (plain,) = made([ROW | {"legal_basis": ["cfr-603-4", "nm-51-1-32"]}], vetted)
    assert next(made([series], vetted)).data == plain.data
    named = namedtuple("Named", "reference")("OGC-7")
    assert [next(made([each], vetted, answers=sample("denial"))).data for each in (row, named)] == [
        next(made([{"reference": "OGC-7"}], vetted, answers=sample("denial"))).data
    ] * 2
    circle: list[Any] = []
    circle.append(circle)
    with pytest.raises(InvalidAnswers, match="row 1: The row is nested too deeply"):
        next(made([ROW | {"copies": circle}], vetted))


def test_rows_may_be_dataclasses_structs_or_models(vetted: Path, sample: Sample) -> None:
    model = create_model("Form", reference=(str, ...))
    forms = [make_dataclass("Form", ["reference"]), defstruct("Form", ["reference"]), model]
    results = [next(made([form(reference="OGC-7")], vetted, answers=sample("denial"))) for form in forms]
    (plain,) = made([{"reference": "OGC-7"}], vetted, answers=sample("denial"))
    assert [result.data for result in results] == [plain.data] * 3


def test_two_batches_from_programs_share_a_folder_by_their_labels(vetted: Path, tmp_path: Path) -> None:
    for label in ("east", "west"):
        source = (row | {"reference": f"{label}-{at}"} for at, row in enumerate(rows(3)))
        results = list(made(source, vetted, out=tmp_path, label=label, name="{reference}"))
        assert len(results) == 3
    assert len(files_in(tmp_path)) == 6
    bad = rows(1, date="soon")
    with pytest.raises(InvalidAnswers):
        list(made(iter(bad), vetted, label="north"))


def test_a_batch_that_is_given_up_can_be_continued_or_started_over(vetted: Path, tmp_path: Path) -> None:
    results = made(iter(rows(6)), vetted, out=tmp_path)
    next(results)
    results.close()
    left = list(made(iter(rows(6)), vetted, out=tmp_path, resume=True))
    assert 1 <= len(left) < 6
    whole = files_in(tmp_path)
    assert len(whole) == 6
    kept = made(iter(rows(6)), vetted, out=tmp_path, overwrite=True)  # as after an error in a notebook
    next(kept)
    assert len(list(made(iter(rows(6)), vetted, out=tmp_path, resume=True))) == 5
    assert list(kept) == []
    results = made(iter(rows(6)), vetted, out=tmp_path, overwrite=True)
    next(results)
    results.close()
    assert len(list(made(iter(rows(6)), vetted, out=tmp_path, overwrite=True))) == 6
    assert files_in(tmp_path) == whole


def test_a_program_hears_how_far_it_is(vetted: Path, caplog: pytest.LogCaptureFixture) -> None:
    heard: list[BatchProgress] = []
    with caplog.at_level(logging.INFO, "letters"):
        list(made(rows(2) + rows(1, date="soon"), vetted, skip_bad=True, label="east", progress=heard.append))
    assert [(each.checked, each.bad, each.written) for each in heard] == [
        (1, 0, 0), (2, 0, 0), (3, 1, 0), (3, 1, 1), (3, 1, 2),
    ]  # fmt: skip
    assert [record.getMessage() for record in caplog.records if record.levelno == logging.INFO] == [
        "east: 3 rows checked, 1 with problems",
        "east: 2 letters written, 0 failed",
    ]
    (warning,) = [record.getMessage() for record in caplog.records if record.levelno == logging.WARNING]
    assert warning.startswith("east, row 3: Date of the letter (date)")


def test_workers_never_run_the_script_that_started_them(vetted: Path, tmp_path: Path) -> None:
    """A script without a guard, which sends a mail before its batch, sends it once."""
    save(tmp_path / "rows.csv", rows(60))
    (tmp_path / "script.py").write_text(
        "import letters\n"
        "open('mails.txt', 'a').write('sent\\n')\n"
        f"results = letters.batch('rows.csv', kind='denial', library={str(vetted)!r}, out='out', formats=['docx'], "
        "workers=2)\n"
        "print(len(list(results)))\n",
        encoding="utf-8",
    )
    done = subprocess.run(
        [sys.executable, "script.py"], cwd=tmp_path, capture_output=True, text=True, check=False,
        env={"PATH": "/usr/bin:/bin", "PYTHONPATH": str(ROOT)},
    )  # fmt: skip
    assert (done.returncode, done.stdout, done.stderr) == (0, "60\n", "")
    assert (tmp_path / "mails.txt").read_text() == "sent\n"


def test_threads_of_a_new_program_write_their_first_letters_at_once(tmp_path: Path) -> None:
    (tmp_path / "script.py").write_text(
        "import tomllib\n"
        "from concurrent.futures import ThreadPoolExecutor\n"
        "from pathlib import Path\n"
        "import letters\n"
        f"answers = tomllib.loads(Path({str(ROOT / 'templates' / 'denial' / 'sample.toml')!r}).read_text('utf-8'))\n"
        "def written(at):\n"
        "    return letters.write({**answers, 'reference': f'T-{at}'}, formats=['docx']).files['docx']\n"
        "with ThreadPoolExecutor(6) as pool:\n"
        "    print(len(list(pool.map(written, range(6)))))\n",
        encoding="utf-8",
    )
    done = subprocess.run(
        [sys.executable, "script.py"], cwd=tmp_path, capture_output=True, text=True, check=False,
        env={"PATH": "/usr/bin:/bin", "PYTHONPATH": str(ROOT)},
    )  # fmt: skip
    assert (done.returncode, done.stdout) == (0, "6\n"), done.stderr


def test_a_number_of_hundreds_of_digits_is_too_long_for_a_text(vetted: Path) -> None:
    with pytest.raises(InvalidAnswers, match="is too long a number"):
        list(made([{**rows(1)[0], "reference": 10**400}], vetted))


class NumpyValue:
    """What batches see of a value, or of several values, of NumPy and pandas."""

    def __init__(self, value: Any, dtype: str = "int64") -> None:
        self.value, self.dtype = value, dtype

    def astype(self, dtype: str) -> NumpyValue:
        return NumpyValue(self.value.date(), dtype)

    def tolist(self) -> Any:
        return self.value


NoTime = type("NaTType", (datetime,), {"__eq__": lambda *_: False, "__hash__": lambda _: 0})
NoValue = type("NAType", (), {})


def test_values_of_numerical_libraries_are_read_as_plain_ones(vetted: Path) -> None:
    row = ROW | {
        "date": NumpyValue(datetime(2019, 8, 2), "datetime64[ns]"),
        "reference": NumpyValue(201950),
        "legal_basis": NumpyValue(["cfr-603-4", "nm-51-1-32"], "object"),
    }
    (result,) = made([row], vetted)
    (plain,) = made([ROW | {"reference": "201950", "legal_basis": ["cfr-603-4", "nm-51-1-32"]}], vetted)
    assert result.data == plain.data
    with pytest.raises(InvalidAnswers) as caught:
        list(made([ROW | {"date": NoTime(1, 1, 1)}, ROW | {"reference": NoValue()}], vetted))
    assert [(each.field, each.code) for each in caught.value.problems] == [
        ("date", "no-value"),
        ("reference", "no-value"),
    ]


def test_a_frame_is_refused_with_what_to_write(vetted: Path) -> None:
    frame = type("DataFrame", (list,), {"columns": ["reference"], "shape": (1, 1)})(["reference"])
    with pytest.raises(Usage, match=r"rows\.to_dict\(.records.\)"):
        made(frame, vetted)


def test_what_is_wrong_in_a_program_or_in_json_is_told_without_words_of_spreadsheets(
    vetted: Path, tmp_path: Path
) -> None:
    for source in ([ROW | {"reference": True}], tmp_path / "rows.jsonl"):
        (tmp_path / "rows.jsonl").write_text(json.dumps(ROW | {"reference": True}))
        (result,) = made(source, vetted, skip_bad=True)
        assert str(result.problems[0]) == (
            "row 1, Our reference (reference) is true or false, but a text is expected. Write it as a text, in "
            "quotation marks. (It says “True”.)"
        )


def test_a_message_shows_nothing_of_a_group_of_answers(vetted: Path) -> None:
    group = {"subjects": ["Jane Roe"], "received": "soon"}
    row = {name: value for name, value in ROW.items() if name != "request.received"} | {"request": group}
    (result,) = made([row], vetted, skip_bad=True)
    assert "“soon” is not a date" in str(result.problems[0])
    assert "Roe" not in str(result.problems) + str([each.as_dict() for each in result.problems])


def test_an_array_of_json_is_read_as_what_it_is(vetted: Path, tmp_path: Path) -> None:
    path = tmp_path / "rows.jsonl"
    path.write_text(json.dumps(rows(2), indent=1))
    assert [result.row for result in made(path, vetted)] == [1, 2]


def test_every_existing_letter_is_counted(vetted: Path, tmp_path: Path) -> None:
    assert len(list(made(rows(30), vetted, out=tmp_path))) == 30
    with pytest.raises(CannotWrite, match="; and 22 more: There is a file of this name already"):
        list(made(rows(30), vetted, out=tmp_path))
