"""What each supplier sends of the made-up country: `deliver` is the way in, `lake_files` skips the door.

Belongs here: extracts and their rows, and when they are sent. Does not: what happens to whom (`country`), the rows of
small sources that are written one by one (the modules above this folder), and the forms of files (`forms`).
"""
