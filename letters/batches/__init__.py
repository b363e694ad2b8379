"""The rooms behind `letters.batches.api`, in the order of the work.

`tables`, `rows` and `sheets` read what comes in; `columns` and `cells` make answers of it; `names` and `checking`
decide what each row becomes; `work` is what a worker does with rows; `crew` and `cluster` share them out; `places`,
`folders` and `remote` are where files go; `journal` remembers; `passes` is the whole of it; `orders` is the command;
`reports`, `blank` and `telling` write for people.
"""
