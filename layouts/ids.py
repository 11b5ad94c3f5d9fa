"""The ids of components that callbacks and scripts speak to."""

LOCATION = "ioc-location"
PAGE = "ioc-page"
VERSION = "ioc-version"
BUILD = "ioc-build"
PARTS = "ioc-parts"
LATER = "ioc-later"
LATER_ASK = "ioc-later-ask"
