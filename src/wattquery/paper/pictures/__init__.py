"""The paper's figures, drawn again with the published numbers beside ours, in a folder that shows them all.

==============  ===================================================================================
``listing``     the figures: what each shows, and where its layout is known from
``computing``   all that is computed for them, once
``panels``      the distributions of a figure, panel by panel
``comparison``  published beside computed, a row for each number
``violins``     distributions, with what was published of each
``days``        a day of a billion queries as bars
``multiples``   how many times public estimates exceed the model
``drawing``     which of these draws which figure
``page``        the page that shows all figures and tables
``make``        all of it in one call
==============  ===================================================================================

The numbers in pictures and tables are those of `wattquery.paper.reproduce`: both ask the same `Quantities`.
"""
