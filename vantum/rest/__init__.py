"""The REST API of outreach, under ``/api``: people, their consents, and who may do what.

Every request has a principal, and every query its organisation: what belongs to another does not exist.
"""
