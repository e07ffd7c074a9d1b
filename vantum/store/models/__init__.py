"""All tables: one class each, one file for each noun. Whoever imports this knows the whole schema."""

from __future__ import annotations

from vantum.store.models.analyses import Analysis, AnalysisJob, Callback
from vantum.store.models.audit import AuditEntry
from vantum.store.models.base import Base, Owned
from vantum.store.models.calls import Call, CallEvent, Recording, Turn
from vantum.store.models.campaigns import Campaign, Lead, RetryPolicy
from vantum.store.models.contacts import Company, Contact
from vantum.store.models.costs import Cost
from vantum.store.models.decisions import ChainHead, DialDecision
from vantum.store.models.dialers import Bucket, Dialer
from vantum.store.models.imports import Import, ImportRow
from vantum.store.models.orgs import ApiKey, Org, User
from vantum.store.models.permissions import Consent, Suppression
from vantum.store.models.requests import IdempotencyKey
from vantum.store.models.webhooks import WebhookDelivery, WebhookEndpoint

__all__ = [
    "Analysis",
    "AnalysisJob",
    "ApiKey",
    "AuditEntry",
    "Base",
    "Bucket",
    "Call",
    "CallEvent",
    "Callback",
    "Campaign",
    "ChainHead",
    "Company",
    "Consent",
    "Contact",
    "Cost",
    "DialDecision",
    "Dialer",
    "IdempotencyKey",
    "Import",
    "ImportRow",
    "Lead",
    "Org",
    "Owned",
    "Recording",
    "RetryPolicy",
    "Suppression",
    "Turn",
    "User",
    "WebhookDelivery",
    "WebhookEndpoint",
]
