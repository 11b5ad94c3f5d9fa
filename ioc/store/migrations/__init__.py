"""Numbered SQL files that bring a store from one schema version to the next; never changed once released."""
