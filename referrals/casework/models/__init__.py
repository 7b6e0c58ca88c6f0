from referrals.casework.models.episode import Episode
from referrals.casework.models.story import StoryPart

__all__ = ["Episode", "StoryPart"]
