"""Where finished blocks go. A store has a method ``put`` that takes one; what is in it at the end is the result.

==========  ===========================================================
``memory``  the statistics of all cells, or their sums, as arrays
==========  ===========================================================
"""
