"""What happens elsewhere, as it is told in a contact's conversation. Nobody asks this area for anything."""
