"""Draws: a view in, a component out. It asks nothing, computes nothing and registers no callback."""
