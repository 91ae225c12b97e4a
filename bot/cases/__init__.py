"""What a person must do: the life of a case, promised times, working hours."""
