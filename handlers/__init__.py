"""What members can say and press. Every file here could have been written by a third party."""
