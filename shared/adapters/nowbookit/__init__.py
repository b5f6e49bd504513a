"""Now Book It: bookings fetched because its webhooks only say "look", and told what the party spent."""
