"""Rewriting what already passed the door: under new pseudonyms, or without rows that must go; whole or not at all."""
