"""Suites for asv, one file per part. The first value of each parameter is its smallest: tests run that one."""
