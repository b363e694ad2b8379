"""The rooms behind `letters.batch`, in the order of the work.

`rows` and `sheets` read what comes in; `columns` and `cells` make answers of it; `names` and `checking` decide what each
row becomes; `crew` and `cluster` share the rows out; `work` is what a worker does with them; `places` and `remote` are
where files go; `journal` remembers; `reports` and `blank` write for people; `telling` has the words.
"""
