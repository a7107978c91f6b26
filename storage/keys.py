"""Whether the ring of keys is the one that this database was written with."""

import sqlalchemy as sa

from sla.worded import Worded
from storage import schema
from storage.crypt import KeyProblem
from storage.session import Session

PROOF = b"keys.proof"
_k = schema.keys.c


def check_keys(session: Session) -> None:
    """Note the key that encrypts from now on, and prove every one that ever did. Raises KeyProblem where one is missing
    or another key carries its name."""
    db = session.db
    put = db.prepare(db.upsert(schema.keys).on_conflict_do_nothing(index_elements=["id"]), ("id", "proof"))
    session.begin()
    try:
        db.run(put, id=db.crypt.ids[0], proof=db.crypt.encrypt(PROOF, b""))
        for id, proof in db.rows(db.prepare(sa.select(_k.id, _k.proof).order_by(_k.id))):
            if id not in db.crypt.ids:
                raise KeyProblem(
                    Worded(
                        'texts were encrypted under the key "{id}", which is not in the ring: add it behind '
                        "the others (WARDLINE_KEYS or the key file)",
                        id=id,
                    )
                )
            db.crypt.decrypt(PROOF, proof)
        session.commit()
    except BaseException:
        session.rollback()
        raise
