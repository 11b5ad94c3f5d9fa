"""Asks a database for rows: one query in one read-only snapshot. It writes nothing there, and knows nothing of what rows mean."""
