"""What a person must do: a question kept until somebody has closed it."""
