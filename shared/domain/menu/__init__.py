"""A site's menu: what it holds, how far its import got, and what it says of an order."""
