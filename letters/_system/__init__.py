"""System: what Letters needs from the operating system, apart from the clock and the terminal.

In: bytes and paths. Out: files on disk, and problems in words when they cannot be written. Imports the standard library
and `letters.errors` only.

- `output`: files written whole or not at all
- `private_files`: files for their owner alone
- `processors`: how many processes may run at once
- `workers`: how each one begins
- `stopwatch`: how long something takes
- `time_limit`: stops work that takes too long
- `resource_limits`: limits on the time and memory for one file
- `late_modules`: modules that few letters need, imported when they are used
- `kept_files`: files beside the compiled modules; `compiled_patterns`, `generated_code`, `result_files`: what they hold
- `kept_code`: what is compiled while modules are imported, kept in them
- `arguments`: what is wrong with the arguments of a call
- `environment`: environment variables and the working folder
- `font_folders`: where this system keeps fonts
- `installing`: the commands that install what is missing
"""
