"""The read side: typed questions to the views. Knows no command, and changes nothing."""
