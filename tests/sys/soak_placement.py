# SPDX-License-Identifier: Apache-2.0
"""Every program of the corpus, compiled in every way, at eight places each."""
import placement
from harness import boot


def whole(way):
    @boot(boards=["virt"], timeout=60)
    def scenario(_m):
        names = placement.programs()
        placement.make("-k", *way.settings, *[f"{way.folder}/{n}.tbf" for n in names])
        placement.everywhere(way.folder, names, placement.references(names),
                             placement.SEED)
    return scenario


for _way in placement.ways():
    globals()[f"apps_lie_anywhere_{_way.name}"] = whole(_way)
