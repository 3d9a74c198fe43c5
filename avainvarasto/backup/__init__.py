"""Backup and restore of what cannot come again: the lake, kept texts, quarantine, releases, keys and aliases.

Belongs here: what is taken, the archives and their record, and the way back into an empty home. Does not: where the
archives are kept, and who may read them.
"""
