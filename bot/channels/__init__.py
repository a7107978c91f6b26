"""The ways in and out: thin adapters. verify -> normalise -> commit inbox; outbox -> send. They know no ticket."""
