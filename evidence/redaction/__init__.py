"""Taking passages out of files: the program that does it, and how it is run."""
