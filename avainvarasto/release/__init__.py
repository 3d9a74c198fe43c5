"""From marts to what others may read: candidate, its gate, activation, exports.

Nothing here changes a file that a reader can open; `current` flips when everything stands.
"""
