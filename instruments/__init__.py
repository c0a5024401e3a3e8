"""The norms as versioned data: numbers, lists, wording and the day each takes effect. How they are applied is code elsewhere."""
