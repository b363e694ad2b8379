"""The command line: one module for each command, where `add` defines its arguments and `run` runs it.

In come arguments and standard input; out go paths of files, tables, and JSON on standard output, messages on standard
error, and an exit code. Only this package reads the clock, the environment, and standard input; it may import
any other.

- `program`: the process of one command
- `main`: finds the command and imports its module alone, so that `letters --help` answers at once
- `command_parser`: what somebody who mistyped a command is told
- `common`: what the commands share
- `ask_lines`: questions of `init` and `scaffold` about what letters answer, and lines typed for `pdf`
- `new` (with `request_file`), `fill`, `batch` (with `batch_run` and `batch_progress`), `pdf`, `preview`, `demo`: write
  letters
- `web` (with `browser`): all of it in a browser
- `advise`, `kinds`, `fields`, `schema`, `explain`: say which letter to write, what it needs, and by which rule
- `enclose`, `read`: take a form in, and read one that came back
- `register`, `review_queue`: what was sent, and what waits for a colleague
- `check`, `vet`, `scaffold`, `init`, `doctor`: look after a library and the machine
- `verify`, `rebuild`: check a finished letter
"""
