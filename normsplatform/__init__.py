"""Composition only: settings, addresses, queue, health, embedded services. No word of the domain."""
