"""Knows who is looking and how far they may see. Every read names its viewer."""
