"""Measures what an edit costs, here and with other servers, side by side in one run."""
