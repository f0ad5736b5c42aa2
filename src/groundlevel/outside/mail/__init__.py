"""Mail: how it is written, signed, sent, received and read."""
