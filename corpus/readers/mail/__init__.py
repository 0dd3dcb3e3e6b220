"""Mail: messages and mailboxes, with what is attached to them."""
