"""Runs `letters` as ``python -m letters``."""

from letters.cli.main import main

raise SystemExit(main())
