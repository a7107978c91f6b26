"""A year in some minutes: the real handlers on a virtual clock, people made up by chance, and what must always hold.

world       the handlers on a clock that leaps; tests and the demonstration stand on it as well
script      what is done to a world, as dated lines that can be printed and played again
player      plays acts on a store in memory, with the troubles of a real process
checks      what must always hold; oracle: the same answers by other means
cast        people, rota and catalogue for whatever contracts are given; words: what people write
story       one fault and its chance; clinicians, engineers and managers: how they act
arrivals    what is reported when, with its storms
year        who reacts to what, what goes wrong, what is over
shrink      the shortest script that still fails
worlds      several at once, and what is told of them
"""
