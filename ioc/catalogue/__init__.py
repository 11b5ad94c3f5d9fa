"""Describes what the ministry measures: record types, indicators, goals, milestones, units, calendar. It computes nothing."""
