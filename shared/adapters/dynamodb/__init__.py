"""The relay's one table. `schema` documents keys and access patterns; the other files are the ports' adapters."""
