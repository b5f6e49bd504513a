"""Now Book It: bookings to fetch, statuses to update, thin webhooks."""
