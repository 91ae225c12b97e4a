"""Where people's messages enter and leave."""
