"""What a block of work is and how it becomes statistics. Arrays only: labels stop at `wattquery.plans`."""
