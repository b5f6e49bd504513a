"""A venue's driver-tracking service: our own format, signed after Standard Webhooks."""
