"""ResDiary: signed webhooks that carry the whole booking."""
