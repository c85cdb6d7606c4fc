"""Request logs: a file with a row per request, in any number, to a workload of bounded size.

================  ======================================================================================
``read``          `read_requests`: the door
``request_log``   the workload of a log, and what else it says: hours, sessions, what was left out
``names``         the columns that common logs have, and which of a file's columns hold what
``blocks``        whole lines of a file, block by block, gzip or not
``formats``       which format a file has, and its blocks as columns: the rest of the room knows no format
``csv_log``       CSV, with commas, semicolons or tabs
``json_log``      JSON with an object per line, nested or not, and spans of OpenTelemetry
``parquet_log``   Parquet, where pyarrow is installed
``requests``      columns of a block to the lengths of requests, and what is left out of it and why
``tally``         any number of lengths in bounded memory: counts and sums in cells
``hours``         times of requests, and how many come in each hour of the day
``sessions``      how many requests a session has
================  ======================================================================================

Memory is bounded whatever the size of the file: nothing keeps a row.
"""

from wattquery.workloads.logs.read import read_requests
from wattquery.workloads.logs.request_log import RequestLog

__all__ = ["RequestLog", "read_requests"]
