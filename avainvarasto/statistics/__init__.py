"""Estimators on small tables: they read and write arrays, know no orchestrator and no dbt, and draw from a seed only.

Belongs here: what SQL cannot say in closed form. Does not: counting (dbt/) or texts (the marts' labels).
"""
