"""Computes: a declared indicator and a question become values. It judges nothing and speaks no SQL."""
