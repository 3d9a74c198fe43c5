"""The library of Avainvarasto: deliveries, identifiers, gates, disclosure control and release.

Every module is usable from a notebook; none imports an orchestrator or dbt.
"""
