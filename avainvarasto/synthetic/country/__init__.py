"""A whole made-up country by columns: persons, households and their months of basic social assistance.

Belongs here: what happens to whom, month by month, as arrays. Does not: rows and files of suppliers (`sources`).
"""
