"""What is kept of outreach: people, campaigns, calls and decisions in a database, SQLite or Postgres.

Every query takes the organisation's id behind the session, and gives no row of another.
"""
