"""Plays a ministry: made-up records of every type, seeded, years of history and a live stream. It stores and judges nothing."""
