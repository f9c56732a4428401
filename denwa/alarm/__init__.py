"""`denwa alarm`: what the operator does with alarms."""
