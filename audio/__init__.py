"""Sound and signals; knows no SIP, no wall clock, no database."""
