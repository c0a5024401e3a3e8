"""What an organisation keeps of people and cases: who may ask for it, how long it stays, and taking all of it along (SHR-6)."""
