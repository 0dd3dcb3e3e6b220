"""Who may ask a server that is open to other machines."""
