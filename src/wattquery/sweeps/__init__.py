"""The spine, in reading order: study, settings, run, dataset, provenance, memory, sweep, estimate, blend."""
