#!/usr/bin/env python3
"""The leaderboard on PostgreSQL: what board_test.py asks of it on a file of SQLite. Exit code 77 without PostgreSQL."""

import sys
import unittest

import board_test
import postgres


class Uploads(postgres.OnPostgres, board_test.Uploads):
    pass


class Api(postgres.OnPostgres, board_test.Api):
    pass


if __name__ == "__main__":
    with postgres.server() as url:
        if not (url and all(postgres.PROGRAMS)):
            print("PostgreSQL is missing: run scripts/setup test")
            sys.exit(77)
        postgres.OnPostgres.url = url
        unittest.main()
