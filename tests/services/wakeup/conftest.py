"""A fresh database for each test."""

from support.databases import database, database_url, postgres, postgres_url, sqlite_template, sqlite_url

__all__ = ["database", "database_url", "postgres", "postgres_url", "sqlite_template", "sqlite_url"]
