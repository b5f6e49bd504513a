"""HTTP clients, and what is common to all that is asked over HTTP."""
