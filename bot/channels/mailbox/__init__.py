"""The channel "mail": mailboxes that are read, answers that are sent. What a mail says is read by bot.channels.mail.

channel    MailChannel: the mailboxes it reads, the sending of notices, the links that people open
imap       one connection to a mailbox; refusals: whether it refuses a log-in for good;
           reader: a mailbox read for ever, mail by mail; cursor: how far it was read
incoming   a mail as a message; passed_on: somebody else's words in it; proof: who wrote it
handling   what becomes of each mail; crowd: how many are taken of senders whom nothing proves;
           aside: those that nobody dealt with
compose    a notice as a mail; smtp: how it is sent, and what the server's answers mean
answers    how many an hour an address is sent, and by which box
signing    ids and links that are ours; oauth: access tokens
check      `wardline channel check mail`; reach: how far it gets without the password, and what errors mean
ageing     what of mails is kept for a while only (bot.purge)
"""
