"""Measures what the product promises about speed: ratios to a named limit, taken in the same run, at growing sizes."""
