"""The demo: real cases, told through the services by fictional people of fictional organisations."""
