"""The Telegram face of the conversation: parses updates, draws replies, shows agents their cards."""
