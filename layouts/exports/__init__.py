"""Draws exhibits for pictures and paper: what the screen shows, with all that says where it comes from."""
