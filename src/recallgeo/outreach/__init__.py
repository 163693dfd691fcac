"""Outreach: waves, days, channels, partners, questions and what came back."""

from recallgeo.outreach.plan import Plan, plan_outreach
from recallgeo.outreach.policy import CHANNELS, OutreachPolicy
from recallgeo.outreach.questions import ask_questions, chain_of, partner_of
from recallgeo.outreach.status import CLOSED_STATES, CONTACT_STATES, REMEDY_STATES, fold_log

__all__ = [
    "CHANNELS",
    "CLOSED_STATES",
    "CONTACT_STATES",
    "REMEDY_STATES",
    "OutreachPolicy",
    "Plan",
    "ask_questions",
    "chain_of",
    "fold_log",
    "partner_of",
    "plan_outreach",
]
