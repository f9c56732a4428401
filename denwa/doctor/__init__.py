"""`denwa doctor`: tries what the service needs, and says what to mend, one module a check."""
