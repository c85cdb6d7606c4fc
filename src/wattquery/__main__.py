"""``python -m wattquery``, for an installation whose scripts are not on the path."""

from wattquery.cli import main

if __name__ == "__main__":
    main(prog_name="wattquery")
