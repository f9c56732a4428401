"""The services that one dials; one folder a service."""
