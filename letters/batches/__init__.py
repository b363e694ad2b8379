"""Batches: a letter for every row of a table.

In comes a table (CSV, Excel, JSON, or mappings from Python), a library, and the answers that all rows share. Out come
letters in a folder, in remote storage or as bytes, a result for each row, and a report of the rows that have problems.
A batch makes two passes: it checks every row, and only then writes the first letter.

A batch may start worker processes and write to its output folder. It does not print, read the clock or look at the
environment: the command line does that, and passes in an open stream where the rows come from standard input.

- `api`: `batch`, the public function, and `BatchResult`
- `run`: the two passes, `Batch`
- `rows`, `csv_rows`, `json_rows`, `excel_rows`, `row_source`: read rows, one at a time
- `workbook`, `opendocument`: an .xlsx and an .ods file as they are stored
- `field_lookup`, `column_mapping`, `cells`: turn headings into fields, and cells into answers
- `row_checker`: checks a row and names its letter; `filenames`: the naming pattern
- `worker_tasks`: what a worker process does; `worker_pool`: shares rows out among workers; `cluster`: Dask workers
- `library_snapshot`: the files and the digest of a library, so that all workers use the same one
- `storage`, `folder_storage`, `remote_storage`: where letters go
- `journal`: which rows are done, so that an interrupted batch can resume
- `report_files`: the problem report, and the file of bad rows; `blank_sheet`: an empty spreadsheet to fill in; `excel`:
  writes both as .xlsx
"""
