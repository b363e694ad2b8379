"""The register: numbers without gaps, states, erasure; under parallel processes, kills, and attacks on its log."""

from __future__ import annotations

import os
import random
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from helpers import ROOT
from helpers.registers import AGENCY, AUGUST, FORMAT, new_register, place_at, postgres_server, wanted

from letters._system.network_drives import network_drive
from letters.errors import CannotWrite, InvalidAnswers, LettersError, Usage
from letters.matters import register_copies
from letters.matters.integrity import verify_register
from letters.matters.location import open_at, read_head
from letters.matters.reference_numbers import NumberFormat
from letters.matters.register import Register, WrittenLetter
from letters.matters.sqlite_file import SqliteFile

WORK = """
import sys
from datetime import date
from pathlib import Path
from letters.matters.location import RegisterLocation, open_at
from letters.matters.register import NumberWanted, WrittenLetter

register = open_at(RegisterLocation(sys.argv[1], "the test", Path(sys.argv[2])))
for number in range(int(sys.argv[4])):
    run = f"{sys.argv[3]}-{number}"
    about = {"agency": "An Agency", "received": "2019-08-01", "sought": run}
    [numbered] = register.reserve([NumberWanted(run, "denial", date(2019, 8, 2), about, run)])
    register.issue([WrittenLetter(numbered.entry, "issued", {f"{run}.docx": "00"})])
    print(numbered.reference, flush=True)
"""


@pytest.fixture(scope="module")
def postgres() -> Iterator[str]:
    with postgres_server() as address:
        yield address


@pytest.fixture(params=["sqlite", "postgresql"])
def address(request: Any, tmp_path: Path) -> str:
    """Where a new register may go: a file, or an empty PostgreSQL database."""
    if request.param == "sqlite":
        return "register.db"
    psycopg = pytest.importorskip("psycopg")
    if not (server := request.getfixturevalue("postgres")):
        pytest.skip("needs PostgreSQL from Debian, and the right to become its user")
    name = f"r{abs(hash(tmp_path))}"
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")
    return server.replace("/postgres?", f"/{name}?")


@pytest.fixture
def register(tmp_path: Path) -> Iterator[Register]:
    with closing(new_register(tmp_path, y2019=142)) as found:
        yield found


def issued(register: Register, *runs: str) -> list[str]:
    """The numbers of letters that are written."""
    numbered = register.reserve([wanted(run) for run in runs])
    register.issue([WrittenLetter(each.entry, "issued", {f"/out/{each.entry}.docx": "ab"}) for each in numbered])
    return [each.reference for each in numbered]


# --- numbers ---


def test_letters_written_by_several_processes_some_of_them_killed_have_every_number_once(
    address: str, tmp_path: Path
) -> None:
    new_register(tmp_path, address).close()
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}

    def begin(name: str) -> subprocess.Popen[str]:
        command = [sys.executable, "-c", WORK, address, str(tmp_path), name, "8"]
        return subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True)

    working = {name: begin(name) for name in ("one", "two", "three")}
    choices = random.Random(19)
    for _ in range(3):
        time.sleep(choices.uniform(0.2, 0.5))
        name = choices.choice(sorted(working))
        working[name].kill()
        working[name].communicate()
        working[name] = begin(name)  # the same letters again, as after a crash
    for each in working.values():
        each.communicate(timeout=60)
        assert each.returncode == 0
    with closing(open_at(place_at(tmp_path, address))) as register:
        entries = register.entries("way='out'")
        assert [entry.number for entry in entries] == list(range(1, 25))
        assert {entry.state for entry in entries} == {"issued"}
        assert verify_register(register).problems == ()


def test_a_block_of_numbers_is_one_transaction_and_the_same_rows_get_the_same_numbers(
    address: str, tmp_path: Path
) -> None:
    with closing(new_register(tmp_path, address)) as register:
        rows = [wanted(f"row {number}") for number in range(300)]
        first = register.reserve(rows)
        again = register.reserve(rows)
        assert [each.reference for each in first] == [FORMAT.reference(2019, number) for number in range(1, 301)]
        assert [(each.reference, each.head) for each in again] == [(each.reference, each.head) for each in first]
        assert not any(each.is_new for each in again)
        register.issue([WrittenLetter(each.entry, "issued", {}) for each in first])
        verdict = verify_register(register)
        assert verdict.problems == ()
        assert verdict.rows == 3  # created, reserved, issued


def test_the_year_of_a_number_is_that_of_the_letter(tmp_path: Path) -> None:
    with closing(new_register(tmp_path)) as register:
        days = [date(2019, 12, 31), date(2020, 1, 1), date(2019, 12, 31)]
        found = register.reserve([wanted(str(number), day) for number, day in enumerate(days)])
        assert [each.reference for each in found] == ["OGC-2019-0001", "OGC-2020-0001", "OGC-2019-0002"]
        assert verify_register(register).problems == ()


def test_number_10000_comes_after_9999(tmp_path: Path) -> None:
    with closing(new_register(tmp_path, y2019=9999)) as register:
        issued(register, "one", "two")
        assert [entry.reference for entry in register.entries()] == ["OGC-2019-9999", "OGC-2019-10000"]
        assert register.find("ogc-2019-10000").number == 10000


@pytest.mark.parametrize(
    ("reference", "accepted", "message"),
    [
        ("OGC-2019-0144", "OGC-2019-0144", ""),  # the next one
        ("ogc-2019-0143", "OGC-2019-0143", ""),  # taken for this letter beforehand
        ("Matter 7/19", "Matter 7/19", ""),  # a number of another kind
        ("OGC-2019-0145", "", "would leave a gap: the next number is OGC-2019-0144"),
        ("OGC-2019-0142", "", "is already the number of another entry"),
        ("OGC-2018-0001", "", "is a number of 2018, but the letter is dated 2019"),
    ],
)
def test_a_number_that_counsel_wrote(register: Register, reference: str, accepted: str, message: str) -> None:
    issued(register, "first")
    register.take(AUGUST, "the letter to the Secretary")
    if accepted:
        [found] = register.reserve([wanted("second", reference=reference)])
        assert found.reference == accepted
    else:
        with pytest.raises(InvalidAnswers, match=message):
            register.reserve([wanted("good"), wanted("second", reference=reference)])
        assert len(register.entries("way='out'")) == 1  # no number was given to the good one either
    assert verify_register(register).problems == ()


@pytest.mark.parametrize("reference", ["Matter 7/19", "OGC-2019-0142"])
def test_two_letters_written_together_do_not_have_one_number(register: Register, reference: str) -> None:
    both = [wanted("first", reference=reference), wanted("second", reference=reference.lower())]
    with pytest.raises(InvalidAnswers, match="is the number of another of these letters") as refused:
        register.reserve(both)
    assert len(refused.value.problems) == 1
    assert register.entries("way='out'") == []
    assert [each.reference for each in register.reserve(both[:1])] == [reference]


def test_a_letter_corrected_before_it_is_sent_keeps_its_number_and_afterwards_does_not(register: Register) -> None:
    def write(content: str, **more: Any) -> str:
        [found] = register.reserve([wanted(content, place="/answers.toml", content=content, sought="a log-in", **more)])
        register.issue([WrittenLetter(found.entry, "issued", {})])
        return found.reference

    assert write("first") == write("with a word corrected") == "OGC-2019-0142"
    assert write("to another agency", agency="Another Agency") == "OGC-2019-0143"
    register.sent("OGC-2019-0143", AUGUST, "email")
    assert write("again to another agency", agency="Another Agency") == "OGC-2019-0144"
    with pytest.raises(InvalidAnswers, match="is a letter that was sent"):
        register.reserve([wanted("x", reference="OGC-2019-0143", sought="a log-in", agency="Another Agency")])


@pytest.mark.parametrize(
    "text", ["OGC-{number}", "{year}{year}-{number}", "{year}-{number:x}", "OGC-2019", "{year}-{n}}"]
)
def test_a_format_without_year_and_number_is_refused(text: str) -> None:
    with pytest.raises(Usage, match="is not a format for file numbers"):
        NumberFormat(text)


# --- states ---


def test_only_an_issued_letter_is_sent_and_only_an_unsent_number_is_void(register: Register) -> None:
    [reference] = issued(register, "one")
    [waiting] = register.reserve([wanted("two")])
    with pytest.raises(Usage, match="is not written yet"):
        register.sent(waiting.reference, AUGUST, "mail")
    with pytest.raises(Usage, match="is dated August 2, 2019, after the day"):
        register.sent(reference, date(2019, 8, 1), "mail")
    register.sent(reference, AUGUST, "certified-mail", "9400 1000")
    with pytest.raises(Usage, match="is sent"):
        register.void(reference, "a mistake")
    register.void(waiting.reference, "The request was withdrawn.")
    assert [entry.state for entry in register.entries()] == ["sent", "void"]
    what = [(row.what, (row.detail or {}).get("tracking")) for row in register.history(register.find(reference))]
    assert what == [("reserved", None), ("issued", None), ("sent", "9400 1000")]


def test_how_a_letter_was_sent_can_be_corrected_and_the_log_keeps_both(register: Register) -> None:
    [reference] = issued(register, "one")
    register.sent(reference, date(2019, 8, 20), "email")
    with pytest.raises(Usage, match="is noted already as sent on August 20, 2019"):
        register.sent(reference, date(2019, 8, 20), "email")
    corrected = register.sent(reference, AUGUST, "mail")
    with pytest.raises(Usage, match="already as sent on August 2, 2019"):
        register.sent(reference, AUGUST, "mail")
    what = [(row.what, (row.detail or {}).get("on")) for row in register.history(corrected)][2:]
    assert what == [("sent", "2019-08-20"), ("correction: sent", "2019-08-02")]
    assert corrected.state == "sent"
    assert verify_register(register).problems == ()


def test_what_arrived_is_filed_once(register: Register) -> None:
    about = {"agency": AGENCY, "received": "2019-08-01"}
    first = register.file_request(AUGUST, about, {"/in/request.eml": "aa"})
    again = register.file_request(AUGUST, about, {"/elsewhere/copy.eml": "aa"})
    other = register.file_request(AUGUST, about, {"/in/second.eml": "bb"}, matter_of=first.reference)
    assert (first.reference, again.reference, other.reference) == ("R-1", "R-1", "R-2")
    assert [entry.reference for entry in register.matter_of(other)] == ["R-1", "R-2"]


# --- erasure ---


def test_erasure_leaves_no_name_in_the_file_and_the_log_whole(register: Register, tmp_path: Path) -> None:
    [reference] = [each.reference for each in register.reserve([wanted("one", person="Quillon Specimen")])]
    register.note(reference, "comment", text="Quillon Specimen telephoned.")
    register.hold(reference, "a lawsuit")
    with pytest.raises(Usage, match="is on hold: a lawsuit"):
        register.erase(reference, "retention")
    assert b"Quillon" in (tmp_path / "register.db").read_bytes()
    register.hold(reference, "")
    register.erase(reference, "retention schedule")
    assert b"Quillon" not in (tmp_path / "register.db").read_bytes()
    assert b"quillon" not in (tmp_path / "register.db").read_bytes()
    assert verify_register(register).problems == ()
    assert register.find(reference).about is None


# --- attacks on the file ---


def _attacked(folder: Path, *statements: str) -> list[str]:
    with closing(sqlite3.connect(folder / "register.db", isolation_level=None)) as connection:
        for trigger in ("log_update", "log_delete"):
            connection.execute(f"DROP TRIGGER {trigger}")
        for statement in statements:
            assert connection.execute(statement).rowcount
    with closing(open_at(place_at(folder), even_if_older=True)) as register:
        return list(verify_register(register).problems)


@pytest.mark.parametrize(
    ("statements", "found"),
    [
        (["UPDATE log SET who='somebody else' WHERE seq=2"], "Row 2 of the log"),
        (["UPDATE log SET at='2019-08-01T00:00:00Z' WHERE seq=3"], "Row 3 of the log"),
        (["DELETE FROM log WHERE seq=3"], "Row 3 of the log is missing"),
        (["UPDATE detail SET data='{}' WHERE seq=2"], "The detail of row 2"),
        (["DELETE FROM detail WHERE seq=2"], "is missing, and was not erased"),
        (["UPDATE entry SET state='sent' WHERE number=143"], "OGC-2019-0143 was changed outside Letters"),
        (["UPDATE entry SET day='2019-07-01' WHERE number=143"], "OGC-2019-0143 was changed outside Letters"),
        (["UPDATE entry SET about='{}' WHERE number=143"], "What OGC-2019-0143 is about was changed"),
        (["DELETE FROM entry WHERE number=143"], "OGC-2019-0143 is missing"),
        (["UPDATE counter SET last=150"], "OGC-2019-0145 is missing"),
        (["UPDATE clock SET day='2030-01-01'"], "outside Letters"),
        (["DELETE FROM clock"], "A clock that the log knows of is missing"),
    ],
)
def test_every_attack_on_the_log_or_an_entry_is_found(tmp_path: Path, statements: list[str], found: str) -> None:
    with closing(new_register(tmp_path, y2019=142)) as register:
        issued(register, "one", "two", "three")
        register.add_clock("OGC-2019-0142", "stopped", AUGUST, days=None, deadline="", basis="a statute")
        assert verify_register(register).problems == ()
    assert any(found in problem for problem in _attacked(tmp_path, *statements))


def test_an_entry_put_back_as_it_was_before_is_found(tmp_path: Path) -> None:
    with closing(new_register(tmp_path)) as register:
        [reference] = issued(register, "one")
        with closing(sqlite3.connect(tmp_path / "register.db")) as connection:
            before = connection.execute("SELECT * FROM entry").fetchone()
        register.sent(reference, AUGUST, "mail")
    with closing(sqlite3.connect(tmp_path / "register.db")) as connection, connection:
        connection.execute("DELETE FROM entry")
        connection.execute(f"INSERT INTO entry VALUES({','.join('?' * len(before))})", before)
    with closing(open_at(place_at(tmp_path))) as register:
        assert verify_register(register).problems == (f"{reference} is not as the log left it.",)


def test_a_log_whose_end_was_cut_off_with_its_letters_is_found_by_the_letters_and_by_the_head_file(
    tmp_path: Path,
) -> None:
    with closing(new_register(tmp_path)) as register:
        issued(register, "one")
        [last] = register.reserve([wanted("two")])
    problems = _attacked(
        tmp_path,
        "DELETE FROM log WHERE seq>3",
        "DELETE FROM detail WHERE seq>3",
        "DELETE FROM entry WHERE number>1",
        "UPDATE counter SET last=1",
    )
    assert problems == []  # nothing inside the register shows it
    with closing(open_at(place_at(tmp_path), even_if_older=True)) as register:
        [problem] = verify_register(register, [("letter.docx", last.head)]).problems
        assert "the end of the log was cut off" in problem
    with pytest.raises(CannotWrite, match="its log ends at row 3, and row 4 was written already"):
        open_at(place_at(tmp_path))


def test_the_database_itself_refuses_to_change_the_log(address: str, tmp_path: Path) -> None:
    with closing(new_register(tmp_path, address)) as register:
        for statement in ("UPDATE log SET who='x'", "DELETE FROM log"):
            with pytest.raises(CannotWrite, match="rows are only added"):
                register.database.rows(statement)


# --- copies ---


def test_a_backup_put_back_gives_no_number_twice(tmp_path: Path) -> None:
    where = place_at(tmp_path)
    with closing(new_register(tmp_path)) as register:
        issued(register, "one")
        register_copies.back_up(register, tmp_path / "backup.db")
        issued(register, "two", "three")
    register = register_copies.put_back(place_at(tmp_path, "backup.db"), where)
    lost = register_copies.after_restoring(register, read_head(where), date(2019, 9, 1))
    assert lost == ["OGC-2019-0002", "OGC-2019-0003"]
    assert issued(register, "four") == ["OGC-2019-0004"]
    assert verify_register(register).problems == ()
    register.close()
    open_at(where).close()  # and it is the register that counts from now on


def test_a_register_moves_between_databases_with_its_log(address: str, tmp_path: Path) -> None:
    with closing(new_register(tmp_path, "old.db")) as register:
        issued(register, "one", "two")
        erased = issued(register, "three")[0]
        register.erase(erased, "retention")
    target = place_at(tmp_path / "new", address)
    (tmp_path / "new").mkdir()
    register_copies.move(place_at(tmp_path, "old.db"), target)
    with pytest.raises(CannotWrite, match="has moved to"):
        open_at(place_at(tmp_path, "old.db"))
    with closing(open_at(target)) as moved:
        assert issued(moved, "four") == ["OGC-2019-0004"]
        assert verify_register(moved).problems == ()
        register_copies.back_up(moved, tmp_path / "backup.db")
    with closing(SqliteFile(tmp_path / "backup.db")) as backup:
        assert backup.rows("SELECT count(*) FROM entry") == [(4,)]


# --- faults ---


def _newer(folder: Path) -> None:
    with closing(sqlite3.connect(folder / "register.db")) as connection, connection:
        connection.execute("UPDATE meta SET value='99' WHERE name='version'")


@pytest.mark.parametrize(
    ("damage", "message"),
    [
        (_newer, "was written by a newer version of Letters"),
        (lambda folder: (folder / "register.db").write_bytes(b"no database at all" * 50), "is damaged, or is not"),
        (lambda folder: (folder / "register.db").write_bytes(b""), "is not a register"),
        (lambda folder: (folder / "register.db").unlink(), "is missing"),
        (lambda folder: (folder / "register.key").unlink(), "is missing or is not a key"),
    ],
)
def test_a_register_that_cannot_be_used_says_why(tmp_path: Path, damage: Callable[[Path], Any], message: str) -> None:
    new_register(tmp_path).close()
    damage(tmp_path)
    with pytest.raises(CannotWrite, match=message):
        open_at(place_at(tmp_path))


def test_a_full_disk_leaves_the_register_as_it_was(register: Register) -> None:
    issued(register, "one")
    register.database.rows(f"PRAGMA max_page_count={register.database.rows('PRAGMA page_count')[0][0]}")
    with pytest.raises(CannotWrite, match="the disk is full"):
        register.reserve([wanted(f"many {number}") for number in range(500)])
    register.database.rows("PRAGMA max_page_count=100000")
    assert verify_register(register).problems == ()
    assert issued(register, "two") == ["OGC-2019-0143"]


def test_clocks_that_disagree_change_neither_numbers_nor_order(tmp_path: Path) -> None:
    new_register(tmp_path).close()
    for number, now in enumerate(("2019-08-02T10:00:00Z", "2001-01-01T00:00:00Z", "2038-01-19T03:14:08Z"), 1):
        with closing(open_at(place_at(tmp_path), clock=lambda now=now: now)) as register:
            assert register.reserve([wanted(f"letter {number}")])[0].reference == f"OGC-2019-{number:04}"
    with closing(open_at(place_at(tmp_path))) as register:
        assert verify_register(register).problems == ()
        assert [row.at[:4] for entry in register.entries() for row in register.history(entry)] == [
            "2019",
            "2001",
            "2038",
        ]


def test_a_writer_that_never_ends_is_waited_for_only_so_long(register: Register, tmp_path: Path) -> None:
    with (
        closing(SqliteFile(tmp_path / "register.db", busy_seconds=0.1)) as other,
        register.database.transaction(),
        pytest.raises(CannotWrite, match="is in use by another program"),
        other.transaction(),
    ):
        pass


def test_only_the_owner_can_read_the_files(register: Register, tmp_path: Path) -> None:
    issued(register, "one")
    for name in ("register.db", "register.key", "register.head"):
        assert (tmp_path / name).stat().st_mode & 0o077 == 0, name


MOUNTS = "/dev/sda1 / ext4 rw 0 0\nserver:/x /shared\\040drive nfs4 rw 0 0\n//nas/y /nas cifs rw 0 0\n"


@pytest.mark.parametrize(
    ("path", "kind"),
    [("/shared drive/office/register.db", "nfs4"), ("/nas/register.db", "cifs"), ("/nasty/register.db", "")],
)
def test_network_drives_are_recognized(path: str, kind: str) -> None:
    assert network_drive(Path(path), MOUNTS) == kind


def test_a_server_that_does_not_answer_is_named_without_its_password(tmp_path: Path) -> None:
    pytest.importorskip("psycopg")
    (tmp_path / "register.key").write_text("00" * 32, encoding="utf-8")
    with pytest.raises(LettersError) as error:
        open_at(place_at(tmp_path, "postgresql://counsel:secret@127.0.0.1:1/letters"))
    assert "counsel@127.0.0.1:1" in str(error.value)
    assert "secret" not in str(error.value)
