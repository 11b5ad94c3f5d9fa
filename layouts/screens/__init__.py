"""One page a module, put together from panels."""
