"""SIP: endpoint, registration, calls."""
