"""Orders, what is written to a POS for them, and the protocol by which it is written."""
