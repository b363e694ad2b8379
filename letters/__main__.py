"""Runs `letters` as ``python -m letters``."""

from letters.cli.program import run

run()
