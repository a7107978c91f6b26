"""Words and files that change nothing."""

from handlers.intake.redact import redact
from handlers.talk import Talk, attached
from sla.ticket import Ticket


def keep(talk: Talk, ticket: Ticket, told: str = "noted_for_engineer") -> int:
    """Put them on the ticket, and tell the other side."""
    ticket = talk.record(ticket, *talk.words(talk.whole))
    files = talk.kept_files()
    said, sent = redact(talk.text or ", ".join(str(file["file_name"]) for file in files)), attached(files)
    if talk.speaker.id == ticket.reporter or not talk.speaker.is_provider:
        talk.tell_workers(ticket, told, attachments=sent, text=said)
    if talk.speaker.id != ticket.reporter:
        by = talk.somebody(talk.speaker.id)
        talk.tell_reporter(ticket, "noted_for_reporter", attachments=sent, name=by, text=said)
    person = None if talk.speaker.is_provider else talk.worker_of(ticket)
    key = "noted_and_told" if person else "noted"
    talk.answer(talk.say(key, ticket=ticket.number, name=person), ticket=ticket.number)
    return ticket.number
