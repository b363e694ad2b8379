"""``python -m letters`` is ``letters``."""

from letters.cli.main import main

raise SystemExit(main())
