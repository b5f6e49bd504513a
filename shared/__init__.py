"""What the Lambda functions share: domain, use cases, adapters, web edge and the one place that composes them."""
