"""Which version of Letters this is: letters record it, and `letters rebuild` compares it."""

VERSION = "0.2.0"
