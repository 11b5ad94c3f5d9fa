"""Draws: a view in, a component out. No data, no callback, no clock; the same view always gives the same component."""
