"""Commands of the command line, a module for each topic; `qa.cli.app` registers them."""
