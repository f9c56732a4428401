"""What `make run` and `make test` do before denwa itself can run; needs Python's own library only."""
