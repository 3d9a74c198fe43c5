"""From a delivered folder to pseudonymous rows: checksum, contract, quarantine, keys.

Identifiers are seen in this package and `pseudonymise` only.
"""
