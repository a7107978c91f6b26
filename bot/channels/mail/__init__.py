"""What a raw mail says. Pure: bytes -> value; no input is an error.

reading    read_mail(raw) -> Mail: who wrote, what is new in it, what came along, of which kind it is
letter     Mail and Attachment, the values
headers    the header block, encoded-words; address: From and To; fields: parameters of a header (RFC 2231)
parts      the tree of MIME parts, also where boundaries are wrong; transfer: base64, quoted-printable, uuencode
charset    bytes -> text, whatever the label says
body       the parts that are words; flowed: format=flowed
markup     what a reader sees of HTML; quote_marks: how HTML says that something is history, or hidden
quoted     new words and history told apart; intros: the lines that introduce history
kind       message, auto, bounce or unreadable; bounce: not delivered, in anybody's format
"""
