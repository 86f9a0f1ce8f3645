"""A member's way in a group, in dated steps: visitor, joined, activated, regular, advocate, lapsed."""
