"""From files, folders and addresses into the catalog."""
