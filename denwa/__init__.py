"""The program: command line, configuration, assembly."""
