"""The way to the exchange: SIP, the media line, the network's numbers."""
