"""Orchestration only: what runs, when, after what. Importing this package imports no orchestrator yet."""
