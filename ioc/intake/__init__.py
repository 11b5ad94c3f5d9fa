"""Accepts records: maps, checks, refuses, appends. It fetches nothing and computes no indicator."""
