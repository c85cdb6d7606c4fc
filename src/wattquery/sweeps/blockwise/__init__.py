"""Grids solved box by box: into a store, by other machines, or when somebody asks for them.

A box is a study of its own, whose cells are what they are in the whole grid to the last digit: random numbers go by
labels and never by places. So memory is that of the boxes in work, and it does not matter who solves which, or when.

===============  ===========================================================================
``work``         what is done with a box: a study cut to it, and solved
``template``     what the whole will look like: arrays, labels and attributes, before any of it is solved
``asked``        what was asked for, in words and numbers that another call is compared with
``differences``  what another call asks for that a store does not have, in sentences
``extend``       a study in the order of a store: its labels, then those that are new
``refine``       more draws for a store that keeps histograms
``window``       bins of the energy lattice that all histograms of a store have
``kept``         which bins these are, found before anything is solved
``laid_out``     a store laid out for a study: anew, as it is, or grown
``finished``     whether a store has all that is asked for, so that nobody has to write there
``written``      what is missing of a box, solved and written
``to_store``     boxes that are missing in a store, solved and written there
``gathered``     boxes solved by workers elsewhere, put together in memory
``lazy``         boxes solved when somebody asks for their values
``canary``       whether workers compute what this process does
``ways``         which of these a call asks for
``analyses``     the same of any analysis that has something to say of each cell
``elsewhere``     where an analysis goes that is not kept in memory, as its user wrote it
===============  ===========================================================================
"""
