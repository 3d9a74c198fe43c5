"""Suites of expectations, run by Great Expectations on DuckDB, and the receipts that gates leave."""
