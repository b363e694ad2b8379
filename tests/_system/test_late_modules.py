"""Modules of the standard library that are imported when they are first used."""

from __future__ import annotations

import inspect
import json
import subprocess
import sys
from typing import Any

import pytest
from helpers import ROOT

from letters._system.late_modules import CODE_FLAGS


def told(code: str, *, is_late: bool = True) -> Any:
    """What a program prints as JSON, once such modules are imported late."""
    late = "from letters._system.late_modules import import_late; import_late()\n" if is_late else ""
    code = f"import sys\n{late}import json\n{code}"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT)
    return json.loads(done.stdout)


def test_the_flags_at_hand_are_those_of_python() -> None:
    assert {name: getattr(inspect, name) for name in CODE_FLAGS} == CODE_FLAGS


def test_libraries_of_letters_do_not_import_them() -> None:
    loaded = told(
        "import argparse, uuid, zipfile, lxml.etree, uharfbuzz\n"
        "argparse.ArgumentParser(prog='letters').add_argument('file', help='a file')\n"
        "names = ('_hashlib', 'ast', 'dis', 'locale', 'tokenize')\n"
        "print(json.dumps([name for name in names if name in sys.modules]))"
    )
    assert loaded == []


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("import inspect; print(json.dumps(str(inspect.signature(lambda a, *b: 0))))", "(a, *b)"),
        ("from inspect import signature; print(json.dumps(str(signature(lambda a: 0))))", "(a)"),
        ("import inspect; print(json.dumps(inspect.getfullargspec(lambda a: 0).args))", ["a"]),
        ("import inspect as a; a.isclass(int); import inspect as b; print(json.dumps(a.ismodule is b.ismodule))", True),
        ("from textwrap import dedent; print(json.dumps(dedent('  a')))", "a"),
        ("import platform; print(json.dumps(bool(platform.system() and platform.machine())))", True),
        ("import ipaddress; print(json.dumps(str(ipaddress.ip_address('::1'))))", "::1"),
        ("import gettext; print(json.dumps([gettext.gettext('a'), gettext.ngettext('a', 'b', 2)]))", ["a", "b"]),
        ("import gettext; print(json.dumps(gettext.find('letters')))", None),
        ("import msgspec.inspect as i; print(json.dumps(type(i.type_info(int)).__name__))", "IntType"),
        ("from importlib.metadata import version; print(json.dumps(version('letters') > ''))", True),
        ("import importlib.metadata; print(json.dumps(bool(importlib.metadata.version('letters'))))", True),
        ("import urllib.parse; print(json.dumps(urllib.parse.quote('a b')))", "a%20b"),
        ("from urllib.parse import urlsplit, quote; print(json.dumps(urlsplit('https://a/b').netloc))", "a"),
        ("from pathlib import Path; print(json.dumps(Path('/a b').as_uri()))", "file:///a%20b"),
        ("import gzip; print(json.dumps(gzip.decompress(gzip.compress(b'a')).decode()))", "a"),
        ("import weasyprint; print(json.dumps(len(weasyprint.HTML(string='a').render().pages)))", 1),
        ("import io, gzip; print(json.dumps(gzip.GzipFile(fileobj=io.BytesIO(), mode='wb').write(b'a')))", 1),
        (
            "import io, gzip, lxml.etree as e; e.ElementTree(e.XML('<a/>')).write(f := io.BytesIO(), compression=9); "
            "print(json.dumps(gzip.decompress(f.getvalue()).decode()))",
            "<a/>",
        ),
        (
            "import zipfile, io; z = zipfile.ZipFile(io.BytesIO(), 'w', zipfile.ZIP_BZIP2); z.writestr('a', 'b'); "
            "print(json.dumps(z.read('a').decode()))",
            "b",
        ),
        ("import lzma, bz2; print(json.dumps([len(lzma.compress(b'a')), len(bz2.compress(b'a'))]))", [60, 37]),
        (
            "import shutil; print(json.dumps([name for name, _ in shutil.get_archive_formats()]))",
            ["bztar", "gztar", "tar", "xztar", "zip"],
        ),
        ("import importlib.metadata as m; print(json.dumps(bool(m.distribution('msgspec').version)))", True),
        (
            "from importlib.metadata import entry_points; print(json.dumps(len(entry_points(name='letters')) > 0))",
            True,
        ),
        ("import msgspec; print(json.dumps(msgspec.json.schema(int)))", {"type": "integer"}),
        ("import signal; print(json.dumps([signal.SIGTERM == 15, signal.Signals.SIGTERM.name]))", [True, "SIGTERM"]),
        ("import signal; from signal import SIGTERM; print(json.dumps(signal.strsignal(SIGTERM)))", "Terminated"),
        (
            "import signal as s; s.signal(s.SIGUSR1, s.signal(s.SIGUSR1, s.SIG_IGN)); "
            "print(json.dumps(s.getsignal(s.SIGUSR1) == s.SIG_DFL))",
            True,
        ),
        ("from dateutil.parser import parse; print(json.dumps(parse('Jan 2, 2020').year))", 2020),
        ("import hmac; print(json.dumps(hmac.compare_digest(b'a', b'a')))", True),
        ("import hmac; print(json.dumps(hmac.new(b'a', b'b', 'sha256').hexdigest()[:6]))", "08de32"),
        ("import hashlib; print(json.dumps(hashlib.new('sha256', b'a').hexdigest()[:6]))", "ca9781"),
    ],
)
def test_each_is_the_module_itself_as_soon_as_it_is_used(code: str, expected: object) -> None:
    assert told(code) == expected


@pytest.mark.parametrize(
    "code",
    [
        *(
            f"import hashlib; print(json.dumps(hashlib.{name}({data}).hexdigest()))"
            for name in ("sha256", "sha1", "md5", "blake2b")
            for data in ("b'a'", "b'a' * 5_000", "", "b'a', usedforsecurity=False")
        ),
        "import hashlib; hashlib.algorithms_available; print(json.dumps(hashlib.sha256(b'a').hexdigest()))",
        "import shutil; print(json.dumps(shutil.get_terminal_size((70, 20))))",
        "import gettext; print(json.dumps([gettext.gettext(None), gettext.gettext('a')]))",
        "from argparse import ArgumentParser as P; p = P('a'); p.add_subparsers(title='b'); "
        "print(json.dumps(p.format_help()))",
        "from pydantic_core import core_schema as c; print(json.dumps([c.CoreConfig(title='a'), c.int_schema(gt=1)]))",
        "import pydantic as p, typing_extensions as t; T = t.TypedDict('T', {'a': int, 'b': t.NotRequired[str]}); "
        "print(json.dumps([p.TypeAdapter(T).json_schema(), p.TypeAdapter(T).validate_python({'a': '1'})]))",
        "import os, shutil; os.environ['COLUMNS'] = '90'; print(json.dumps(shutil.get_terminal_size()))",
        "import shutil; shutil.which('no-such'); print(json.dumps(shutil.get_terminal_size((7, 2))))",
    ],
)
def test_what_is_at_hand_does_what_the_module_does(code: str) -> None:
    assert told(code) == told(code, is_late=False)


def test_a_module_that_has_no_such_name_says_so() -> None:
    message = told("import textwrap\ntry: textwrap.nothing\nexcept AttributeError as e: print(json.dumps(str(e)))")
    assert message == "module 'textwrap' has no attribute 'nothing'"
