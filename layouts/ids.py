"""The ids of components that callbacks speak to."""

LOCATION = "ioc-location"
PAGE = "ioc-page"
VERSION = "ioc-version"
