"""Feeds of kind `mqtt`: messages of a broker, acknowledged when they are on disk. Nothing here maps or judges a record."""
