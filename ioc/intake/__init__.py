"""Accepts: what sources deliver goes through here into the store. It knows no kind of source and draws nothing."""
