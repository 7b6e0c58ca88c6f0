from referrals.casework.models.episode import Episode

__all__ = ["Episode"]
