"""A page to explore a study in, self-contained in one file: `wattquery.explore`.

==================  ============================================================================
``exploring``       `explore`: what is explored, and where the page goes
``rebuilding``      from a Dataset back to the study that made it, or why not
``presets``         what the page of a preset, or of one model, explores
``payload``         all that a page holds, as JSON
``grid``            axes and variables of a Dataset
``engine``          what the page computes with, and its sliders
``rows``            what queries take in each deployment, as columns of numbers
``terms``           what labels add to ln E, and the lengths behind them
``distributions``   distributions in JSON
``arrays``          arrays in JSON
``calls``           values as they are written in a call
``references``      claims, sources, citations and the equation
``page``            the file: skeleton, style sheet, scripts and libraries
==================  ============================================================================

The equation is computed in the page by its scripts, ``document/scripts``, which are tested against this package.
"""
