"""From the raw tables to the tables that ship: one small file per table, and one for each thing that they share.

``cells``          reading and writing tables, and the one way a number is written
``licences``       what a licence in the raw tables means here
``sources``        the source of a row, by its identity
``rules``          every rule by its name, with the sentence that the report prints
``report``         what the rules did: rows in, rows out, conversions, reasons
``names``          labels: aliases of models, accelerators, serving stacks, precisions, versions, dates
``architectures``  the table of architectures
``accelerators``   the table of accelerators and their nodes
``operating``      fields that a measured row has in any table: its configuration, its load
``throughput``     published rates to rows of performance
``serving``        measured latencies to rows of performance
``maximum``        which rows are at maximum load
``energy``         measured energy and power
``floor``          idle, batch 1 and plateau power
``benchmarks``     the catalog that sweeps read
``stacks``         the table of serving stacks
``totals``         counts by accelerator, stack and precision
``page``           the tables of docs/default-catalog.md, and DATA_LICENSES.md
"""
