"""The card that hangs beside the telephone: an A6 page with the numbers to dial."""
