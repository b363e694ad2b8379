"""The commands of the command line, one module each: `add` names its arguments, `run` does it.

Beside `cli`, these alone print, read the clock and look at the environment.
"""
