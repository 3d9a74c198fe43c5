"""Commands of `avainvarasto`, one module a subject: each adds its parsers, and imports what it needs when it runs."""
