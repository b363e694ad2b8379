"""Runs `letters` as ``python -m letters``."""

from letters.cli.main import run

run()
