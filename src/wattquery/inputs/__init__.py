"""What comes in from outside: names in their one form, files that may be opened, formats that are told and not read.

``names``      names and labels in their one form, and those that look alike
``all_labels`` every label of a catalog, in a word
``ladder``     what an energy may count, from the accelerator to the facility, and what lies between
``arguments``  arguments by name: which a function has, and what renamed ones are called now
``files``      which files are opened, and what is said of the others
``formats``    what a file is, told by its first bytes
``garbage``    work without looking for garbage, for millions of objects that are all kept
"""
