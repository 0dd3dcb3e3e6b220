"""What keeps a collection whole: backup, doctor, repair, erasing."""
