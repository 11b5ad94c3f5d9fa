"""Fetches tables of source columns from where they are. It maps, checks and stores nothing."""
