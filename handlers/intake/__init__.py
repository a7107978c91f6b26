"""Text -> meaning. Pure: no network, no clock, no state but caches of what was compiled.

meaning   understand(): the labels of a message, each with the rule and the words that fired
intents   what the writer wants; kinds: kind, scope, severity, disasters
mixed     whether the program mixed patients up
problems  where one problem of a message ends and the next begins
meant     which of the systems named is meant; places: which of the departments
particular whether a report tells of one thing alone
names     which systems and departments are named; sounds: by their sound; spelled: in pieces, in pinyin
near      names that are missed by one slip: a question
reading   one message while it is read
when      which instant a message names; deadline() for times to come
onset     how likely a time is the onset of a fault, by the words around it
bare      words that say nothing but how bad it is, or since when
clocks    the grammar of Chinese points in time, by which when() reads; spans: durations, shifts
days      the day of such a point; periods: weeks, months, their thirds, years; holidays: those that tell a day
timeless  what looks like a time and is none
stretch   from when to when a command says
ahead     from when to when something is announced for
moment    Moment, what the grammars find; numbers: numerals
english   times in English and other languages
text      folding, and what of a mail or a quoting message is new
contact   the number to call back, kept as such
redact    what pages, logs and exports must not show; persons: names, by the words that introduce them
scoring   how well labelled messages and times are read
lazy      patterns that are compiled when first used; warm: all of them, before a server's first message
quick     alternatives that give up early where none of them can begin
lexicon   compile_lexicon(): a hospital's catalogue and the words of lexicon.toml, compiled once
"""
