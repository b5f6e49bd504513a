"""One folder a Lambda function: wiring only."""
