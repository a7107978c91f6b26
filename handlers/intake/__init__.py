"""Text -> meaning. Pure: no network, no clock, no state but caches of what was compiled.

meaning   understand(): the labels of a message, each with the rule and the words that fired
intents   what the writer wants; kinds: kind, scope, severity, disasters
problems  where one problem of a message ends and the next begins
places    which of the names is meant; reading: one message while it is read
names     which systems and departments are named
when      which instant a message names; deadline() for times to come
onset     how likely a time is the onset of a fault, by the words around it
clocks    the grammar of Chinese points in time, by which when() reads; spans: durations, shifts
days      the day of such a point; periods: weeks, months, their thirds, years; holidays: those that tell a day
stretch   from when to when a command says
moment    Moment, what the grammars find; numbers: numerals
english   times in English and other languages
text      folding, and what of a mail or a quoting message is new
redact    what pages, logs and exports must not show
lazy      patterns that are compiled when first used
quick     alternatives that give up early where none of them can begin
lexicon   compile_lexicon(): a hospital's catalogue and the words of lexicon.toml, compiled once
"""
