"""The simulated model: `model.answer` is the only door.

To call a tool, or to fill a schema in, it asks five questions, in this order:

    glossary                      which language a text is in, and what its words are in English
    tokens layout days measures names find
                                  which spans of a text could be values, and of which kinds
    want scopes                   what each property looks for, and which of them compete
    candidates score assign       how well each span serves each property, and which serves which
    write plain                   how a value is written as its schema asks; what stands for none

Others cut and build around them: `segments` finds the parts of a text that hold a record each,
`shape`, `trees` and `tones` build objects, lists and unions, `structure` reads which schema a
prompt describes. `profiles` says how strongly a message speaks of a tool, `account` what of it no
call accounts for, `plan` which calls a message asks for, `agent` which of them to make now, and
`chain` takes what they lack from results and from what was said before. What it knows is in
`data/`, and `knowledge` reads it.

To answer in words, `reading` says what of a prompt asks and what is material (`records` reads the
tables in it), `carry` makes a message whole that goes on from an earlier one, and `say` goes
through those that may know: `memory` and `passages` of what was said, `asking` with `results` and
`things` of what tools returned, `sums` with `arithmetic`, `crafts`, `almanac`, `sights`, and
`tongues` of what is asked in other languages. `style` gives an answer the form that is wanted.
"""
