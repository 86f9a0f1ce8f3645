"""Words of playbooks and of retirement. Pure."""

from groupbot.features.lifecycle.domain.playbook import ACTS, FIELDS, Act, Playbook, playbook_of

__all__ = ["ACTS", "FIELDS", "Act", "Playbook", "playbook_of"]
