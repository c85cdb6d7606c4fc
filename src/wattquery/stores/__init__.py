"""Where finished blocks go, and how a grid is divided into boxes that are finished one by one.

==========  ============================================================================
``memory``  the statistics of all cells as arrays: `put` takes a block
``boxes``   a grid divided into boxes of cells
``zarr``    a store on disk or elsewhere, of which each box is written by whoever solved it
==========  ============================================================================
"""
