"""Commands of the command line that read a release alone, and what all commands share."""
