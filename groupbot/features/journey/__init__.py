"""The way of each member through a group, in dated steps: visitor, joined, activated, regular, advocate, lapsed."""
