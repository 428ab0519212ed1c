"""Names for containers that nobody named: a mood and somebody who built what computing stands on."""

from __future__ import annotations

import random
from collections.abc import Container

MOODS = tuple(
    """
    able amber awake bold brave breezy bright brisk calm candid cheerful clever cosy crisp curious dapper daring eager
    earnest fair fearless fleet fond frank gentle glad golden graceful handy happy hardy honest humble jolly keen kind
    lively loyal lucid lucky mellow merry mild modest neat nimble noble patient placid plucky polite proud quick quiet
    ready robust serene sharp silent sincere snappy sober steady stoic sturdy subtle sunny swift tidy tranquil upbeat
    valiant vivid warm wise witty zesty
    """.split()  # noqa: SIM905
)
PEOPLE = tuple(
    """
    aho backus bartik berners boole brooks cerf chomsky church codd cook curry dijkstra diffie engelbart estrin feynman
    floyd frege godel goldberg gosling hamming hamilton hellman hoare holberton hollerith hopper huffman iverson
    joy karp kay kernighan kildall kleene knuth lamport lampson lamarr leibniz liskov lovelace mauchly mccarthy mcilroy
    meltzer metcalfe milner minsky moore naur neumann nygaard pascal perlis perlman pike postel rabin ritchie rivest
    scott shamir shannon shaw sutherland tanenbaum tarjan thompson turing ullman wegner wilkes wilkinson wirth yao zuse
    """.split()  # noqa: SIM905
)


def generate(taken: Container[str], *, choose: random.Random | None = None) -> str:
    """Give a free name; after many collisions one with a digit at its end."""
    source = choose or random.SystemRandom()
    for attempt in range(200):
        name = f"{source.choice(MOODS)}_{source.choice(PEOPLE)}"
        name += str(source.randrange(10)) if attempt > 5 else ""
        if name not in taken:
            return name
    raise RuntimeError("no free container name was found")
