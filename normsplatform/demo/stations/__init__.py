"""The stations of a case, one module each: what the case's file says is done through the services of that station."""
