"""Distributions without sampling: each cell is a mixture, whose quantiles are solved for.

================  =========================================================================
``solve``         the method: blocks of cells to their statistics
``reach``         which plans it can take, and which of them quickly
``families``      cells that are solved together
``mixtures``      the mixture of each family
``components``    a pair of lengths to the components of a mixture
``length_pairs``  which of two lengths is summed inside the other, and how finely
``kinks``         where ln E bends along the two lengths
``length_rules``  one length as weighted nodes, or as short segments
``panels``        how finely a continuous length is divided
``load_cells``    cells of a plan under load, solved together by lengths and attention
``load_nodes``    lengths as nodes that many cells of the load model share
``load_drivers``  drivers at these nodes, and what cells are solved with them
================  =========================================================================
"""
