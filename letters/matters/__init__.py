"""The life of a matter: the register of requests and letters, what comes in, and what goes out.

In: letters that were written, mails and documents that arrived. Out: the next number, earlier requests and letters,
deadlines, proposals for answers, drafts of mails. Nothing here prints, asks, or reads the clock: the time in the log is
the database's own. A library that has not chosen a register writes its letters as if this room did not exist.

- `register`: the register itself: numbers, entries, states, and the log, each change in one transaction
- `register_lists`: its entries in words
- `register_tables`: its tables, and how an older register becomes a newer one
- `database`, `sqlite_file`, `postgresql`: what a register asks of a database, and the two kinds of database
- `event_log`: the log, to which rows are only added, chained by a keyed hash
- `integrity`: whether the log, the numbers and the entries are as they were written
- `location`: where a library keeps its register and the key of its log
- `reference_numbers`: the office's file numbers, such as OGC-2019-0142
- `particulars`: what is remembered of a letter or a request
- `memory`: earlier requests and letters of a requester, and what contradicts them
- `agency_names`: when two names are the same, and when they only may be
- `intake`: mails and documents that arrived, read as proposals for answers
- `clocks`, `calendar_file`: deadlines computed from what happened; as a calendar file
- `email_draft`: a letter as an unsent mail
- `colleague_review`: letters that a colleague approves before they count as issued
- `registration`: entering the letters that `new`, `fill`, `batch` and the API write
- `register_copies`: backups, restoring one, and moving to another database
"""
