"""The simulated model: `model.answer` is the only door.

To call a tool, or to fill a schema in, it asks four questions, in this order:

    tokens layout measures find   which spans of a text could be values, and of which kinds
    want scopes                   what each property looks for, and which of them compete
    candidates score assign       how well each span serves each property, and which serves which
    write plain                   how a value is written as its schema asks; what stands for none

Others cut and build around them: `segments` and `rows` find the parts of a text that hold a record
each, `shape`, `trees` and `tones` build objects, lists and unions, `structure` reads which schema a
prompt describes. `profiles` says how strongly a message speaks of a tool, `account` what of it no
call accounts for, `plan` which calls follow, `chain` and `agent` what a result leads to. What it
knows is in `data/`, and `knowledge` reads it.

To answer in words, `reading` says what of a prompt asks and what is material, and `say` goes
through those that may know: `memory`, `passages`, `asking`, `sums`, `crafts`, `almanac`, `sights`.
"""
