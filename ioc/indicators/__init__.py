"""Computes values, numerator and denominator, from declarations. It knows no goal and no screen."""
