"""``python -m wattquery.cli``."""

from wattquery.__main__ import run

if __name__ == "__main__":
    run()
