"""What WeChat's Official Accounts and WeCom have in common: signed and encrypted calls, tokens, error codes.

envelope  a call of the platform: verified, decrypted, as the fields of its XML
tokens    access tokens, shared between processes, one refresh at a time
calls     calls to the platform, and what each of its error codes means for a send
reading   the fields of a call -> Inbound; inbox: calls answered when they are committed
steps     a notice as several messages; cut: long texts in parts; pace: what one recipient may be sent
robot     the channel of a smart robot; link: its connection; frames: what is said over it
cards     codes by which cards that were sent are changed
wecom     the channel of an enterprise's application and group robots; wechat: that of an Official Account;
          application: what both have in common
check     `wardline channel check`; check_robot: of a robot; codes: what an errcode means to who sets it up
"""
