"""The linter behind `letters check`: finds everything that could go wrong with a letter before anybody writes one.

In comes a library, or single Word files. Out comes a report of findings, each with its place and what to do about it;
copies of the Word files, with comments or with fixes, can be made from it. The linter reads files of the library, but
does not write, print or read the clock: who calls it passes in the date.

- `lint`: `lint`, the public function; `findings`: `Finding` and `LintReport`; `library_linter`: one run over a library
- `template_file`: one Word file; `formatting`: its formatting and accessibility; `hidden_content`: what it hides
- `tag_checks`: the names and values that tags use; `template_names`: all names there are; `condition_analysis`:
  conditions that can never be true
- `sentence_fit`: whether wording fits into the sentence it completes; `docxtpl_limits`: what docxtpl itself cannot do
- `window_envelope`: whether a printed address stands in the window of an envelope
- `contradiction_search`: letters that would contradict themselves
- `sample_runs`: test letters; `answer_variations`, `answer_changes`: the answers they are filled with; `proofreading`:
  mistakes in their text
- `enclosure_checks`: forms that go out with letters
- `question_usage`, `law_usage`: questions, law and terms that nothing uses
- `rule_catalog`: every rule a finding can be about; `accepted`: findings an office accepts, and baselines
- `report_formats`: text and JSON; `service_formats`: SARIF, GitHub, GitLab and Markdown
- `copies`: copies of Word files, with comments (`word_comments`) or with fixes
  (`fixes`)
"""
