"""Commands of the command line, a module for each topic; `qa.cli` registers them."""
