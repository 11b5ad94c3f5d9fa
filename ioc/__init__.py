"""The core of the Intelligent Operations Center: records in, numbers out. It knows no Dash and no kind of source."""
