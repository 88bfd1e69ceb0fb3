"""What other processes run in the tests beside."""
