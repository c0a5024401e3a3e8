"""What was done to restore services, and which measures were taken."""
