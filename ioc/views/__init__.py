"""Gathers what a screen, an export or the API needs into frozen views. It draws nothing and writes nothing."""
