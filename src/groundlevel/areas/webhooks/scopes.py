"""Which scope an app must have to be told of an event (source: the service's page on scopes, as far as it names them).

An event that is not named here is told to nobody: add it where it is first raised.
"""

ALWAYS = frozenset({"INSTALL", "UNINSTALL", "UPDATE", "PLAN_CHANGE", "EXTERNAL_AUTH_CONNECTED"})
"""What every app is told about itself, whatever its scopes and choices."""

_BY_SCOPE = {
    "contacts.readonly": (
        "ContactCreate ContactUpdate ContactDelete ContactTagUpdate ContactDndUpdate "
        "NoteCreate NoteUpdate NoteDelete TaskCreate TaskComplete TaskDelete"
    ),
    "opportunities.readonly": (
        "OpportunityCreate OpportunityUpdate OpportunityDelete OpportunityStatusUpdate OpportunityStageUpdate "
        "OpportunityAssignedToUpdate OpportunityMonetaryValueUpdate"
    ),
    "calendars/events.readonly": "AppointmentCreate AppointmentUpdate AppointmentDelete",
    "campaigns.readonly": "CampaignStatusUpdate",
    "conversations.readonly": "ConversationUnreadUpdate ConversationUnreadWebhook",
    "conversations/message.readonly": "InboundMessage OutboundMessage",
    "conversations/message.write": "ProviderOutboundMessage",
    "locations.readonly": "LocationCreate LocationUpdate",
    "users.readonly": "UserCreate UserUpdate UserDelete",
    "invoices.readonly": (
        "InvoiceCreate InvoiceUpdate InvoiceDelete InvoiceSent InvoicePaid InvoicePartiallyPaid InvoiceVoid"
    ),
    "payments/orders.readonly": "OrderCreate OrderStatusUpdate",
    "products.readonly": "ProductCreate ProductUpdate ProductDelete",
    "products/prices.readonly": "PriceCreate PriceUpdate PriceDelete",
    "objects/record.readonly": "RecordCreate RecordUpdate RecordDelete",
    "objects/schema.readonly": "ObjectSchemaCreate ObjectSchemaUpdate",
    "associations.readonly": "AssociationCreate AssociationUpdate AssociationDelete",
    "associations/relation.readonly": "RelationCreate RelationDelete",
    "lc-email.readonly": "LCEmailStats",
    "saas/company.read": "SaasPlanCreate",
    "voice-ai-dashboard.readonly": "VoiceAiCallEnd",
}

SCOPES: dict[str, str] = {event: scope for scope, events in _BY_SCOPE.items() for event in events.split()}
"""Event -> the scope that covers it."""
