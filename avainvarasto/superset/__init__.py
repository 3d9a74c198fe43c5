"""Superset as code: load and check the assets, bring them to a server, start and stop that server.

Belongs here: what a dashboard may read and how it gets there. Does not: what the numbers mean (dbt models) and
what may be shown (disclosure).
"""
