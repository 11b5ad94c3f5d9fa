"""Judges values against goals. Pure functions: it reads no store and asks no clock."""
