"""Who may be rung, and how often: proofs, opt-outs, quotas, allowed numbers."""
