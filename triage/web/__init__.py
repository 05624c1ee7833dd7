"""The web page of the conversation, the JSON API of the report, health and metrics."""
