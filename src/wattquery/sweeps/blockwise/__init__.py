"""Grids solved box by box: into a store, by other machines, or when somebody asks for them.

A box is a study of its own, whose cells are what they are in the whole grid to the last digit: random numbers go by
labels and never by places. So memory is that of the boxes in work, and it does not matter who solves which, or when.

===============  ===================================================================="""
