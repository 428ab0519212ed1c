"""The course images, built on this machine so that no registry is needed.

`python -m labs.images DIR` writes one docker-archive per family; `docklab up` loads them. Each image says by label what
it is: `ubuntu` here is a stand-in made from Debian's packages.
"""
