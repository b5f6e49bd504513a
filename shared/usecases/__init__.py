"""What the relay does, one verb phrase a file, each with the small ports it needs."""
