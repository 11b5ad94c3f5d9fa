"""Keeps records, versions and cells. The only room that speaks DuckDB; it judges nothing and knows no source."""
