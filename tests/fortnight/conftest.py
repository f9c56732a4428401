"""A fresh database for each test."""

from support.databases import postgres, postgres_url, sqlite_template, sqlite_url

__all__ = ["postgres", "postgres_url", "sqlite_template", "sqlite_url"]
