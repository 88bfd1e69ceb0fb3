"""Measurements: how long something takes with as much data as a shop has in years. Not part of the tests."""
