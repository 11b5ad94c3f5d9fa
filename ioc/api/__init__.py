"""Hands views out, and records in, over HTTP. It computes nothing."""
