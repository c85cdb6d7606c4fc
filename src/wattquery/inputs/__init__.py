"""What comes in from outside: names in their one form, files that may be opened, formats that are told and not read."""
