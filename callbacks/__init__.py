"""Wires: a change on the page asks a view and hands it to a layout. It computes nothing and holds no state."""
