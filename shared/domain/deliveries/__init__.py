"""What platforms are told: endpoints, signed events, and how often they are tried."""
