"""What tests stand on: throw-away servers and databases, and the people who knock. No tests in here."""
