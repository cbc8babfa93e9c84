"""The folds: what was committed becomes views that can be asked. Knows no command."""
