"""The posrelay command for operators: venues, platforms, keys and webhooks of any deployed stack. Not deployed."""
