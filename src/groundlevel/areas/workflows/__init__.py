"""Workflows and who is in them."""

from groundlevel.areas.workflows.enrolments import ENROLMENTS, Enrolment
from groundlevel.areas.workflows.workflows import WORKFLOWS, Workflow, workflow_or_400

__all__ = ["ENROLMENTS", "WORKFLOWS", "Enrolment", "Workflow", "workflow_or_400"]
