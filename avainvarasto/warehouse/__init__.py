"""The one place that opens DuckDB files of the warehouse: a new file each build, then the link flips."""
