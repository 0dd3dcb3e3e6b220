"""ZIP archives, read entry by entry and never unpacked to a disk."""
