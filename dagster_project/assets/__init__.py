"""Assets by stage: landing, lake, warehouse, release."""
