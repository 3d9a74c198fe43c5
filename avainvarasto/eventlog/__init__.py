"""The event log of the Kela flow as XES (IEEE 1849): read from the build, written, checked, and only then in place."""
