"""Chats and people: profiles and the matrix, settings, staff, who was here when."""
