"""What is measured of a running platform, for whoever runs it: never a tenant, a person, a case or an address anybody asked for."""
