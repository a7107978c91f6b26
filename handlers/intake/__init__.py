"""Text -> meaning. Pure: no network, no clock, no state but caches of what was compiled.

meaning   understand(): the labels of a message, each with the rule and the words that fired
labels    the rules themselves: intent, kind, scope, severity, dangers
names     which systems and departments are named
when      which instant a message names; deadline() for times to come
clocks    the grammar of Chinese times, by which when() reads
english   times in English and other languages
text      folding, and what of a mail or a quoting message is new
redact    what pages, logs and exports must not show
lexicon   compile_lexicon(): a hospital's catalogue and the words of lexicon.toml, compiled once
"""
