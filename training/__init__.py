"""What makes the models that the product ships; not in the wheel."""
