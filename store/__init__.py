"""What must survive: one database, its transactions, call records, and the outbox of events."""
