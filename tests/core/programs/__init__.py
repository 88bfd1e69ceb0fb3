"""What several processes run at once in the tests beside: ``tests.support.processes.at_once`` starts them."""
