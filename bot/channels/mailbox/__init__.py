"""The channel "mail": mailboxes that are read, and answers that are sent. What a mail says is read in bot.channels.mail.
"""
