"""The configuration: one TOML file, overridden by the environment, secrets from files."""
