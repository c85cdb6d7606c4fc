"""``python -m wattquery.cli``."""

from wattquery.cli import main

if __name__ == "__main__":
    main(prog_name="wattquery")
