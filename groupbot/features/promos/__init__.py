"""Scheduled content: named audiences, plans as files, every slot said once or skipped with its reason."""
