"""Reports: one page in one file that answers, says what the answer rests on, and can be printed.

====================  ================================================================================
``report``            `wattquery.report`: what a page is about, computed where it is no result yet, and written
``paths``             which path a page can have
``subjects``          what a name stands for: a claim, a scenario, a preset, a model
``content``           the parts of a page before they are HTML
``document``          the parts as HTML, in their order
``tables``            a table of a page as HTML
``equations``         equations with their symbols, units, source and limits
``pictures``          pictures of `wattquery.plot` inside of a page, with their words
``grids``             what is said of a grid or of one query
``computed``          grids and single queries that are computed for a page
``cells``             the cells of a grid as tables
``grid_pictures``     which pictures a grid gets
``driving``           what moves an answer most: axes of a grid, or factors of one query
``frontier``          what is said of a query to the frontier
``fleets``            what is said of fleets
``fleet_points``      their labels, energies and intervals
``fleet_conditions``  what they hang on
``verdicts``          what is said of a claim
``assumptions``       every input with where it is from
``origins``           the rows behind a result, by their sources
``beside``            public claims beside a number
``calls``             the call that makes a result, as Python
``citing``            how to cite a page: a line and BibTeX
====================  ================================================================================

The style sheet is ``style.css``. Every text goes through `wattquery.pages.escaped`, and every sentence that answers is
made in `wattquery.claims.wording`.
"""
