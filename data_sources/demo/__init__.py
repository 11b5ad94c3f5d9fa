"""The simulated ministry: a source like any other, which makes its records up and says so."""
