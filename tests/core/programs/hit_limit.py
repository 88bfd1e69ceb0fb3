"""Tries so many times under one limit, through the application's own limiter, and prints how often it was let through."""

import sys

from limits import parse

from app import config, create_app
from app.extensions import limiter
from tests.support.processes import wait_for_the_others

rate, tries = sys.argv[1], int(sys.argv[2])
app = create_app(config.load())
with app.app_context():
    limiter.limiter.test(parse(rate), "warm")
    wait_for_the_others()
    print(sum(limiter.limiter.hit(parse(rate), "one key") for _ in range(tries)))
