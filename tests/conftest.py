"""Fixtures of every test."""

pytest_plugins = ["tests.databases", "tests.applications", "tests.e2e.website"]
