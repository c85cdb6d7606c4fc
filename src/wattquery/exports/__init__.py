"""Results out: to netCDF and zarr as they are, and as tables to CSV, Parquet and Excel; whole or not at all.

``save``        a result to a file of whichever format its name tells
``tables``      a Dataset as tables with a row for each cell
``columns``     what the columns of a table are called, with their units
``spreadsheet`` text that no spreadsheet takes for a formula
``about``       what is to be known of a result beside its numbers, as a table
``workbook``    tables to an Excel file
``formats``     the formats: what writes each, and what it needs
``places``      where a file goes, tried before the work starts, and written under another name first
``folders``     the same of several files that go together

Nothing here knows what a result is about.
"""
