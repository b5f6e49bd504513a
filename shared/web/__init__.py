"""What is true of HTTP deliveries before any use case sees them."""
