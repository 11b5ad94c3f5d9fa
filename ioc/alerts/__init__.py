"""Watches what needs acting on: raises an alert once, and keeps its life in a ledger. It counts nothing itself."""
