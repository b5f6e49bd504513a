"""Lightspeed Kounta (O-Series): its REST API behind the port `PosGateway`."""
