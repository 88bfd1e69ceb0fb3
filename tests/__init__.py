"""Tests. They mirror ``app/``; ``README.md`` says where one belongs and what it may use."""
